/** Gradient descent, by the gradient that Python has written for this graph. */

/** @import { Graph, Programs, State } from "../types.d.ts" */

/**
 * @param {Graph} graph
 * @param {Float64Array} leaves
 */
function parametersOf(graph, leaves) {
  return (graph.data.training.script?.parameters ?? []).map((leaf) => leaves[leaf]);
}

/**
 * The mean of the loss over the samples, and of its gradient; null if this graph can't be trained here.
 *
 * @param {Programs} programs
 * @param {number[][]} samples
 * @param {number[]} parameters
 * @returns {{ loss: number, gradient: number[] } | null}
 */
export function meanGradient(programs, samples, parameters) {
  if (!programs.gradient) return null;
  let loss = 0;
  const gradient = parameters.map(() => 0);
  for (const row of samples) {
    const [one, slopes] = programs.gradient(row, parameters);
    loss += one;
    for (const [k, slope] of slopes.entries()) gradient[k] += slope;
  }
  return { loss: loss / samples.length, gradient: gradient.map((sum) => sum / samples.length) };
}

/**
 * @param {Graph} graph
 * @param {Programs} programs
 * @param {State} state
 */
export function meanLoss(graph, programs, state) {
  return meanGradient(programs, state.samples, parametersOf(graph, state.leaves))?.loss ?? null;
}

/**
 * The leaves after so many steps, and the loss before each of them.
 *
 * @param {Graph} graph
 * @param {Programs} programs
 * @param {State} state
 * @param {number} steps
 */
export function trained(graph, programs, state, steps) {
  const losses = [];
  const leaves = Float64Array.from(state.leaves);
  const places = graph.data.training.script?.parameters ?? [];
  for (let step = 0; step < steps; step++) {
    const found = meanGradient(programs, state.samples, parametersOf(graph, leaves));
    if (!found) break;
    losses.push(found.loss);
    for (const [k, leaf] of places.entries()) leaves[leaf] -= state.rate * found.gradient[k];
  }
  return { leaves, losses };
}

/**
 * What the network gives for two inputs, with the weights of now.
 *
 * @param {Graph} graph
 * @param {Programs} programs
 * @param {State} state
 * @returns {((x: number, y: number) => number[]) | null}
 */
export function decider(graph, programs, state) {
  const { plane } = graph.data.training;
  const { outputs } = programs;
  if (!plane || !outputs) return null;
  const parameters = plane.script.parameters.map((leaf) => state.leaves[leaf]);
  const row = [...state.samples[state.sample]];
  const [first, second] = plane.axes;
  return (x, y) => {
    row[first] = x;
    row[second] = y;
    return [outputs(row, parameters)].flat();
  };
}

/**
 * The class of a point by what it is compared with: one output decides by a threshold, of several the greatest does.
 *
 * @param {number[]} numbers
 * @param {number} threshold
 */
export function classOf(numbers, threshold) {
  return numbers.length === 1 ? Number(numbers[0] > threshold) : numbers.indexOf(Math.max(...numbers));
}

/**
 * Between which two targets of one output its classes are told apart.
 *
 * @param {Graph} graph
 * @param {number[][]} samples
 */
export function targetThreshold(graph, samples) {
  const column = graph.data.training.plane?.targets[0] ?? -1;
  const targets = samples.map((row) => row[column]);
  return targets.some((target) => target < 0) ? 0 : 0.5;
}
