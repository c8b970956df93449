/** The graph as a table: the same numbers, a row for each node. */

/** @import { Graph, Store, View } from "../types.d.ts" */
import { select } from "../model/state.js";
import { byId, h, write } from "./dom.js";

/**
 * @param {Graph} graph
 * @param {Store} store
 * @returns {View}
 */
export function table(graph, store) {
  const card = byId("table-card");
  /** @type {{ row: HTMLElement, value: HTMLElement, gradient: HTMLElement, node: number }[]} */
  let rows = [];
  const make = () => {
    rows = graph.nodes.map((node, i) => {
      const choose = h("button", { type: "button", click: () => store.change((state) => select(state, i)) }, node.label || node.called);
      const [value, gradient] = [h("td", { class: "value" }), h("td", { class: "gradient" })];
      const by = node.on ? `${node.op}(${node.on.map((operand) => graph.nodes[operand].called).slice(0, 6).join(", ")}${node.on.length > 6 ? ", …" : ""})` : "";
      const row = h("tr", {}, h("th", { scope: "row" }, choose), h("td", { class: "by" }, by || (node.constant ? "constant" : (node.role ?? "leaf"))), value, gradient);
      return { row, value, gradient, node: i };
    });
    byId("rows").replaceChildren(...rows.map(({ row }) => row));
  };
  /** @type {Parameters<View["render"]>[0] | null} */
  let last = null;
  const view = {
    render(/** @type {Parameters<View["render"]>[0]} */ shown) {
      last = shown;
      if (!card.open) return;
      if (!rows.length) make();
      for (const { row, value, gradient, node } of rows) {
        write(value, shown.value(node));
        write(gradient, shown.gradient(node));
        row.classList.toggle("active", node === shown.active);
        row.classList.toggle("selected", node === shown.state.selected);
      }
    },
  };
  card.addEventListener("toggle", () => last && view.render(last));
  return view;
}
