/** The state in the address, so that a link restores it. */

/** @import { Graph, State } from "../types.d.ts" */
import { ask, goTo, select, setLevel, toggleFold } from "./state.js";

const MANY = 60;

/**
 * @param {Graph} graph
 * @param {State} state
 * @param {State} initial
 * @returns {string}
 */
export function written(graph, state, initial) {
  const parts = new URLSearchParams();
  if (state.position !== initial.position) parts.set("step", String(state.position));
  if (state.selected >= 0) parts.set("node", graph.nodes[state.selected].name);
  if (state.sample !== initial.sample && state.sample < initial.samples.length) parts.set("sample", String(state.sample + 1));
  const changed = [...state.leaves.entries()].filter(([i, x]) => !Object.is(x, initial.leaves[i]) && !Number.isNaN(x));
  if (changed.length && changed.length <= MANY) parts.set("set", changed.map(([i, x]) => `${i}:${x}`).join(","));
  if (state.answers.some(({ tries, hints }) => tries || hints)) {
    parts.set("answers", state.answers.map(({ right, tries, hints }) => `${right ? "r" : "w"}${tries}.${hints}`).join(","));
  }
  if (state.folded.length) parts.set("folded", state.folded.join(","));
  if (state.level !== initial.level) parts.set("level", String(state.level));
  if (state.asked !== initial.asked) parts.set("asked", String(state.asked + 1));
  return parts.toString();
}

/**
 * The state that an address tells of; what makes no sense in it is left out.
 *
 * @param {Graph} graph
 * @param {State} initial
 * @param {string} address
 * @returns {State}
 */
export function read(graph, initial, address) {
  const parts = new URLSearchParams(address.replace(/^#/, ""));
  let state = initial;
  const step = whole(parts.get("step"));
  if (step !== null) state = goTo(graph, state, step);
  const name = parts.get("node");
  const node = name === null ? -1 : graph.nodes.findIndex((other) => other.name === name);
  if (node >= 0) state = select(state, node);
  const sample = whole(parts.get("sample"));
  if (sample !== null && sample >= 1 && sample <= state.samples.length) {
    state = withLeaves(state, graph.data.training.inputs.map((leaf, k) => [leaf, state.samples[sample - 1][k]]));
    state = { ...state, sample: sample - 1 };
  }
  const changes = (parts.get("set") ?? "").split(",").map((part) => part.split(":"));
  state = withLeaves(state, changes.map(([i, x]) => [Number(i), Number(x)]), graph);
  const tries = (parts.get("answers") ?? "").split(",").map((part) => /^([rw])(\d{1,4})\.(\d{1,2})$/.exec(part));
  if (tries.length === state.answers.length && tries.every(Boolean)) {
    const answers = tries.map((found) => ({
      right: found?.[1] === "r",
      tries: Number(found?.[2]),
      hints: Number(found?.[3]),
      words: "",
    }));
    state = { ...state, answers };
  }
  for (const node of (parts.get("folded") ?? "").split(",")) {
    if (whole(node) !== null) state = toggleFold(graph, state, Number(node));
  }
  const level = whole(parts.get("level"));
  if (level !== null && level < 3) state = setLevel(state, level);
  const asked = whole(parts.get("asked"));
  return asked !== null && asked >= 1 && asked <= state.answers.length ? ask(state, asked - 1) : state;
}

/** @param {string | null} text */
function whole(text) {
  return text !== null && /^\d{1,7}$/.test(text) ? Number(text) : null;
}

/**
 * @param {State} state
 * @param {[number, number][]} changes
 * @param {Graph} [graph] whose leaves alone may be changed
 * @returns {State}
 */
function withLeaves(state, changes, graph) {
  const good = changes.filter(([i, x]) => Number.isFinite(x) && (!graph || isFree(graph, i)));
  if (!good.length) return state;
  const leaves = Float64Array.from(state.leaves);
  for (const [i, x] of good) leaves[i] = x;
  return { ...state, leaves };
}

/**
 * @param {Graph} graph
 * @param {number} i
 */
export function isFree(graph, i) {
  const node = graph.nodes[i];
  return node !== undefined && !node.on && !node.constant && !graph.blocked[i];
}
