// The page's modules, each by itself, on a small graph: E = tanh(w · x), with a plain number beside it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hints, judge } from "../../../viz/live/js/model/answers.js";
import { bracketed, sides } from "../../../viz/live/js/model/formulas.js";
import { find, search } from "../../../viz/live/js/model/names.js";
import { numberText, parsed } from "../../../viz/live/js/model/numerals.js";
import { graphOf, passOf } from "../../../viz/live/js/model/pass.js";
import { shownOf } from "../../../viz/live/js/model/shown.js";
import { addSample, goTo, initialState, removeSample, reset, setLeaf, storeOf, train } from "../../../viz/live/js/model/state.js";
import { equation, heading, sentence, terms } from "../../../viz/live/js/model/step.js";
import { read, written } from "../../../viz/live/js/model/url.js";

const ROWS = [
  null,
  [(x, y) => x * y, (out, x, y) => [y, x]],
  [(x) => Math.tanh(x), (out) => [1 - out * out]],
];

const leaf = (name, value, more = {}) => ({ name, called: name, names: [], gradient: `∂E/∂${name}`, value, ...more });

function dataOf(hidden = []) {
  return {
    title: "a graph", root: "E", digits: 4, fractions: false, hidden, remarks: [], letters: [],
    nodes: [
      leaf("w", 0.5),
      leaf("x", 2),
      { name: "a", called: "a", names: ["mul@3"], gradient: "δ", op: "mul", on: [0, 1], row: 1,
        formula: ["w · x", [[0, 4], " · ", [1, 4]]], edges: [["x", [[1, 2]]], ["w", [[0, 2]]]] },
      { name: "E", called: "E", names: ["tanh@4"], gradient: "∂E/∂E", op: "tanh", on: [2], row: 2,
        formula: ["tanh(a)", ["tanh(", [2, 0], ")"]], edges: [["1 − E²", ["1 − ", [3, 7], "²"]]] },
    ],
    training: { parameters: [0], inputs: [1], samples: [[2], [3]], script: { parameters: [0] }, why_not: "", plane: null },
  };
}

const graphWith = (hidden) => graphOf(dataOf(hidden), ROWS);
const gradient = ([x], [w]) => [Math.tanh(w * x), [(1 - Math.tanh(w * x) ** 2) * x]];
const near = (x, y) => assert.ok(Math.abs(x - y) < 1e-12, `${x} is not ${y}`);

test("a pass has values, local derivatives and gradients", () => {
  const graph = graphWith();
  const { values, gradients } = passOf(graph, graph.leaves);
  near(values[3], Math.tanh(1));
  near(gradients[0], 2 * (1 - Math.tanh(1) ** 2));
  assert.equal(graph.events.length, 3);
});

test("positions are steps forward, then events", () => {
  const graph = graphWith();
  let state = initialState(graph);
  assert.equal(heading(shownOf(graph, state)), "Start");
  state = goTo(graph, state, 1);
  assert.equal(sentence(shownOf(graph, state)), "a is computed as w · x: it is 1.");
  assert.deepEqual(equation(shownOf(graph, state)), ["a", "w · x", "0.5 · 2", "1"]);
  state = goTo(graph, state, 3);
  assert.equal(heading(shownOf(graph, state)), "Step 1 of 3, backward");
  assert.deepEqual(equation(shownOf(graph, state)), ["∂E/∂a", "1 − E²", "1 − 0.7616²", "0.4200"]);
  assert.deepEqual(terms(shownOf(graph, state), 0), [{ k: 1, via: 2, text: "□", done: false }]);
  assert.equal(goTo(graph, state, 99).position, 5);
});

test("a state is never written to", () => {
  const graph = graphWith();
  const state = Object.freeze(goTo(graph, initialState(graph), 4));
  const edited = setLeaf(graph, state, 1, 3);
  assert.equal(state.leaves[1], 2);
  assert.equal(edited.leaves[1], 3);
  assert.equal(edited.position, 4);
  assert.deepEqual(edited.samples, [[3], [3]]);
  assert.deepEqual(reset(graph, edited).leaves, state.leaves);
});

test("what listens hears of changes, and of nothing else", () => {
  const store = storeOf(initialState(graphWith()));
  let heard = 0;
  store.listen(() => heard++);
  store.change((state) => state);
  store.change((state) => ({ ...state, rate: 1 }));
  assert.equal(heard, 1);
});

test("a step of training goes down the mean of the gradients", () => {
  const graph = graphWith();
  const trained = train(graph, { gradient, outputs: null }, { ...initialState(graph), rate: 0.1 }, 1);
  const slope = (x) => (1 - Math.tanh(0.5 * x) ** 2) * x;
  near(trained.leaves[0], 0.5 - 0.05 * (slope(2) + slope(3)));
  near(trained.losses[0], (Math.tanh(1) + Math.tanh(1.5)) / 2);
});

test("samples come and go, but one stays", () => {
  const graph = graphWith();
  let state = addSample(graph, initialState(graph), [7]);
  assert.deepEqual([state.sample, state.leaves[1]], [2, 7]);
  state = removeSample(graph, removeSample(graph, removeSample(graph, state, 2), 1), 0);
  assert.deepEqual([state.samples, state.sample], [[[2]], 0]);
});

test("names are found as they are typed", () => {
  const graph = graphWith();
  assert.equal(find(graph, "mul@3"), 2);
  assert.equal(find(graph, "∂E/∂w"), 0);
  assert.equal(find(graph, "root"), 3);
  assert.throws(() => find(graph, "toString"), /nothing here is called "toString"/);
  assert.deepEqual(search(graph, "ta", 5), [3]);
});

test("an address restores a state, and what makes no sense in it is left out", () => {
  const graph = graphWith([[2, "gradient"]]);
  const initial = initialState(graph);
  const state = { ...setLeaf(graph, goTo(graph, initial, 2), 0, -1.5), selected: 1, answers: [{ right: true, tries: 2, hints: 1, words: "" }] };
  const found = read(graph, initial, written(graph, state, initial));
  assert.deepEqual([found.position, [...found.leaves], found.selected, found.answers], [2, [...state.leaves], 1, state.answers]);
  for (const nonsense of ["step=-1", "step=x", "set=9:1,2:5,0:x", "answers=r1", "node=__proto__", "sample=0", "level=77", "%%%"]) {
    assert.deepEqual(read(graph, initial, nonsense), initial);
  }
});

test("what is hidden is a ?, and so is what would give it away", () => {
  const graph = graphWith([[2, "gradient"]]);
  const state = goTo(graph, initialState(graph), 5);
  const shown = shownOf(graph, state);
  assert.equal(shown.gradient(2), "?");
  assert.equal(shown.number(1 - Math.tanh(1) ** 2), "?");
  assert.equal(shown.gradient(0), "0.8399");
  assert.equal(judge(shown, 0, "0.42").right, true);
  assert.deepEqual(hints(shown, 0)[1], "δ = (1 − E²) · ∂E/∂E");
});

test("numbers that are typed are numbers or nothing", () => {
  const cases = { "0.5": 0.5, "−3/4": -0.75, "1e-3": 0.001, "3.4×10⁻⁴": 3.4e-4, "2*10^3": 2000, "1,5": 1.5, ".5": 0.5, "+2": 2 };
  for (const [text, number] of Object.entries(cases)) assert.equal(parsed(text), number, text);
  for (const text of ["", "x", "1/0", "1/2/3", "0x10", "Infinity", "1 2 x"]) assert.equal(parsed(text), null, text);
});

test("numbers are set in brackets where they bind too weakly", () => {
  assert.equal(bracketed("−2"), "(−2)");
  assert.equal(bracketed("3.4×10⁻⁴", 5), "(3.4×10⁻⁴)");
  assert.equal(bracketed("2"), "2");
  assert.deepEqual(sides(["1 − z²", ["1 − ", [0, 7], "²"]], () => "−2"), ["1 − z²", "1 − (−2)²"]);
});

test("small fractions are written as such where they are exact", () => {
  assert.equal(numberText(0.75, 4, true), "3/4");
  assert.equal(numberText(-1 / 3, 4, true), "−1/3");
  assert.equal(numberText(0.1234567, 4, true), "0.1235");
});
