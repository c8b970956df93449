/** Training: a rate, one step, run and stop, and how the loss falls; which sample is shown. */

/** @import { Graph, Programs, Store, View } from "../types.d.ts" */
import { setRate, showSample, train } from "../model/state.js";
import { meanLoss } from "../model/training.js";
import { parsed } from "../model/numerals.js";
import { byId, write } from "./dom.js";
import { drawCurve } from "./curve.js";

/**
 * @param {Graph} graph
 * @param {Programs} programs
 * @param {Store} store
 * @returns {View}
 */
export function trainer(graph, programs, store) {
  const { training } = graph.data;
  const run = byId("run");
  const rate = byId("rate");
  const sample = byId("sample");
  let frame = 0;

  const step = () => store.change((state) => train(graph, programs, state, 1));
  const stop = () => {
    window.cancelAnimationFrame(frame);
    frame = 0;
    write(run, "Run");
  };
  const next = () => {
    step();
    if (Number.isFinite(store.state.losses.at(-1))) frame = window.requestAnimationFrame(next);
    else stop();
  };
  byId("train-step").addEventListener("click", step);
  run.addEventListener("click", () => {
    if (frame) return stop();
    frame = window.requestAnimationFrame(next);
    write(run, "Stop");
  });
  rate.addEventListener("change", () => {
    const value = parsed(rate.value);
    rate.setAttribute("aria-invalid", String(value === null));
    if (value !== null) store.change((state) => setRate(state, value));
  });
  sample.addEventListener("change", () => {
    const k = Math.min(Math.max(Math.round(Number(sample.value)), 1), store.state.samples.length);
    store.change((state) => showSample(graph, state, k - 1));
  });

  if (training.why_not) {
    for (const control of [byId("train-step"), run, rate]) control.disabled = true;
    write(byId("training-note"), `Not here: ${training.why_not}.`);
  }
  return {
    render(shown) {
      const { state, number } = shown;
      const loss = programs.gradient ? meanLoss(graph, programs, state) : null;
      const count = training.parameters.length;
      const many = state.samples.length > 1;
      if (!training.why_not) {
        const of = `${count} ${count === 1 ? "number" : "numbers"}${many ? `, ${state.samples.length} samples` : ""}`;
        write(byId("training-note"), `Gradient descent on ${of}: each minus rate · its gradient.`);
      }
      const isHidden = shown.hides(graph.root, "value");
      const steps = state.losses.length;
      const mean = many ? "mean loss" : graph.nodes[graph.root].called;
      write(byId("loss"), loss === null || isHidden ? "" : `${mean} = ${number(loss)}${steps ? ` after ${steps} ${steps === 1 ? "step" : "steps"}` : ""}`);
      if (document.activeElement !== rate) rate.value = String(state.rate);
      byId("samples").hidden = !many;
      sample.max = String(state.samples.length);
      if (document.activeElement !== sample) sample.value = String(state.sample + 1);
      write(byId("sample-count"), `of ${state.samples.length}`);
      byId("curve").toggleAttribute("hidden", steps < 1 || isHidden);
      if (steps && loss !== null && !isHidden) drawCurve(byId("curve"), [...state.losses, loss], number);
    },
  };
}
