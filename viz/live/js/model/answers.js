/** Answers to what is hidden: right, or a well-known mistake, which is told by its name; and hints. */

/** @import { Graph, Pass, Shown, What } from "../types.d.ts" */
import { bracketed, sides } from "./formulas.js";
import { contributionOf, localEquation, sumOfSymbols } from "./step.js";
import { parsed } from "./numerals.js";
import { partnerSlot } from "./pass.js";

const SIGNS = new Map(
  Object.entries({ "+": 1, positive: 1, plus: 1, "-": -1, "−": -1, negative: -1, minus: -1, zero: 0 }),
);

/**
 * @param {Shown} shown
 * @param {number} question
 * @param {string} text
 * @returns {{ right: boolean, found: boolean, words: string }} found: the number itself, not its sign alone
 */
export function judge(shown, question, text) {
  const [node, what] = shown.graph.data.hidden[question];
  const truth = truthOf(shown.pass, node, what);
  const sign = SIGNS.get(text.trim().toLowerCase());
  if (sign !== undefined) {
    const right = Math.sign(truth) === sign;
    const words = right ? "The sign is right. Now the number." : "The sign is another one.";
    return { right, found: false, words };
  }
  const answer = parsed(text);
  if (answer === null) {
    return { right: false, found: false, words: "This is no number: type one such as 0.25, −3/4 or 1e-3, or a sign, + or −." };
  }
  if (isNear(answer, truth, shown.graph.data.digits, text)) {
    return { right: true, found: true, words: `Right: ${shown.plain(truth)}.` };
  }
  const mistake = mistakes(shown, node, what).find(({ value }) => isNear(answer, value, shown.graph.data.digits, text));
  return { right: false, found: false, words: mistake ? mistake.words : "Not yet." };
}

/**
 * @param {Pass} pass
 * @param {number} node
 * @param {What} what
 */
export function truthOf(pass, node, what) {
  return what === "value" ? pass.values[node] : pass.gradients[node];
}

/**
 * Equal as far as the digits go that are printed, or that were typed, if these are at least two.
 *
 * @param {number} answer
 * @param {number} truth
 * @param {number} digits
 * @param {string} text
 */
function isNear(answer, truth, digits, text) {
  if (!Number.isFinite(truth)) return false;
  if (truth === 0) return Math.abs(answer) <= 0.5 * 10 ** -digits;
  const power = Math.floor(Math.log10(Math.abs(truth)));
  const typed = text.includes("/") ? 0 : text.replace(/[e×*].*/i, "").replace(/[^0-9]/g, "").replace(/^0+/, "").length;
  const ofPrinted = 1.5 * 10 ** (power - digits + 1);
  const ofTyped = typed >= 2 ? 0.5000001 * 10 ** (power - typed + 1) : 0;
  return Math.abs(answer - truth) <= Math.max(ofPrinted, ofTyped);
}

/**
 * What comes out where something well known goes wrong.
 *
 * @param {Shown} shown
 * @param {number} node
 * @param {What} what
 * @returns {{ value: number, words: string }[]}
 */
function mistakes(shown, node, what) {
  const truth = truthOf(shown.pass, node, what);
  const own = what === "value" ? ofValue(shown.graph, shown.pass, node) : ofGradient(shown.graph, shown.pass, node);
  return [
    { value: -truth, words: "The sign is wrong; the size is right." },
    ...own,
    { value: 2 * truth, words: "A factor 2 too much." },
    { value: truth / 2, words: "A factor 2 is missing." },
  ];
}

/**
 * @param {Graph} graph
 * @param {Pass} pass
 * @param {number} node
 */
function ofGradient(graph, pass, node) {
  const { nodes, events, into } = graph;
  const edges = into[node];
  const found = [];
  if (edges.length > 1) {
    for (const k of edges) {
      const via = nodes[events[k].node].called;
      const words = `That is one term of the sum, via ${via}. The contributions add up: += where this is =.`;
      found.push({ value: contributionOf(graph, pass.locals, pass.gradients, k), words });
    }
  }
  const unary = edges.filter((k) => nodes[events[k].node].on?.length === 1);
  if (unary.length) {
    const value = sumOf(edges, (k) => (unary.includes(k) ? pass.gradients[events[k].node] : contributionOf(graph, pass.locals, pass.gradients, k)));
    const { op, called } = nodes[events[unary[0]].node];
    found.push({ value, words: `The derivative of ${op} is forgotten: this is the gradient of ${called}.` });
  }
  const swapped = edges.map((k) => partnerSlot(graph, k));
  if (swapped.some((slot) => slot >= 0)) {
    const value = sumOf(edges, (k, i) => {
      const { node: user, slot } = events[k];
      return pass.locals[user][swapped[i] < 0 ? slot : swapped[i]] * pass.gradients[user];
    });
    found.push({ value, words: "The operands are swapped: the local derivative of a product is the other factor." });
  }
  return found;
}

/**
 * @param {Graph} graph
 * @param {Pass} pass
 * @param {number} node
 */
function ofValue(graph, pass, node) {
  const { on = [], op, row } = graph.nodes[node];
  const numbers = on.map((operand) => pass.values[operand]);
  const rule = row === undefined ? null : graph.rows[row];
  if (!rule) return [];
  if (numbers.length === 1) return [{ value: numbers[0], words: `This is ${graph.nodes[on[0]].called}: ${op} is still to be applied.` }];
  if (numbers.length !== 2) return [];
  return [{ value: rule[0](numbers[1], numbers[0]), words: "The operands are swapped." }];
}

/**
 * @param {number[]} edges
 * @param {(k: number, i: number) => number} term
 */
function sumOf(edges, term) {
  return edges.reduce((sum, k, i) => sum + term(k, i), 0);
}

/**
 * Hints, each of which tells more than the one before.
 *
 * @param {Shown} shown
 * @param {number} question
 * @returns {string[]}
 */
export function hints(shown, question) {
  const [node, what] = shown.graph.data.hidden[question];
  return what === "value" ? hintsToValue(shown, node) : hintsToGradient(shown, node);
}

/**
 * @param {Shown} shown
 * @param {number} i
 */
function hintsToValue(shown, i) {
  const { nodes } = shown.graph;
  const node = nodes[i];
  const names = (node.on ?? []).map((operand) => nodes[operand].called).join(", ");
  const written = node.formula ? sides(node.formula, shown.value) : [];
  return [`It is computed from ${names}.`, ...written.map((side) => `${node.called} = ${side}`)];
}

/**
 * @param {Shown} shown
 * @param {number} i
 */
function hintsToGradient(shown, i) {
  const { nodes, events, into } = shown.graph;
  const edges = into[i].map((k) => events[k]);
  const via = edges.map(({ node }) => nodes[node].called);
  const count = edges.length === 1 ? "one term" : `a sum of ${edges.length} terms`;
  const locals = edges.map(({ node, slot }) => localEquation(shown, node, slot));
  const bySymbols = sumOfSymbols(shown, i);
  const byNumbers = edges.map(({ node }, k) => {
    const upstream = shown.hides(node, "gradient") ? "?" : shown.number(shown.pass.gradients[node]);
    return `${bracketed(locals[k].at(-1) ?? "")} · ${bracketed(upstream)}`;
  });
  return [
    `It is ${count}: local derivative times upstream gradient, via ${via.join(" and ")}.`,
    ...(bySymbols ? [`${nodes[i].gradient} = ${bySymbols}`] : []),
    `${nodes[i].gradient} = ${byNumbers.join(" + ")}`,
  ];
}
