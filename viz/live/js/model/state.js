/** The state of the page, one object that nothing writes to, and the ways in which it changes. */

/** @import { Graph, Pass, Programs, State, Store, Try } from "../types.d.ts" */
import { passOf } from "./pass.js";
import { trained } from "./training.js";

/**
 * @param {Graph} graph
 * @returns {State}
 */
export function initialState(graph) {
  const { hidden, training } = graph.data;
  const samples = training.samples.map((row) => row.map(Number));
  const recorded = samples.findIndex((row) => row.every((x, k) => x === graph.leaves[training.inputs[k]]));
  /** @type {State} */
  const state = {
    position: hidden.length ? lengthOf(graph) : 0,
    leaves: graph.leaves,
    edit: null,
    selected: -1,
    samples,
    sample: Math.max(recorded, 0),
    rate: 0.1,
    losses: [],
    answers: hidden.map(() => ({ right: false, tries: 0, hints: 0, words: "" })),
    asked: 0,
    level: 0,
    folded: [],
  };
  return recorded < 0 && samples.length ? showSample(graph, state, 0) : state;
}

/** @param {Graph} graph */
export function lengthOf(graph) {
  return graph.computed.length + graph.events.length;
}

/**
 * A state that everyone reads, and that changes in one place.
 *
 * @param {State} initial
 * @returns {Store}
 */
export function storeOf(initial) {
  let state = initial;
  /** @type {((state: State) => void)[]} */
  const listeners = [];
  return {
    get state() {
      return state;
    },
    change(by) {
      const next = by(state);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener(state);
    },
    listen(listener) {
      listeners.push(listener);
    },
  };
}

/** @type {WeakMap<Float64Array, Pass>} */
const passes = new WeakMap();

/**
 * The pass that these leaves give, computed once.
 *
 * @param {Graph} graph
 * @param {Float64Array} leaves
 */
export function passFor(graph, leaves) {
  let pass = passes.get(leaves);
  if (!pass) passes.set(leaves, (pass = passOf(graph, leaves)));
  return pass;
}

// ── moving and choosing ──────────────────────────────────────────────────────────────────────

/**
 * @param {Graph} graph
 * @param {State} state
 * @param {number} position
 * @returns {State}
 */
export function goTo(graph, state, position) {
  const to = Math.min(Math.max(Math.round(position), 0), lengthOf(graph));
  return to === state.position ? state : { ...state, position: to };
}

/**
 * @param {State} state
 * @param {number} selected
 * @returns {State}
 */
export function select(state, selected) {
  return state.selected === selected ? state : { ...state, selected };
}

/**
 * How far the picture of the graph is folded.
 *
 * @param {State} state
 * @param {number} level
 * @returns {State}
 */
export function setLevel(state, level) {
  return { ...state, level };
}

/**
 * Fold the leaves that a node has to itself away, or show them again.
 *
 * @param {Graph} graph
 * @param {State} state
 * @param {number} node
 * @returns {State}
 */
export function toggleFold(graph, state, node) {
  if (!graph.owner.includes(node)) return state;
  const others = state.folded.filter((other) => other !== node);
  return { ...state, folded: others.length < state.folded.length ? others : [...others, node] };
}

// ── leaves ───────────────────────────────────────────────────────────────────────────────────

/**
 * Give a leaf another value. What it had before stays known until another leaf is edited.
 *
 * @param {Graph} graph
 * @param {State} state
 * @param {number} node
 * @param {number} value
 * @returns {State}
 */
export function setLeaf(graph, state, node, value) {
  if (state.leaves[node] === value) return state;
  const edit = state.edit?.node === node ? state.edit : { node, before: state.leaves };
  const changed = withLeaves(state, [[node, value]]);
  const column = graph.data.training.inputs.indexOf(node);
  const samples = column < 0 ? state.samples : state.samples.map((row, k) => (k === state.sample ? row.with(column, value) : row));
  return { ...changed, edit, samples };
}

/**
 * @param {State} state
 * @param {Iterable<[number, number]>} changes
 * @returns {State}
 */
function withLeaves(state, changes) {
  const leaves = Float64Array.from(state.leaves);
  for (const [node, value] of changes) leaves[node] = value;
  return { ...state, leaves };
}

/**
 * All leaves and samples as they were in Python; the place in the pass stays, and so does what has been found.
 *
 * @param {Graph} graph
 * @param {State} state
 * @returns {State}
 */
export function reset(graph, state) {
  const { position, selected, answers, asked, rate, level, folded } = state;
  return { ...initialState(graph), position, selected, answers, asked, rate, level, folded };
}

// ── samples ──────────────────────────────────────────────────────────────────────────────────

/**
 * @param {Graph} graph
 * @param {State} state
 * @param {number} sample
 * @returns {State}
 */
export function showSample(graph, state, sample) {
  const { inputs } = graph.data.training;
  const row = state.samples[sample];
  const changed = withLeaves(state, inputs.map((leaf, k) => [leaf, row[k]]));
  return { ...changed, sample, edit: null };
}

/**
 * @param {Graph} graph
 * @param {State} state
 * @param {number} sample
 * @param {number[]} row
 * @returns {State}
 */
export function changeSample(graph, state, sample, row) {
  const next = { ...state, samples: state.samples.with(sample, row) };
  return sample === state.sample ? showSample(graph, next, sample) : next;
}

/**
 * @param {Graph} graph
 * @param {State} state
 * @param {number[]} row
 * @returns {State}
 */
export function addSample(graph, state, row) {
  return showSample(graph, { ...state, samples: [...state.samples, row] }, state.samples.length);
}

/**
 * @param {Graph} graph
 * @param {State} state
 * @param {number} sample
 * @returns {State}
 */
export function removeSample(graph, state, sample) {
  if (state.samples.length < 2) return state;
  const samples = state.samples.toSpliced(sample, 1);
  const shown = state.sample > sample || state.sample === samples.length ? state.sample - 1 : state.sample;
  return showSample(graph, { ...state, samples }, shown);
}

// ── training ─────────────────────────────────────────────────────────────────────────────────

/**
 * Steps of gradient descent on all samples.
 *
 * @param {Graph} graph
 * @param {Programs} programs
 * @param {State} state
 * @param {number} steps
 * @returns {State}
 */
export function train(graph, programs, state, steps) {
  const { leaves, losses } = trained(graph, programs, state, steps);
  return { ...state, leaves, losses: [...state.losses, ...losses], edit: null };
}

/**
 * @param {State} state
 * @param {number} rate
 * @returns {State}
 */
export function setRate(state, rate) {
  return Number.isFinite(rate) ? { ...state, rate } : state;
}

// ── questions ────────────────────────────────────────────────────────────────────────────────

/**
 * @param {State} state
 * @param {number} question
 * @param {Partial<Try>} result
 * @returns {State}
 */
export function answered(state, question, result) {
  return { ...state, answers: state.answers.with(question, { ...state.answers[question], ...result }) };
}

/**
 * @param {State} state
 * @param {number} question
 * @returns {State}
 */
export function ask(state, question) {
  return question < 0 || question === state.asked ? state : { ...state, asked: question };
}
