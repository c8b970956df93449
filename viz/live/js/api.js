/** `window.glassgrad`: the page for scripts. */

/** @import { Graph, Programs, Store, What } from "./types.d.ts" */
import { find, isGradient } from "./model/names.js";
import { hidesContribution, hidesLocal, questionOf } from "./model/hiding.js";
import { shownOf } from "./model/shown.js";
import { goTo, lengthOf, reset, setLeaf, setRate, train } from "./model/state.js";
import { meanLoss } from "./model/training.js";
import { isFree } from "./model/url.js";

/**
 * @param {Graph} graph
 * @param {Programs} programs
 * @param {Store} store
 * @param {(question: number, text: string) => { right: boolean, words: string }} answer
 */
export function scripting(graph, programs, store, answer) {
  const shown = () => shownOf(graph, store.state);
  const valueOf = (/** @type {number} */ i) => {
    const now = shown();
    return now.knows(i) && !now.hides(i, "value") ? now.pass.values[i] : null;
  };
  const gradientOf = (/** @type {number} */ i) => {
    const now = shown();
    return now.complete(i) && !graph.nodes[i].constant && !now.hides(i, "gradient") ? now.gradients[i] : null;
  };
  return Object.freeze({
    /** Every node, operands before their users: what it is, and its numbers at this position. */
    get nodes() {
      return graph.nodes.map(({ name, op = null, on = [] }, id) => ({
        id,
        name,
        op,
        operands: [...on],
        value: valueOf(id),
        gradient: gradientOf(id),
      }));
    },
    /** How many steps have been: those forward, a node each, then the events of the backward pass. */
    get position() {
      return store.state.position;
    },
    get length() {
      return lengthOf(graph);
    },
    /**
     * The event that led to this position, with the numbers of Python's `Step`, null for those that would tell what is
     * hidden; null in the forward part.
     */
    get step() {
      const { step, events, hides } = shown();
      if (!step) return null;
      const { index, node, operand, slot } = step;
      const [slope, product] = [hidesLocal(graph, store.state, node, slot), hidesContribution(graph, store.state, events - 1)];
      const sum = product || hides(operand, "gradient");
      return {
        index,
        node,
        operand,
        local: slope ? null : step.local,
        upstream: hides(node, "gradient") ? null : step.upstream,
        contribution: product ? null : step.contribution,
        before: sum ? null : step.before,
        after: sum ? null : step.after,
      };
    },
    /** @param {number} n */
    goto(n) {
      if (!Number.isInteger(n) || n < 0 || n > lengthOf(graph)) {
        throw new RangeError(`this pass has the positions 0 to ${lengthOf(graph)}; got ${n}`);
      }
      store.change((state) => goTo(graph, state, n));
    },
    /** @param {string} name */
    value: (name) => valueOf(find(graph, name)),
    /** @param {string} name */
    gradient: (name) => gradientOf(find(graph, name)),
    /**
     * @param {string} name
     * @param {number} number
     */
    set(name, number) {
      const node = find(graph, name);
      if (!isFree(graph, node)) throw new RangeError(whyNot(graph, node));
      if (typeof number !== "number" || Number.isNaN(number)) throw new TypeError(`a value must be a number; got ${number}`);
      store.change((state) => setLeaf(graph, state, node, number));
    },
    reset: () => store.change((state) => reset(graph, state)),
    /** @param {{ rate?: number, steps?: number }} how */
    train({ rate, steps = 1 } = {}) {
      if (!programs.gradient) throw new RangeError(graph.data.training.why_not);
      if (rate !== undefined) store.change((state) => setRate(state, rate));
      store.change((state) => train(graph, programs, state, steps));
    },
    /** The mean of the loss over the samples. */
    loss: () => meanLoss(graph, programs, store.state) ?? shown().pass.values[graph.root],
    /**
     * @param {string} name
     * @param {string} text
     */
    answer(name, text) {
      const node = find(graph, name);
      /** @type {What[]} */
      const order = isGradient(name) ? ["gradient"] : ["value", "gradient"];
      const question = order.map((what) => questionOf(graph, node, what)).find((k) => k >= 0);
      if (question === undefined) throw new RangeError(`nothing is asked of "${name}"`);
      return answer(question, String(text));
    },
  });
}

/**
 * @param {Graph} graph
 * @param {number} i
 */
function whyNot(graph, i) {
  const { called, on, constant } = graph.nodes[i];
  if (on) return `${called} is computed; only leaves can be set`;
  return constant ? `${called} is a plain number of the program; only leaves can be set` : String(graph.blocked[i]);
}
