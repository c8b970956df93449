/** Predict, then reveal: one hidden number after the other, with hints and a score. */

/** @import { Graph, Shown, Store, View } from "../types.d.ts" */
import { hints, judge } from "../model/answers.js";
import { questionOf } from "../model/hiding.js";
import { answered, ask, select } from "../model/state.js";
import { shownOf } from "../model/shown.js";
import { byId, h, write } from "./dom.js";

/**
 * @param {Graph} graph
 * @param {Store} store
 * @returns {View & { answer(question: number, text: string): { right: boolean, words: string }, choose(node: number): void }}
 */
export function quiz(graph, store) {
  const { hidden } = graph.data;
  const field = byId("answer");
  byId("quiz-card").hidden = hidden.length === 0;

  const answer = (/** @type {number} */ question, /** @type {string} */ text) => {
    const { right, found, words } = judge(shownOf(graph, store.state), question, text);
    store.change((state) => {
      const { tries } = state.answers[question];
      return answered(state, question, { words, ...(right && !found ? {} : { tries: tries + 1, right: found }) });
    });
    return { right, words };
  };
  const choose = (/** @type {number} */ question) =>
    store.change((state) => select(ask(state, question), hidden[question][0]));
  const next = () => {
    const { answers, asked } = store.state;
    const later = answers.map((_, k) => (asked + 1 + k) % answers.length).find((k) => !answers[k].right);
    if (later !== undefined) choose(later);
    field.value = "";
    field.focus();
  };

  byId("question").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const { asked, answers } = store.state;
    if (answers[asked].right) return next();
    answer(asked, field.value);
    if (store.state.answers[asked].right) byId("check").focus();
    else field.select();
  });
  byId("hint").addEventListener("click", () =>
    store.change((state) => answered(state, state.asked, { hints: state.answers[state.asked].hints + 1 })),
  );

  return {
    answer,
    choose(node) {
      const open = (/** @type {number} */ question) => question >= 0 && !store.state.answers[question].right;
      const question = [questionOf(graph, node, "gradient"), questionOf(graph, node, "value")].find(open);
      if (question !== undefined) store.change((state) => ask(state, question));
    },
    render(shown) {
      if (!hidden.length) return;
      const { asked, answers } = shown.state;
      const { right, words, hints: given } = answers[asked];
      const found = hints(shown, asked).slice(0, given);
      write(byId("asked"), `${nameOf(graph, asked)} = `);
      write(byId("asked-number"), right ? numberOf(shown, asked) : "?");
      write(byId("verdict"), words);
      byId("verdict").className = right ? "right" : "wrong";
      field.hidden = right;
      byId("hint").hidden = right || given >= hints(shown, asked).length;
      write(byId("hint"), given ? "Another hint" : "Hint");
      write(byId("check"), right ? "Next" : "Check");
      byId("check").hidden = answers.every((one) => one.right);
      byId("hints").replaceChildren(...(right ? [] : found.map((hint) => h("li", {}, hint))));
      write(byId("score"), score(answers));
      byId("questions").replaceChildren(...answers.map((one, k) => chooserOf(graph, k, one.right, k === asked, () => choose(k))));
    },
  };
}

/**
 * @param {Graph} graph
 * @param {number} question
 */
export function nameOf(graph, question) {
  const [node, what] = graph.data.hidden[question];
  const { called, gradient } = graph.nodes[node];
  return what === "value" ? called : (gradient ?? called);
}

/**
 * @param {Shown} shown
 * @param {number} question
 */
function numberOf(shown, question) {
  const [node, what] = shown.graph.data.hidden[question];
  return shown.plain(what === "value" ? shown.pass.values[node] : shown.pass.gradients[node]);
}

/** @param {import("../types.d.ts").Try[]} answers */
function score(answers) {
  const found = answers.filter(({ right }) => right);
  const first = found.filter(({ tries, hints }) => tries === 1 && !hints).length;
  const all = found.length === answers.length ? "All found. " : "";
  return `${all}${found.length} of ${answers.length} found, ${first} at the first try without a hint`;
}

/**
 * @param {Graph} graph
 * @param {number} k
 * @param {boolean} right
 * @param {boolean} isAsked
 * @param {() => void} choose
 */
function chooserOf(graph, k, right, isAsked, choose) {
  const name = nameOf(graph, k);
  return h(
    "button",
    { type: "button", click: choose, class: right ? "found" : "open", "aria-pressed": String(isAsked) },
    right ? `${name} ✓` : name,
  );
}
