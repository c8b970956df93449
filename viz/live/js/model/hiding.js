/** What is hidden until it is found, and what would give it away. */

/** @import { Graph, Pass, State, What } from "../types.d.ts" */
import { readBy } from "./formulas.js";

export const HIDDEN = "?";

/** @type {WeakMap<Graph, Map<string, number>>} */
const known = new WeakMap();

/**
 * The place of a number among those that are asked for; −1 if it is none.
 *
 * @param {Graph} graph
 * @param {number} node
 * @param {What} what
 */
export function questionOf(graph, node, what) {
  let places = known.get(graph);
  if (!places) {
    places = new Map(graph.data.hidden.map(([i, kind], place) => [`${i} ${kind}`, place]));
    known.set(graph, places);
  }
  return places.get(`${node} ${what}`) ?? -1;
}

/**
 * @param {Graph} graph
 * @param {State} state
 * @param {number} node
 * @param {What} what
 */
export function hides(graph, state, node, what) {
  const question = questionOf(graph, node, what);
  return question >= 0 && !state.answers[question].right;
}

/**
 * The numbers that would give a hidden one away, since they are equal to it or its opposite: as texts without a sign.
 *
 * @param {Graph} graph
 * @param {State} state
 * @param {Pass} pass
 * @param {(x: number) => string} number
 * @returns {Set<string>}
 */
export function secretsOf(graph, state, pass, number) {
  const open = graph.data.hidden.filter((_, question) => !state.answers[question].right);
  return new Set(open.map(([i, what]) => number(Math.abs(what === "value" ? pass.values[i] : pass.gradients[i]))));
}

/**
 * Whether a local derivative would tell a hidden value: it is computed from one.
 *
 * @param {Graph} graph
 * @param {State} state
 * @param {number} node
 * @param {number} slot
 */
export function hidesLocal(graph, state, node, slot) {
  return readBy(graph.nodes[node].edges?.[slot]).some((i) => hides(graph, state, i, "value"));
}

/**
 * Whether a contribution would tell a hidden number: a factor of it, or the gradient that it goes to.
 *
 * @param {Graph} graph
 * @param {State} state
 * @param {number} k the event
 */
export function hidesContribution(graph, state, k) {
  const { node, slot, operand } = graph.events[k];
  return (
    hides(graph, state, node, "gradient") || hides(graph, state, operand, "gradient") || hidesLocal(graph, state, node, slot)
  );
}
