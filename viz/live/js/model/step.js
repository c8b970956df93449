/** The step that led to a position: its numbers, and what is said of it. */

/** @import { Graph, Shown, Step } from "../types.d.ts" */
import { bracketed, sides } from "./formulas.js";
import { HIDDEN, hidesContribution, hidesLocal } from "./hiding.js";

const MANY = 4; // terms of a sum by symbols

/**
 * The last event of the backward pass; null where none has been.
 *
 * @param {Graph} graph
 * @param {number[][]} locals
 * @param {Float64Array} gradients after it
 * @param {number} events how many have been
 * @returns {Step | null}
 */
export function stepAt(graph, locals, gradients, events) {
  if (!events) return null;
  const { node, slot, operand } = graph.events[events - 1];
  const before = graph.into[operand].reduce(
    (sum, k) => (k < events - 1 ? sum + contributionOf(graph, locals, gradients, k) : sum),
    operand === graph.root ? 1 : 0,
  );
  const local = locals[node][slot];
  const contribution = local * gradients[node];
  return { index: events, node, operand, slot, local, upstream: gradients[node], contribution, before, after: before + contribution };
}

/**
 * @param {Graph} graph
 * @param {number[][]} locals
 * @param {Float64Array} gradients
 * @param {number} k an event that has been
 */
export function contributionOf(graph, locals, gradients, k) {
  const { node, slot } = graph.events[k];
  return locals[node][slot] * gradients[node];
}

/**
 * "Step 14 of 36, backward".
 *
 * @param {Shown} shown
 */
export function heading({ graph, state, events }) {
  const forward = graph.computed.length;
  if (!state.position) return "Start";
  if (!events) return `Step ${state.position} of ${forward}, forward`;
  return `Step ${events} of ${graph.events.length}, backward`;
}

/**
 * What happens, in words.
 *
 * @param {Shown} shown
 * @returns {string}
 */
export function sentence(shown) {
  const { graph, state, step } = shown;
  if (!state.position) return "Only the leaves are known. The forward pass computes one node a step.";
  return step ? backwardSentence(shown, step) : forwardSentence(shown, graph.computed[state.position - 1]);
}

/**
 * @param {Shown} shown
 * @param {number} i
 */
function forwardSentence(shown, i) {
  const { called, formula, op } = shown.graph.nodes[i];
  const by = formula ? formula[0] : `${op}(…)`;
  return `${called} is computed${by === called ? "" : ` as ${by}`}: it is ${shown.value(i)}.`;
}

/**
 * The sentence of Python's `Step`.
 *
 * @param {Shown} shown
 * @param {Step} step
 */
function backwardSentence(shown, { node, operand, before, local: slope }) {
  const { nodes } = shown.graph;
  const { singular } = nodes[node];
  if (singular && !Number.isFinite(slope)) {
    const what = `the derivative of ${nodes[node].called} by ${nodes[operand].called}`;
    return `Here Python stops: ${what} does not exist. ${nodes[node].op} is singular at ${singular}.`;
  }
  const { local, upstream, contribution, after } = texts(shown, shown.events - 1);
  const whole = before ? `, which makes ${after}` : "";
  const to = nodes[operand].introduced ?? nodes[operand].called;
  return `${nodes[node].called} contributes ${local} · ${upstream} = ${contribution} to ${to}${whole}.`;
}

/**
 * The numbers of an event that has been, each hidden where it would tell what is to be found.
 *
 * @param {Shown} shown
 * @param {number} k
 */
export function texts(shown, k) {
  const { graph, state, pass, gradients, number } = shown;
  const { node, slot, operand } = graph.events[k];
  const isHidden = hidesContribution(graph, state, k);
  const local = hidesLocal(graph, state, node, slot) ? HIDDEN : number(pass.locals[node][slot]);
  const upstream = shown.hides(node, "gradient") ? HIDDEN : number(gradients[node]);
  const contribution = isHidden ? HIDDEN : number(contributionOf(graph, pass.locals, gradients, k));
  const after = shown.hides(operand, "gradient") || isHidden ? HIDDEN : number(shown.step ? shown.step.after : gradients[operand]);
  return { local, upstream, contribution, after };
}

/**
 * The equation of the step, side by side: by symbols, by numbers, what it comes to.
 *
 * @param {Shown} shown
 * @returns {string[]}
 */
export function equation(shown) {
  const { graph, state, step } = shown;
  if (step) return localEquation(shown, step.node, step.slot);
  return state.position ? valueEquation(shown, graph.computed[state.position - 1]) : [];
}

/**
 * z = tanh(a) = tanh(0.5) = 0.4621.
 *
 * @param {Shown} shown
 * @param {number} i
 */
export function valueEquation(shown, i) {
  const node = shown.graph.nodes[i];
  return chain([node.called, ...(node.formula ? sides(node.formula, shown.value) : []), shown.value(i)]);
}

/**
 * ∂z/∂a = 1 − z² = 1 − 0.4621² = 0.7864.
 *
 * @param {Shown} shown
 * @param {number} i
 * @param {number} slot
 */
export function localEquation(shown, i, slot) {
  const { nodes } = shown.graph;
  const { edges, on = [] } = nodes[i];
  const formula = edges?.[slot];
  const head = `∂${over(nodes[i].called)}/∂${over(nodes[on[slot]].called)}`;
  const hidden = hidesLocal(shown.graph, shown.state, i, slot);
  const result = hidden ? HIDDEN : shown.number(shown.pass.locals[i][slot]);
  return chain([head, ...(formula ? sides(formula, shown.value) : []), result]);
}

/**
 * ∂E/∂z = 0.1 · (−0.5131) [via a₁] + □ [via a₂]: the terms of a gradient, those to come as □.
 *
 * @param {Shown} shown
 * @param {number} operand
 * @returns {{ k: number, via: number, text: string, done: boolean }[]}
 */
export function terms(shown, operand) {
  const { graph, events } = shown;
  return graph.into[operand].map((k) => {
    const { node } = graph.events[k];
    const done = k < events;
    if (!done) return { k, via: node, text: "□", done };
    const { local, upstream } = texts(shown, k);
    return { k, via: node, text: `${bracketed(local)} · ${bracketed(upstream)}`, done };
  });
}

/**
 * w₁ · δ₁ + w₂ · δ₂: the terms of a gradient by symbols; empty where they are too many to be read.
 *
 * @param {Shown} shown
 * @param {number} operand
 */
export function sumOfSymbols(shown, operand) {
  const { events, into, nodes } = shown.graph;
  if (into[operand].length > MANY) return "";
  const products = into[operand].map((k) => {
    const { node, slot } = events[k];
    const local = nodes[node].edges?.[slot]?.[0] ?? "";
    return local === "1" ? nodes[node].gradient : `${factor(local)} · ${nodes[node].gradient}`;
  });
  return products.join(" + ");
}

/**
 * An expression as a factor: in brackets, if there is an operator in it.
 *
 * @param {string} text
 */
function factor(text) {
  return /\s/.test(text) ? `(${text})` : bracketed(text);
}

/**
 * Each side once.
 *
 * @param {string[]} sides
 */
function chain(sides) {
  return sides.filter((side, i) => sides.indexOf(side) === i);
}

/** @param {string} name */
function over(name) {
  return /[-+*/^·−×÷=<>]|\s/.test(name.replace(/\([^()]*\)|\[[^[\]]*\]/g, "")) ? `(${name})` : name;
}
