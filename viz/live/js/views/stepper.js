/** The transport: back, forward, play, a slider, a number to jump to. */

/** @import { Graph, Store, View } from "../types.d.ts" */
import { goTo, lengthOf } from "../model/state.js";
import { heading } from "../model/step.js";
import { byId, write } from "./dom.js";

const SPEEDS = [2000, 1000, 500, 200, 80]; // milliseconds a step

/**
 * @param {Graph} graph
 * @param {Store} store
 * @returns {View & { play(): void, step(by: number): void }}
 */
export function stepper(graph, store) {
  const length = lengthOf(graph);
  const slider = byId("slider");
  const jump = byId("jump");
  const play = byId("play");
  const speed = byId("speed");
  slider.max = jump.max = length;
  let timer = 0;

  const go = (/** @type {number} */ to) => store.change((state) => goTo(graph, state, to));
  const step = (/** @type {number} */ by) => go(store.state.position + by);
  const pause = () => {
    window.clearTimeout(timer);
    timer = 0;
    say();
  };
  const say = () => {
    write(play, timer ? "❚❚ Pause" : "▶ Play");
    play.setAttribute("aria-label", timer ? "Pause" : "Play");
  };
  const next = () => {
    step(1);
    if (store.state.position >= length) pause();
    else timer = window.setTimeout(next, SPEEDS[Number(speed.value) - 1]);
  };
  const toggle = () => {
    if (timer) return pause();
    if (store.state.position >= length) go(0);
    timer = window.setTimeout(next, 0);
    say();
  };

  byId("first").addEventListener("click", () => go(0));
  byId("back").addEventListener("click", () => step(-1));
  byId("forward").addEventListener("click", () => step(1));
  byId("turn").addEventListener("click", () => go(graph.computed.length));
  byId("last").addEventListener("click", () => go(length));
  play.addEventListener("click", toggle);
  slider.addEventListener("input", () => go(Number(slider.value)));
  jump.addEventListener("change", () => go(Number(jump.value)));

  return {
    play: toggle,
    step(by) {
      if (timer) pause();
      step(by);
    },
    render(shown) {
      const { position } = shown.state;
      write(byId("where"), heading(shown));
      slider.value = String(position);
      slider.setAttribute("aria-valuetext", heading(shown));
      if (document.activeElement !== jump) jump.value = String(position);
      byId("first").disabled = byId("back").disabled = position === 0;
      byId("forward").disabled = byId("last").disabled = position === length;
    },
  };
}
