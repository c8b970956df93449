/** Search: type a part of a name, choose a node. */

/** @import { Graph } from "../types.d.ts" */
import { search } from "../model/names.js";
import { byId, h } from "./dom.js";

const MOST = 8;

/**
 * @param {Graph} graph
 * @param {(node: number) => void} chosen
 */
export function searchField(graph, chosen) {
  const field = byId("search");
  const list = byId("matches");
  let at = 0;
  /** @type {number[]} */
  let found = [];

  const close = () => {
    found = [];
    show();
  };
  const show = () => {
    list.replaceChildren(
      ...found.map((node, k) =>
        h(
          "li",
          { role: "option", id: `match-${k}`, "aria-selected": String(k === at), pointerdown: () => choose(node) },
          graph.nodes[node].called,
          h("span", { class: "typed" }, graph.nodes[node].name),
        ),
      ),
    );
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(found.length > 0));
    if (found.length) field.setAttribute("aria-activedescendant", `match-${at}`);
    else field.removeAttribute("aria-activedescendant");
  };
  const choose = (/** @type {number} */ node) => {
    chosen(node);
    field.value = "";
    close();
  };

  field.addEventListener("input", () => {
    found = search(graph, field.value, MOST);
    at = 0;
    show();
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at = found.length ? (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length : 0;
      show();
      event.preventDefault();
    } else if (event.key === "Enter" && found.length) choose(found[at]);
    else if (event.key === "Escape") close();
  });
}
