/** The pass, node by node: forward in the order of the graph, back by the chain rule. The rules come from the table. */

/** @import { Event, Graph, PageData, Pass, Row } from "../types.d.ts" */

/**
 * A graph, ready for passes.
 *
 * @param {PageData} data
 * @param {(Row | null)[]} rows the rules: each one's result and its local derivatives
 * @returns {Graph}
 */
export function graphOf(data, rows) {
  const nodes = data.nodes.map((node) => (node.constant ? node : { gradient: `∂${data.root}/∂${node.called}`, ...node }));
  const computed = nodes.flatMap((node, i) => (node.on ? [i] : []));
  const rank = nodes.map(() => 0);
  computed.forEach((i, place) => (rank[i] = place + 1));
  const events = eventsOf(data);
  /** @type {number[][]} */
  const into = nodes.map(() => []);
  events.forEach((event, k) => into[event.operand].push(k));
  const leaves = Float64Array.from(nodes, (node) => Number(node.value ?? NaN));
  const root = nodes.length - 1;
  return { data, nodes, rows, root, computed, rank, events, into, owner: ownersOf(data), leaves, blocked: blockedBy(data) };
}

/**
 * The events of the backward pass: the root first, the edges of each node in the order of its operands.
 *
 * @param {PageData} data
 * @returns {Event[]}
 */
function eventsOf({ nodes }) {
  const events = [];
  for (let node = nodes.length - 1; node >= 0; node--) {
    const { on = [], edges = [] } = nodes[node];
    for (let slot = 0; slot < on.length; slot++) {
      if (edges[slot]) events.push({ node, slot, operand: on[slot] });
    }
  }
  return events;
}

/**
 * Which node has a leaf to itself.
 *
 * @param {PageData} data
 */
function ownersOf({ nodes }) {
  const owner = nodes.map(() => -1);
  const users = nodes.map(() => 0);
  nodes.forEach(({ on = [] }, i) => {
    for (const operand of new Set(on)) {
      users[operand] += 1;
      owner[operand] = users[operand] === 1 && !nodes[operand].on ? i : -1;
    }
  });
  return owner;
}

/**
 * For each node, the reason why it can't be changed: an operation above it that only Python can compute.
 *
 * @param {PageData} data
 */
function blockedBy({ nodes }) {
  /** @type {(string | undefined)[]} */
  const blocked = nodes.map(() => undefined);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const reason = nodes[i].why ?? blocked[i];
    for (const operand of (reason && nodes[i].on) || []) blocked[operand] = reason;
  }
  return blocked;
}

/**
 * All numbers of the pass that these leaves give.
 *
 * @param {Graph} graph
 * @param {Float64Array} leaves the values of the leaves, each at its place in the graph
 * @returns {Pass}
 */
export function passOf(graph, leaves) {
  const values = forward(graph, leaves);
  const found = graph.nodes.map((_, i) => locals(graph, i, values));
  const gradients = gradientsAfter(graph, found, graph.events.length);
  return { values, locals: found, gradients };
}

/**
 * @param {Graph} graph
 * @param {Float64Array} leaves
 */
export function forward(graph, leaves) {
  const values = Float64Array.from(leaves);
  for (const i of graph.computed) {
    const { row, on = [] } = graph.nodes[i];
    const rule = row === undefined ? null : graph.rows[row];
    if (rule) values[i] = rule[0](...on.map((operand) => values[operand]));
  }
  return values;
}

/**
 * The local derivative on each edge of a node.
 *
 * @param {Graph} graph
 * @param {number} i
 * @param {Float64Array} values
 * @returns {number[]}
 */
function locals(graph, i, values) {
  const { row, on = [], locals: recorded, edges } = graph.nodes[i];
  if (recorded) return recorded.map(Number);
  const rule = row === undefined ? null : graph.rows[row];
  return rule && edges ? rule[1](values[i], ...on.map((operand) => values[operand])) : [];
}

/**
 * The gradients after so many events of the backward pass.
 *
 * @param {Graph} graph
 * @param {number[][]} locals
 * @param {number} count
 */
export function gradientsAfter(graph, locals, count) {
  const gradient = new Float64Array(graph.nodes.length);
  gradient[graph.root] = 1;
  for (let k = 0; k < count; k++) {
    const { node, slot, operand } = graph.events[k];
    gradient[operand] += locals[node][slot] * gradient[node];
  }
  return gradient;
}

/**
 * The operand beside that of an event: its factor in a product or a weighted sum, the other one of two; −1 if there is none.
 *
 * @param {Graph} graph
 * @param {number} k
 */
export function partner(graph, k) {
  const slot = partnerSlot(graph, k);
  return slot < 0 ? -1 : (graph.nodes[graph.events[k].node].on ?? [])[slot];
}

/**
 * @param {Graph} graph
 * @param {number} k
 */
export function partnerSlot(graph, k) {
  const { node, slot } = graph.events[k];
  const { op, on = [] } = graph.nodes[node];
  const half = Math.floor(on.length / 2);
  if (op === "dot") return slot < half ? slot + half : slot < 2 * half ? slot - half : -1;
  return on.length === 2 ? 1 - slot : -1;
}
