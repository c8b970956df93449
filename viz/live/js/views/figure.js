/** A picture, or one of several of the same graph, each folded more than the one before; and what part of it is seen. */

/** @import { Graph, Store, View } from "../types.d.ts" */
import { setLevel, toggleFold } from "../model/state.js";
import { byId, h } from "./dom.js";
import { drawing } from "./drawing.js";
import { folded } from "./folded.js";
import { viewport } from "./viewport.js";

/** @type {Record<string, string>} */
const LEVELS = { "The graph": "every operation", "The graph by neurons": "neurons", "The graph by layers": "layers" };

/**
 * @param {Element} figure
 * @param {Graph} graph
 * @param {Store} store
 * @param {(node: number) => void} chosen by a click
 * @param {(node: number) => void} entered by a double click
 * @returns {View & { show(node: number): void }}
 */
export function figureOf(figure, graph, store, chosen, entered) {
  const pictures = [...figure.querySelectorAll("svg")];
  const views = pictures.map((svg) => ({ svg, view: viewOf(svg, graph, chosen) }));
  const tools = figure.querySelector(".tools");
  const isGraph = figure.id === "graph-figure";
  if (isGraph) chooser(pictures, store);
  /** @type {Map<Element, ReturnType<typeof viewport>>} */
  const ports = new Map();
  const current = () => pictures[isGraph ? Math.min(store.state.level, pictures.length - 1) : 0];
  const port = () => {
    const svg = current();
    const found = ports.get(svg) ?? viewport(svg, isGraph);
    ports.set(svg, found);
    return found;
  };
  figure.addEventListener("dblclick", ({ target }) => {
    const unit = /** @type {Element} */ (target).closest("[data-unit]");
    const node = /** @type {Element} */ (target).closest("[data-node]")?.getAttribute("data-node");
    if (unit) unfold(!node);
    else if (isGraph && node) store.change((state) => toggleFold(graph, state, Number(node)));
    if (node) entered(Number(node));
  });
  const unfold = (/** @type {boolean} */ isLayer) => {
    const byNeurons = isLayer ? pictures.findIndex(isByNeurons) : -1;
    const open = byNeurons < 0 ? pictures.findIndex((svg) => svg.dataset.units === undefined) : byNeurons;
    if (open >= 0) store.change((state) => setLevel(state, open));
  };
  tools?.append(
    button("+", "Closer", figure, () => port().zoom(1.3)),
    button("−", "Further", figure, () => port().zoom(1 / 1.3)),
    button("Fit", "Fit all of it", figure, () => port().fit()),
  );
  return {
    render(shown) {
      for (const svg of pictures) svg.toggleAttribute("hidden", svg !== current());
      views.find(({ svg }) => svg === current())?.view.render(shown);
      port().follow(shown.active);
    },
    show: (node) => port().show(node),
  };
}

/**
 * @param {SVGSVGElement} svg
 * @param {Graph} graph
 * @param {(node: number) => void} chosen
 * @returns {View}
 */
function viewOf(svg, graph, chosen) {
  const view = drawing(svg, graph, chosen);
  return svg.dataset.units === undefined ? view : folded(svg, graph, view);
}

/** @param {SVGSVGElement} svg */
function isByNeurons(svg) {
  return svg.getAttribute("aria-label") === "The graph by neurons";
}

/**
 * @param {SVGSVGElement[]} pictures
 * @param {Store} store
 */
function chooser(pictures, store) {
  const select = byId("level");
  const names = pictures.map((svg) => LEVELS[svg.getAttribute("aria-label") ?? ""]);
  select.replaceChildren(...names.map((name, level) => h("option", { value: level }, name)));
  select.parentElement.hidden = pictures.length < 2;
  select.addEventListener("change", () => store.change((state) => setLevel(state, Number(select.value))));
  store.listen((state) => (select.value = String(state.level)));
  select.value = String(store.state.level);
}

/**
 * @param {string} sign
 * @param {string} what
 * @param {Element} figure
 * @param {() => void} click
 */
function button(sign, what, figure, click) {
  const name = `${what}: ${figure.getAttribute("aria-label")}`;
  return h("button", { type: "button", click, "aria-label": name, title: what }, sign);
}
