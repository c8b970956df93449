/** The selected node: its numbers, the terms of its gradient, and for a leaf another value for it. */

/** @import { Graph, Shown, Store, View } from "../types.d.ts" */
import { bracketed } from "../model/formulas.js";
import { exactText, parsed } from "../model/numerals.js";
import { initialState, passFor, reset, setLeaf, toggleFold } from "../model/state.js";
import { valueEquation } from "../model/step.js";
import { isFree } from "../model/url.js";
import { byId, h, write } from "./dom.js";
import { equationLines, ledger } from "./ledger.js";

const BESIDE = "(min-width: 60rem)"; // where cards stand beside the pictures

/**
 * @param {Graph} graph
 * @param {Store} store
 * @returns {View & { edit(): void, show(): void }}
 */
export function inspector(graph, store) {
  const field = byId("value");
  const slider = byId("drag");
  const { leaves: first, samples } = initialState(graph);
  let shownNode = -1;

  const set = (/** @type {number} */ value) => store.change((state) => setLeaf(graph, state, state.selected, value));
  field.addEventListener("change", () => {
    const value = parsed(field.value);
    field.setAttribute("aria-invalid", String(value === null));
    if (value !== null) set(value);
  });
  slider.addEventListener("input", () => set(Number(slider.value)));
  byId("fold").addEventListener("click", () => store.change((state) => toggleFold(graph, state, state.selected)));
  byId("reset").addEventListener("click", () => store.change((state) => reset(graph, state)));

  return {
    show() {
      if (window.matchMedia(BESIDE).matches) byId("selected-card").scrollIntoView({ block: "nearest" });
    },
    edit() {
      if (!byId("editor").hidden) field.select();
    },
    render(shown) {
      const { selected, leaves } = shown.state;
      byId("nothing-selected").hidden = selected >= 0;
      byId("selection").hidden = byId("details").hidden = selected < 0;
      byId("reset").hidden = !isChanged(shown, first) && shown.state.samples.length === samples.length;
      whatIf(graph, shown);
      if (selected < 0) return;
      const node = graph.nodes[selected];
      write(byId("selected-name"), node.label || node.introduced || node.called);
      byId("numbers").replaceChildren(...numbersOf(shown, selected));
      byId("computed").replaceChildren(...(node.on && shown.knows(selected) ? equationLines(valueEquation(shown, selected)) : []));
      byId("terms").replaceChildren(...(node.constant ? [] : ledger(graph, store, shown, selected)));
      const own = graph.owner.filter((owner) => owner === selected).length;
      byId("fold").hidden = !own;
      write(byId("fold"), `${shown.state.folded.includes(selected) ? "Unfold" : "Fold"} its ${own} ${own === 1 ? "leaf" : "leaves"}`);
      const free = isFree(graph, selected);
      byId("editor").hidden = !free;
      const reason = node.on || node.constant || free ? "" : `It can’t be changed here: ${graph.blocked[selected]}`;
      write(byId("why-not"), reason || (node.why ? `Shown as recorded: ${node.why}` : ""));
      if (!free) return;
      const value = leaves[selected];
      if (selected !== shownNode) range(slider, graph.leaves[selected]);
      if (document.activeElement !== field || selected !== shownNode) field.value = String(value);
      slider.value = String(value);
      shownNode = selected;
    },
  };
}

/**
 * @param {any} slider
 * @param {number} middle
 */
function range(slider, middle) {
  const reach = Math.max(2, 2 * Math.abs(middle));
  slider.min = String(middle - reach);
  slider.max = String(middle + reach);
  slider.step = String(reach / 200);
}

/**
 * @param {Shown} shown
 * @param {Float64Array} first the leaves at the beginning
 */
function isChanged({ state }, first) {
  return state.losses.length > 0 || state.leaves.some((x, i) => !Object.is(x, first[i]));
}

/**
 * @param {Shown} shown
 * @param {number} i
 * @returns {Node[]}
 */
function numbersOf(shown, i) {
  const { gradient, constant, note } = shown.graph.nodes[i];
  const value = shown.value(i);
  const isExact = !/[—?]/.test(value);
  const rows = [h("dt", {}, "value"), h("dd", { class: "value", title: isExact ? exactText(shown.pass.values[i]) : undefined }, value)];
  if (!constant) rows.push(h("dt", {}, gradient ?? ""), h("dd", { class: "gradient" }, shown.gradient(i)));
  if (note) rows.push(h("dt", {}, "note"), h("dd", { class: "note" }, note));
  return rows;
}

/**
 * Old → new, and what a straight line along the gradient would have made of it.
 *
 * @param {Graph} graph
 * @param {Shown} shown
 */
function whatIf(graph, shown) {
  const { edit } = shown.state;
  byId("what-if").hidden = edit === null;
  if (!edit) return;
  const before = passFor(graph, edit.before);
  const { root, nodes } = graph;
  const change = shown.pass.values[edit.node] - before.values[edit.node];
  const old = before.values[root];
  const now = shown.pass.values[root];
  const predicted = old + before.gradients[edit.node] * change;
  const { number } = shown;
  const hidden = shown.hides(root, "value") || shown.hides(edit.node, "gradient");
  const name = nodes[root].called;
  write(byId("leaf-change"), `${nodes[edit.node].called}: ${shown.plain(before.values[edit.node])} → ${shown.plain(shown.pass.values[edit.node])}`);
  write(byId("root-change"), hidden ? `${name}: ?` : `${name}: ${number(old)} → ${number(now)}`);
  const slope = `${number(old)} + ${bracketed(number(before.gradients[edit.node]))} · ${bracketed(shown.plain(change))} = ${number(predicted)}`;
  write(byId("prediction"), hidden ? "?" : slope);
  write(byId("error"), hidden ? "" : `off by ${number(Math.abs(now - predicted))}`);
}
