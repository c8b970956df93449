/** What is shown of a state: all of it is derived here, so that no view computes anything of its own. */

/** @import { Graph, Shown, State } from "../types.d.ts" */
import { HIDDEN, hides, secretsOf } from "./hiding.js";
import { numberText } from "./numerals.js";
import { gradientsAfter } from "./pass.js";
import { passFor } from "./state.js";
import { stepAt } from "./step.js";

export const NOT_COMPUTED = "—";

/** @type {WeakMap<State, Shown>} */
const known = new WeakMap();

/**
 * What is shown of a state, derived once.
 *
 * @param {Graph} graph
 * @param {State} state
 * @returns {Shown}
 */
export function shownOf(graph, state) {
  let shown = known.get(state);
  if (!shown) known.set(state, (shown = derived(graph, state)));
  return shown;
}

/**
 * @param {Graph} graph
 * @param {State} state
 * @returns {Shown}
 */
function derived(graph, state) {
  const pass = passFor(graph, state.leaves);
  const forward = graph.computed.length;
  const events = Math.max(state.position - forward, 0);
  const gradients = gradientsAfter(graph, pass.locals, events);
  const step = stepAt(graph, pass.locals, gradients, events);
  const { digits, fractions } = graph.data;
  const isOver = state.position === forward + graph.events.length;

  const plain = (/** @type {number} */ x) => numberText(x, digits, fractions);
  const secrets = secretsOf(graph, state, pass, plain);
  const number = (/** @type {number} */ x) => (secrets.size && secrets.has(plain(Math.abs(x))) ? HIDDEN : plain(x));
  const knows = (/** @type {number} */ i) => graph.rank[i] <= state.position;
  const begun = (/** @type {number} */ i) => events > 0 && graph.into[i].length > 0 && graph.into[i][0] < events;
  const complete = (/** @type {number} */ i) => (events > 0 ? (graph.into[i].at(-1) ?? -1) < events : isOver && i === graph.root);
  const hidden = (/** @type {number} */ i, /** @type {"value" | "gradient"} */ what) => hides(graph, state, i, what);

  const value = (/** @type {number} */ i) => {
    if (!knows(i)) return NOT_COMPUTED;
    if (!graph.nodes[i].on) return plain(pass.values[i]);
    return hidden(i, "value") ? HIDDEN : number(pass.values[i]);
  };
  const gradient = (/** @type {number} */ i) => {
    if (graph.nodes[i].constant) return "";
    if (!complete(i) && !begun(i)) return NOT_COMPUTED;
    if (hidden(i, "gradient")) return HIDDEN;
    return complete(i) ? number(gradients[i]) : `${number(gradients[i])} + …`;
  };
  const active = step ? step.operand : state.position > 0 ? graph.computed[state.position - 1] : -1;
  return { graph, state, pass, gradients, events, step, active, value, gradient, knows, complete, begun, hides: hidden, number, plain };
}
