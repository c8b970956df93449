/** How a node is found by what it is called. */

/** @import { Graph } from "../types.d.ts" */

const TYPED = new Map([["*", "·"], ["-", "−"]]);

/**
 * The node of this name: a label, or what one types in Python, such as w[1][2,1], δ[2][1], tanh@17.
 *
 * @param {Graph} graph
 * @param {string} name
 * @returns {number}
 */
export function find(graph, name) {
  const found = namesOf(graph);
  const labelled = found.labels.get(name);
  if (labelled?.length === 1) return labelled[0];
  if (labelled) throw new RangeError(`${labelled.length} nodes have the label "${name}"; say which: ${places(graph, labelled)}`);
  const named = found.others.get(spelled(name));
  if (named?.length === 1) return named[0];
  if (named) throw new RangeError(`${named.length} nodes are called "${name}"; say which: ${places(graph, named)}`);
  throw new RangeError(`nothing here is called "${name}"`);
}

/**
 * Whether a name is that of a gradient: δ[1][2], ∂E/∂w.
 *
 * @param {string} name
 */
export function isGradient(name) {
  return /^\s*(δ|delta\[|∂)/.test(name);
}

/** @type {WeakMap<Graph, { labels: Map<string, number[]>, others: Map<string, number[]> }>} */
const known = new WeakMap();

/** @param {Graph} graph */
function namesOf(graph) {
  let found = known.get(graph);
  if (!found) {
    found = { labels: new Map(), others: new Map() };
    for (const [i, node] of graph.nodes.entries()) {
      if (node.label) enter(found.labels, node.label, i);
      const gradient = node.gradient ? [node.gradient] : [];
      const own = node.constant && !node.label ? [] : [node.called];
      for (const name of new Set([node.name, ...node.names, ...own, ...gradient].map(spelled))) enter(found.others, name, i);
    }
    enter(found.others, "root", graph.root);
    known.set(graph, found);
  }
  return found;
}

/**
 * @param {Map<string, number[]>} names
 * @param {string} name
 * @param {number} node
 */
function enter(names, name, node) {
  const those = names.get(name);
  if (those) those.push(node);
  else names.set(name, [node]);
}

/** @param {string} name */
function spelled(name) {
  return name.replace(/\s+/g, "").replaceAll("δ[", "delta[").replace(/[*-]/g, (sign) => TYPED.get(sign) ?? sign);
}

/**
 * @param {Graph} graph
 * @param {number[]} nodes
 */
function places(graph, nodes) {
  return nodes.slice(0, 3).map((i) => graph.nodes[i].name).join(", ");
}

/**
 * The nodes whose name contains the text, those that begin with it first.
 *
 * @param {Graph} graph
 * @param {string} text
 * @param {number} most
 * @returns {number[]}
 */
export function search(graph, text, most) {
  const asked = spelled(text).toLowerCase();
  if (!asked) return [];
  /** @type {[number, number][]} */
  const found = [];
  for (const [i, node] of graph.nodes.entries()) {
    if (node.constant && !node.label) continue;
    const places = [node.name, node.called, node.label ?? "", ...node.names].map((name) => spelled(name).toLowerCase().indexOf(asked));
    const best = Math.min(...places.map((place) => (place < 0 ? Infinity : place)));
    if (best < Infinity) found.push([best, i]);
  }
  return found.sort(([a], [b]) => a - b).slice(0, most).map(([, i]) => i);
}
