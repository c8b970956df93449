/** The page put together: state → what is shown → views; events change the state, and nothing else does. */

import { scripting } from "./api.js";
import { keyboard } from "./keyboard.js";
import { graphOf } from "./model/pass.js";
import { shownOf } from "./model/shown.js";
import { initialState, select, storeOf } from "./model/state.js";
import { read, written } from "./model/url.js";
import { announcer } from "./views/announcer.js";
import { byId, h } from "./views/dom.js";
import { figureOf } from "./views/figure.js";
import { inspector } from "./views/inspector.js";
import { stepCard } from "./views/ledger.js";
import { plane } from "./views/plane.js";
import { quiz } from "./views/quiz.js";
import { searchField } from "./views/search.js";
import { stepper } from "./views/stepper.js";
import { table } from "./views/table.js";
import { trainer } from "./views/trainer.js";

const PAUSE = 150; // milliseconds between two changes of the address, of which browsers allow only so many

/**
 * @param {import("./types.d.ts").Row[]} rows
 * @param {import("./types.d.ts").Programs} programs
 */
export function start(rows, programs) {
  const graph = graphOf(JSON.parse(byId("data").textContent ?? ""), rows);
  const initial = initialState(graph);
  const store = storeOf(read(graph, initial, location.hash));

  const transport = stepper(graph, store);
  const selection = inspector(graph, store);
  const questions = quiz(graph, store);
  /** @type {{ show(node: number): void }[]} */
  const figures = [];
  const chosen = (/** @type {number} */ node) => {
    store.change((state) => select(state, node));
    questions.choose(node);
    for (const figure of figures) figure.show(node);
    selection.show();
  };
  const entered = (/** @type {number} */ node) => {
    chosen(node);
    selection.edit();
  };
  const views = [transport, stepCard(graph, store), selection, questions, trainer(graph, programs, store), table(graph, store), announcer()];
  for (const element of document.querySelectorAll(".figure:has(.picture)")) {
    const figure = figureOf(element, graph, store, chosen, entered);
    figures.push(figure);
    views.push(figure);
  }
  const decision = plane(graph, programs, store);
  if (decision) views.push(decision);
  searchField(graph, entered);
  keyboard(graph, store, transport, entered);
  appearance();

  let waiting = 0;
  const remember = () => {
    waiting = 0;
    putIntoAddress(written(graph, store.state, initial));
  };
  const render = () => {
    const shown = shownOf(graph, store.state);
    for (const view of views) view.render(shown);
    if (!waiting) waiting = window.setTimeout(remember, PAUSE);
  };
  store.listen(render);
  window.addEventListener("hashchange", () => store.change(() => read(graph, initial, location.hash)));
  byId("remarks").replaceChildren(...[...graph.data.remarks, ...graph.data.letters].map((line) => h("li", {}, line)));
  document.body.classList.add("live");
  render();
  Object.defineProperty(window, "glassgrad", { value: scripting(graph, programs, store, questions.answer) });
}

/**
 * Put the state into the address, where a page may.
 *
 * @param {string} address
 */
function putIntoAddress(address) {
  try {
    if (address !== location.hash.slice(1)) history.replaceState(null, "", `#${address}`);
  } catch {
    // in a notebook's frame there is no address of one's own
  }
}

/** Light, dark or high contrast, as the reader’s system has it, until she says otherwise. */
function appearance() {
  const root = document.documentElement;
  byId("appearance").addEventListener("change", (/** @type {any} */ event) => {
    root.setAttribute("data-theme", event.target.value);
  });
}
