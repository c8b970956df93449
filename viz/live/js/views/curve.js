/** The loss, step by step. */

import { shape } from "./dom.js";

const WIDTH = 320;
const HEIGHT = 110;
const LEFT = 58;
const STEEP = 100;

/**
 * @param {SVGSVGElement} svg
 * @param {number[]} losses
 * @param {(x: number) => string} number
 */
export function drawCurve(svg, losses, number) {
  const finite = losses.filter(Number.isFinite);
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  if (finite.length < 2) return svg.replaceChildren();
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const isLog = low > 0 && high > STEEP * low;
  const scale = isLog ? Math.log : (/** @type {number} */ x) => x;
  const [bottom, top] = [scale(low), scale(high)];
  const x = (/** @type {number} */ k) => LEFT + ((WIDTH - LEFT - 6) * k) / (losses.length - 1);
  const y = (/** @type {number} */ loss) => 10 + (HEIGHT - 30) * (top === bottom ? 0.5 : (top - scale(loss)) / (top - bottom));
  const points = losses.flatMap((loss, k) => (Number.isFinite(loss) ? [`${x(k).toFixed(1)},${y(loss).toFixed(1)}`] : []));
  svg.replaceChildren(
    shape("polyline", { points: points.join(" "), class: "curve" }),
    label(LEFT - 5, y(high) + 4, number(high), "end"),
    label(LEFT - 5, y(low) + 4, number(low), "end"),
    label(LEFT, HEIGHT - 4, "step 0", "start"),
    label(WIDTH - 6, HEIGHT - 4, `${losses.length - 1}${isLog ? ", logarithmic" : ""}`, "end"),
  );
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {string} anchor
 */
function label(x, y, text, anchor) {
  const element = shape("text", { x, y, "text-anchor": anchor });
  element.textContent = text;
  return element;
}
