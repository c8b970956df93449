/** The step in words, as an equation, and in the sum that it adds to. */

/** @import { Graph, Shown, Store, View } from "../types.d.ts" */
import { select } from "../model/state.js";
import { equation, heading, sentence, sumOfSymbols, terms } from "../model/step.js";
import { byId, h, write } from "./dom.js";

const MANY = 8; // terms; a longer list scrolls

/**
 * @param {Graph} graph
 * @param {Store} store
 * @returns {View}
 */
export function stepCard(graph, store) {
  return {
    render(shown) {
      write(byId("step-heading"), heading(shown));
      write(byId("sentence"), sentence(shown));
      byId("equation").replaceChildren(...equationLines(equation(shown)));
      const { step } = shown;
      byId("ledger").replaceChildren(...(step ? ledger(graph, store, shown, step.operand) : []));
      seeNow(byId("ledger"));
    },
  };
}

/**
 * Of a long sum, scroll to the term of the step.
 *
 * @param {HTMLElement} card
 */
function seeNow(card) {
  const [list, now] = [card.querySelector("ol"), card.querySelector("li.now")];
  if (list && now instanceof HTMLElement) list.scrollTop = now.offsetTop - list.offsetTop - list.clientHeight / 2;
}

/**
 * An equation: a line for each side.
 *
 * @param {string[]} sides
 * @returns {Node[]}
 */
export function equationLines([head, ...sides]) {
  if (head === undefined) return [];
  return [h("span", { class: "head" }, head), h("span", { class: "sides" }, ...sides.map((side) => h("span", { class: "side" }, `= ${side}`)))];
}

/**
 * The sum that a gradient is, its terms one below the other, □ for those to come.
 *
 * @param {Graph} graph
 * @param {Store} store
 * @param {Shown} shown
 * @param {number} operand
 * @returns {Node[]}
 */
export function ledger(graph, store, shown, operand) {
  const found = terms(shown, operand);
  if (!found.length) return [];
  const last = shown.events - 1;
  const rows = found.map(({ k, via, text, done }, i) =>
    h(
      "li",
      { class: `${done ? "done" : "to-come"}${k === last ? " now" : ""}` },
      h("span", { class: "sign" }, i ? "+" : "="),
      h("span", { class: "term" }, text),
      h("button", { type: "button", class: "via", click: () => store.change((state) => select(state, via)) }, `via ${graph.nodes[via].called}`),
    ),
  );
  const isOver = shown.complete(operand);
  const symbols = found.length > 1 || found[0].done ? sumOfSymbols(shown, operand) : "";
  const total = isOver ? shown.gradient(operand) : shown.begun(operand) ? `${shown.gradient(operand)}` : "—";
  return [
    h("p", {}, h("span", { class: "head" }, graph.nodes[operand].gradient ?? ""), symbols && ` = ${symbols}`),
    h("ol", { tabindex: rows.length > MANY ? 0 : undefined, "aria-label": "Terms" }, ...rows),
    h("p", { class: "total" }, h("span", { class: "sign" }, "="), isOver ? h("strong", {}, total) : total),
  ];
}
