/** The plane of two inputs: where the network decides for which class, and the samples as points to move. */

/** @import { Graph, Programs, Shown, State, Store, View } from "../types.d.ts" */
import { addSample, changeSample, removeSample, showSample } from "../model/state.js";
import { classOf, decider, targetThreshold } from "../model/training.js";
import { byId, h, shape, write } from "./dom.js";

const SIDE = 320;
const CELLS = 96;
const PALETTE = ["--forward", "--backward", "--third", "--fourth", "--fifth", "--sixth"];

/**
 * @param {Graph} graph
 * @param {Programs} programs
 * @param {Store} store
 * @returns {View | null}
 */
export function plane(graph, programs, store) {
  const { plane: data, inputs } = graph.data.training;
  if (!data || !programs.outputs) return null;
  byId("plane-card").hidden = false;
  const svg = byId("plane");
  const picture = byId("decision");
  picture.width = picture.height = CELLS;
  svg.setAttribute("viewBox", `0 0 ${SIDE} ${SIDE}`);
  const [first, second] = data.axes;
  const extent = extentOf(store.state.samples, first, second);
  const names = [first, second].map((axis) => graph.nodes[inputs[axis]].called);
  write(byId("plane-across"), names[0]);
  write(byId("plane-up"), names[1]);
  const kinds = kindsOf(store.state.samples, data.targets);
  const chooser = byId("class");
  chooser.replaceChildren(...kinds.map((kind, k) => h("option", { value: k }, kind.name)));
  byId("new-class").hidden = kinds.length < 2;
  const threshold = targetThreshold(graph, store.state.samples);
  let moved = false;

  const toScreen = (/** @type {number[]} */ row) => [
    (SIDE * (row[first] - extent.x)) / extent.width,
    SIDE - (SIDE * (row[second] - extent.y)) / extent.height,
  ];
  const fromScreen = (/** @type {PointerEvent | MouseEvent} */ event) => {
    const box = svg.getBoundingClientRect();
    const x = extent.x + (extent.width * (event.clientX - box.left)) / box.width;
    const y = extent.y + extent.height * (1 - (event.clientY - box.top) / box.height);
    return [tidy(x), tidy(y)];
  };
  const rowAt = (/** @type {State} */ state, /** @type {number[]} */ [x, y]) => {
    const row = [...state.samples[state.sample]];
    row[first] = x;
    row[second] = y;
    const kind = kinds[Number(chooser.value)];
    data.targets.forEach((column, k) => kind && (row[column] = kind.targets[k]));
    return row;
  };
  const add = (/** @type {number[]} */ at) => store.change((state) => addSample(graph, state, rowAt(state, at)));
  const move = (/** @type {number} */ sample, /** @type {number[]} */ [x, y]) =>
    store.change((state) => {
      const row = [...state.samples[sample]];
      row[first] = x;
      row[second] = y;
      return changeSample(graph, state, sample, row);
    });

  svg.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    if (!moved && event.target === svg) add(fromScreen(event));
    moved = false;
  });
  svg.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
    const sample = sampleOf(event.target);
    if (sample < 0) return;
    event.preventDefault();
    moved = false;
    const drag = (/** @type {PointerEvent} */ later) => {
      moved = true;
      move(sample, fromScreen(later));
    };
    const drop = () => {
      window.removeEventListener("pointermove", drag);
      window.removeEventListener("pointerup", drop);
      points()[sample]?.focus();
    };
    window.addEventListener("pointermove", drag);
    window.addEventListener("pointerup", drop);
    store.change((state) => showSample(graph, state, sample));
  });
  svg.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const sample = sampleOf(event.target);
    if (sample < 0) return;
    const row = store.state.samples[sample];
    const far = event.shiftKey ? 10 : 50;
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (by) move(sample, [tidy(row[first] + (by[0] * extent.width) / far), tidy(row[second] + (by[1] * extent.height) / far)]);
    else if (event.key === "Delete" || event.key === "Backspace") store.change((state) => removeSample(graph, state, sample));
    else if (event.key === "Enter" || event.key === " ") store.change((state) => showSample(graph, state, sample));
    else return;
    event.preventDefault();
    event.stopPropagation();
    points()[Math.min(sample, store.state.samples.length - 1)]?.focus();
  });
  byId("add-point").addEventListener("click", () => {
    add([tidy(extent.x + extent.width / 2), tidy(extent.y + extent.height / 2)]);
    points().at(-1)?.focus();
  });
  byId("remove-point").addEventListener("click", () => store.change((state) => removeSample(graph, state, state.sample)));

  const points = () => [...svg.querySelectorAll("[data-sample]")];
  return {
    render(shown) {
      paint(picture, graph, programs, shown.state, extent, data.threshold);
      const numbers = shown.state.samples.map((row) => data.targets.map((column) => row[column]));
      drawPoints(svg, shown, toScreen, numbers.map((targets) => (targets.length ? classOf(targets, threshold) : 0)), names, [first, second]);
      byId("remove-point").disabled = shown.state.samples.length < 2;
    },
  };
}

/** @param {EventTarget | null} target */
function sampleOf(target) {
  const sample = target instanceof Element ? target.getAttribute("data-sample") : null;
  return sample === null ? -1 : Number(sample);
}

/** @param {number} x */
function tidy(x) {
  return Number(x.toPrecision(3));
}

/**
 * @param {number[][]} samples
 * @param {number} first
 * @param {number} second
 */
function extentOf(samples, first, second) {
  const [xs, ys] = [first, second].map((axis) => samples.map((row) => row[axis]));
  const side = (/** @type {number[]} */ numbers) => {
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    const room = 0.2 * (high - low) || 2;
    return [low - room, high - low + 2 * room];
  };
  const [[x, width], [y, height]] = [side(xs), side(ys)];
  return { x, y, width, height };
}

/**
 * The different targets that there are.
 *
 * @param {number[][]} samples
 * @param {number[]} columns
 */
function kindsOf(samples, columns) {
  const found = new Map(samples.map((row) => columns.map((column) => row[column])).map((targets) => [targets.join(", "), targets]));
  return [...found].sort(([, a], [, b]) => a[0] - b[0]).slice(0, 8).map(([name, targets]) => ({ name: name.replaceAll("-", "−"), targets }));
}

/**
 * The decision over the plane, cell by cell; the surer, the stronger.
 *
 * @param {HTMLCanvasElement} picture
 * @param {Graph} graph
 * @param {Programs} programs
 * @param {State} state
 * @param {{ x: number, y: number, width: number, height: number }} extent
 * @param {number} threshold
 */
function paint(picture, graph, programs, state, extent, threshold) {
  const outputs = decider(graph, programs, state);
  const context = picture.getContext("2d");
  if (!outputs || !context) return;
  const style = getComputedStyle(document.documentElement);
  const colors = PALETTE.map((name) => channels(style.getPropertyValue(name).trim()));
  const ink = channels(style.getPropertyValue("--ink").trim());
  const image = context.createImageData(CELLS, CELLS);
  const classes = new Uint8Array(CELLS * CELLS);
  for (let j = 0; j < CELLS; j++) {
    for (let i = 0; i < CELLS; i++) {
      const x = extent.x + (extent.width * (i + 0.5)) / CELLS;
      const y = extent.y + extent.height * (1 - (j + 0.5) / CELLS);
      classes[j * CELLS + i] = classOf(outputs(x, y), threshold);
    }
  }
  for (let at = 0; at < classes.length; at++) {
    const isEdge = (at % CELLS && classes[at] !== classes[at - 1]) || (at >= CELLS && classes[at] !== classes[at - CELLS]);
    image.data.set(isEdge ? [...ink, 170] : [...colors[classes[at] % colors.length], 56], 4 * at);
  }
  context.putImageData(image, 0, 0);
}

/** @param {string} color */
function channels(color) {
  const hex = color.replace("#", "");
  return [0, 2, 4].map((place) => parseInt(hex.slice(place, place + 2), 16) || 0);
}

/**
 * @param {SVGSVGElement} svg
 * @param {Shown} shown
 * @param {(row: number[]) => number[]} toScreen
 * @param {number[]} classes
 * @param {string[]} names
 * @param {number[]} axes
 */
function drawPoints(svg, { state, plain }, toScreen, classes, names, axes) {
  const marks = [...svg.querySelectorAll("[data-sample]")];
  for (const extra of marks.splice(state.samples.length)) extra.remove();
  while (marks.length < state.samples.length) {
    const mark = shape("path", { "data-sample": marks.length, tabindex: 0, role: "button" });
    svg.append(mark);
    marks.push(mark);
  }
  state.samples.forEach((row, sample) => {
    const [x, y] = toScreen(row);
    const kind = classes[sample] % PALETTE.length;
    const mark = marks[sample];
    const isShown = sample === state.sample;
    mark.setAttribute("d", outline(kind, isShown ? 8 : 5.5));
    mark.setAttribute("transform", `translate(${x.toFixed(1)},${y.toFixed(1)})`);
    mark.setAttribute("class", `point class-${kind}${isShown ? " shown" : ""}`);
    mark.setAttribute("aria-pressed", String(isShown));
    const place = axes.map((axis, k) => `${names[k]} = ${plain(row[axis])}`).join(", ");
    mark.setAttribute("aria-label", `sample ${sample + 1}: ${place}, class ${classes[sample] + 1}`);
  });
}

/**
 * A circle, a square, a triangle, …: classes differ by more than their colors.
 *
 * @param {number} kind
 * @param {number} r
 */
function outline(kind, r) {
  if (kind === 0) return `M${r},0A${r},${r} 0 1 1 ${-r},0A${r},${r} 0 1 1 ${r},0z`;
  const corners = [0, 4, 3, 5, 6, 8][kind] ?? 4;
  const turn = kind === 1 ? Math.PI / 4 : -Math.PI / 2;
  const points = Array.from({ length: corners }, (_, k) => turn + (2 * Math.PI * k) / corners);
  return `M${points.map((angle) => `${(1.2 * r * Math.cos(angle)).toFixed(1)},${(1.2 * r * Math.sin(angle)).toFixed(1)}`).join("L")}z`;
}
