/** A picture, of the graph or of its network: its numbers, its marks, and what is selected in it. */

/** @import { Graph, Shown, View } from "../types.d.ts" */
import { exactText } from "../model/numerals.js";
import { hidesLocal } from "../model/hiding.js";
import { partner } from "../model/pass.js";
import { byId, write } from "./dom.js";

const THINNEST = 0.8;
const THICKEST = 3.6;

/**
 * @param {SVGSVGElement} svg
 * @param {Graph} graph
 * @param {(node: number) => void} chosen
 * @returns {View}
 */
export function drawing(svg, graph, chosen) {
  const cards = [...svg.querySelectorAll("g.node")].map(card);
  const numbers = [...svg.querySelectorAll("[data-show]")].map((span) => ({
    span,
    node: nodeOf(span),
    what: span.getAttribute("data-show"),
  }));
  const edges = [...svg.querySelectorAll("[data-edge]")].map((path) => ({ path, edge: edgeOf(path, "data-edge"), classes: "" }));
  const eventOf = new Map(graph.events.map(({ node, slot }, k) => [`${node}:${slot}`, k]));
  const labels = [...svg.querySelectorAll("[data-local]")].map((label) => ({ label, edge: edgeOf(label, "data-local") }));
  const lines = [...svg.querySelectorAll("[data-line]")].map((path) => ({ path, weight: Number(path.getAttribute("data-line")) }));
  const flow = svg.querySelector(".flow");

  for (const { path } of lines) if (path.classList.contains("weight")) widen(path);
  svg.addEventListener("click", ({ target }) => {
    const element = /** @type {Element} */ (target);
    const line = element.getAttribute("data-line");
    if (line !== null) chosen(Number(line));
    else if (element.closest("[data-node]")) chosen(nodeOf(element));
  });

  return {
    render(shown) {
      svg.classList.toggle("giving-back", shown.events > 0);
      for (const { span, node, what } of numbers) write(span, what === "value" ? shown.value(node) : shown.gradient(node));
      for (const one of cards) markCard(one, shown);
      for (const one of edges) markEdge(one, shown, eventOf.get(`${one.edge[0]}:${one.edge[1]}`));
      for (const one of labels) markLabel(one, shown, eventOf.get(`${one.edge[0]}:${one.edge[1]}`));
      markLines(lines, shown);
      if (flow) markFlow(flow, edges, shown);
    },
  };
}

/**
 * The node that an element belongs to.
 *
 * @param {Element} element
 */
export function nodeOf(element) {
  return Number(element.closest("[data-node]")?.getAttribute("data-node"));
}

/** @param {Element} group */
function card(group) {
  const node = nodeOf(group);
  const nodes = new Set([node, ...[...group.querySelectorAll("[data-node]")].map(nodeOf)]);
  const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
  group.prepend(title);
  group.setAttribute("role", "img"); // not a button: what one hears is not what stands there
  group.setAttribute("tabindex", "-1");
  return { group, node, nodes, title, base: group.getAttribute("class") ?? "", classes: "", told: "" };
}

/**
 * Around a thin line, room to hit it.
 *
 * @param {Element} path
 */
function widen(path) {
  const around = /** @type {Element} */ (path.cloneNode());
  around.setAttribute("class", "around");
  path.after(around);
}

/**
 * @param {Element} element
 * @param {string} attribute
 */
function edgeOf(element, attribute) {
  return (element.getAttribute(attribute) ?? "").split(":").map(Number);
}

/**
 * @param {ReturnType<typeof card>} one
 * @param {Shown} shown
 */
function markCard(one, shown) {
  const { node, group, nodes } = one;
  const { state, step } = shown;
  const classes = [
    one.base,
    shown.knows(node) && "known",
    shown.complete(node) && "complete",
    nodes.has(shown.active) && "active",
    step && nodes.has(step.node) && "giving",
    nodes.has(state.selected) && "selected",
    isFolded(shown, node) && "away",
    state.folded.includes(node) && "folded",
  ]
    .filter(Boolean)
    .join(" ");
  if (classes !== one.classes) group.setAttribute("class", (one.classes = classes));
  const told = [...nodes].map((i) => description(shown, i)).join("; ");
  if (told !== one.told) {
    group.setAttribute("aria-label", (one.told = told));
    one.title.textContent = [...nodes].map((i) => tooltip(shown, i)).join("\n");
  }
  const current = String(nodes.has(state.selected));
  if (group.getAttribute("aria-current") !== current) group.setAttribute("aria-current", current);
}

/**
 * Is it a leaf of a node whose leaves are folded away?
 *
 * @param {Shown} shown
 * @param {number} node
 */
function isFolded({ graph, state }, node) {
  return state.folded.includes(graph.owner[node]);
}

/**
 * For those who hear it: "w₁ = 0.6; ∂E/∂w₁ = −0.12; two contributions".
 *
 * @param {Shown} shown
 * @param {number} node
 */
export function description(shown, node) {
  const { called, gradient, constant } = shown.graph.nodes[node];
  if (constant) return `constant ${called}`;
  const count = shown.graph.into[node].length;
  const sum = count > 1 ? `; ${count} contributions` : "";
  return `${called} = ${spoken(shown.value(node))}; ${gradient} = ${spoken(shown.gradient(node))}${sum}`;
}

/** @param {string} text */
function spoken(text) {
  return text === "—" ? "not computed yet" : text === "?" ? "hidden" : text;
}

/**
 * The numbers with more digits.
 *
 * @param {Shown} shown
 * @param {number} node
 */
function tooltip(shown, node) {
  const { called, gradient, constant, label } = shown.graph.nodes[node];
  const name = label || called;
  const value = /[—?]/.test(shown.value(node)) ? shown.value(node) : exactText(shown.pass.values[node]);
  if (constant) return `constant ${value}`;
  const slope = shown.complete(node) && shown.gradient(node) !== "?" ? exactText(shown.gradients[node]) : shown.gradient(node);
  return `${name} = ${value}\n${gradient} = ${slope}`;
}

/**
 * @param {{ path: Element, edge: number[], classes: string }} one
 * @param {Shown} shown
 * @param {number | undefined} event
 */
function markEdge(one, shown, event) {
  const [node] = one.edge;
  const { events, step, state, graph } = shown;
  const isActive = event !== undefined && event === events - 1;
  const operand = event === undefined ? -1 : graph.events[event].operand;
  const isLit = event !== undefined && step !== null && operand === step.operand;
  const classes = [
    shown.knows(node) && "known",
    event !== undefined && events > event && "done",
    isLit && "lit",
    isActive && "active",
    !events && state.position > 0 && node === shown.active && "active",
    (state.selected === operand || state.selected === node) && "near",
    isFolded(shown, (graph.nodes[node].on ?? [])[one.edge[1]]) && "away",
  ]
    .filter(Boolean)
    .join(" ");
  if (classes !== one.classes) one.path.setAttribute("class", (one.classes = classes));
}

/**
 * The local derivative on an edge: on those of the step, and of what is selected.
 *
 * @param {{ label: Element, edge: number[] }} one
 * @param {Shown} shown
 * @param {number | undefined} event
 */
function markLabel({ label, edge: [node, slot] }, shown, event) {
  const { graph, events, step, state } = shown;
  const operand = event === undefined ? -1 : graph.events[event].operand;
  const isOfStep = event !== undefined && event < events && step?.operand === operand;
  const isAsked = event !== undefined && (isOfStep || operand === state.selected);
  const isShown = shown.knows(node) && isAsked && !isFolded(shown, operand);
  const hidden = hidesLocal(graph, state, node, slot);
  write(label, isShown ? `×${hidden ? "?" : shown.number(shown.pass.locals[node][slot])}` : "");
}

/**
 * The arrow of the step, over the drawing.
 *
 * @param {Element} flow
 * @param {{ path: Element, edge: number[] }[]} edges
 * @param {Shown} shown
 */
function markFlow(flow, edges, { step }) {
  const active = step && edges.find(({ edge }) => edge[0] === step.node && edge[1] === step.slot);
  flow.setAttribute("class", active ? "flow on" : "flow");
  if (active) flow.setAttribute("d", active.path.getAttribute("d") ?? "");
}

/**
 * The connections of a network: as thick as their weights and gradients are large, dotted where these are zero.
 *
 * @param {{ path: Element, weight: number }[]} lines
 * @param {Shown} shown
 */
function markLines(lines, shown) {
  if (!lines.length) return;
  const most = { weight: 0, slope: 0 };
  for (const { weight } of lines) {
    most.weight = Math.max(most.weight, Math.abs(shown.pass.values[weight]) || 0);
    if (shown.complete(weight)) most.slope = Math.max(most.slope, Math.abs(shown.gradients[weight]) || 0);
  }
  write(byId("scale"), scale(shown, most));
  const connection = shown.step ? partner(shown.graph, shown.events - 1) : -1;
  for (const { path, weight } of lines) {
    const isSlope = path.classList.contains("slope");
    const isThere = isSlope ? shown.complete(weight) && !shown.hides(weight, "gradient") : true;
    const size = Math.abs(isSlope ? shown.gradients[weight] : shown.pass.values[weight]) || 0;
    const largest = isSlope ? most.slope : most.weight;
    path.classList.toggle("there", isThere);
    path.classList.toggle("zero", size === 0);
    path.classList.toggle("selected", weight === shown.state.selected);
    path.classList.toggle("active", weight === shown.active || weight === connection);
    path.setAttribute("stroke-width", (THINNEST + (largest ? ((THICKEST - THINNEST) * size) / largest : 0)).toFixed(2));
  }
}

/**
 * What the width of a line means.
 *
 * @param {Shown} shown
 * @param {{ weight: number, slope: number }} most
 */
function scale({ graph, number, plain }, most) {
  const forward = `thickest solid line: |w| = ${plain(most.weight)}`;
  const backward = most.slope ? `; thickest dashed line: |∂${graph.data.root}/∂w| = ${number(most.slope)}` : "";
  return `${forward}${backward}; dotted: 0`;
}
