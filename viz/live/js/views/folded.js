/** A folded picture: the step is marked at the cards that hold its nodes. */

/** @import { Graph, View } from "../types.d.ts" */

/**
 * @param {SVGSVGElement} svg
 * @param {Graph} graph
 * @param {View} view what shows the numbers
 * @returns {View}
 */
export function folded(svg, graph, view) {
  const units = (svg.dataset.units ?? "").split(",");
  const cards = new Map([...svg.querySelectorAll("[data-unit]")].map((card) => [card.getAttribute("data-unit"), card]));
  const edges = new Map([...svg.querySelectorAll("[data-between]")].map((edge) => [edge.getAttribute("data-between"), edge]));
  /** @type {Map<string, number>} */
  const begins = new Map(); // when the first node of a card is computed
  units.forEach((unit, i) => begins.set(unit, Math.min(begins.get(unit) ?? Infinity, graph.rank[i] || Infinity)));
  return {
    render(shown) {
      view.render(shown);
      const { step, active, state } = shown;
      const [at, from] = [units[active], step ? units[step.node] : undefined];
      for (const [unit, card] of cards) {
        card.classList.toggle("active", unit === at);
        card.classList.toggle("giving", from !== at && unit === from);
        card.classList.toggle("selected", state.selected >= 0 && unit === units[state.selected]);
      }
      for (const [pair, edge] of edges) {
        const head = String(pair).split(":")[1];
        edge.classList.toggle("known", (begins.get(head) ?? Infinity) <= state.position);
        edge.classList.toggle("done", shown.events > 0 && pair === `${at}:${from}`);
        edge.classList.toggle("lit", step !== null && pair === `${at}:${from}`);
      }
    },
  };
}
