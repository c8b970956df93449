/** The whole page by keyboard: ← → step, Home and End, space plays, / searches, arrows walk a picture, Enter selects. */

/** @import { Graph, Store } from "./types.d.ts" */
import { goTo, lengthOf, select } from "./model/state.js";
import { byId } from "./views/dom.js";

/**
 * @param {Graph} graph
 * @param {Store} store
 * @param {{ play(): void, step(by: number): void }} stepper
 * @param {(node: number) => void} chosen
 */
export function keyboard(graph, store, stepper, chosen) {
  document.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches("input:not([type=range]), select, textarea")) return;
    const card = target.closest("g.node");
    if (card && walks(card, event.key)) return event.preventDefault();
    if (card && event.key === "Enter") {
      chosen(Number(card.getAttribute("data-node")));
      return event.preventDefault();
    }
    if (target.matches("input[type=range], #plane *")) return;
    const isControl = target.matches("button, summary, a");
    if (event.key === "ArrowRight") stepper.step(1);
    else if (event.key === "ArrowLeft") stepper.step(-1);
    else if (event.key === "Home") store.change((state) => goTo(graph, state, 0));
    else if (event.key === "End") store.change((state) => goTo(graph, state, lengthOf(graph)));
    else if (event.key === " " && !isControl) stepper.play();
    else if (event.key === "/") byId("search").focus();
    else if (event.key === "Escape") store.change((state) => select(state, -1));
    else return;
    event.preventDefault();
  });
  for (const svg of document.querySelectorAll(".figure svg")) entered(svg);
}

/**
 * One card of a picture is reached by Tab: the one that was focused last, or the first.
 *
 * @param {Element} svg
 */
function entered(svg) {
  svg.setAttribute("aria-description", "Arrows walk from card to card, Enter selects.");
  svg.querySelector("g.node")?.setAttribute("tabindex", "0");
  svg.addEventListener("focusin", (event) => {
    const card = /** @type {Element} */ (event.target).closest("g.node");
    if (!card) return;
    for (const other of svg.querySelectorAll('g.node[tabindex="0"]')) other.setAttribute("tabindex", "-1");
    card.setAttribute("tabindex", "0");
  });
}

/**
 * Go to the nearest card in the direction of an arrow.
 *
 * @param {Element} card
 * @param {string} key an arrow
 */
function walks(card, key) {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!way) return false;
  const from = middle(card);
  let [best, nearest] = [Infinity, card];
  for (const other of card.closest("svg")?.querySelectorAll("g.node") ?? []) {
    const to = middle(other);
    const [along, across] = way[0]
      ? [(to.x - from.x) * way[0], Math.abs(to.y - from.y)]
      : [(to.y - from.y) * way[1], Math.abs(to.x - from.x)];
    const far = along + 2.5 * across;
    if (other !== card && along > 2 && far < best) [best, nearest] = [far, other];
  }
  /** @type {SVGElement} */ (nearest).focus();
  return true;
}

/** @param {Element} card */
function middle(card) {
  const box = card.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
