/** What part of a picture is seen: zoom by buttons and Ctrl+wheel, pan by drag. The wheel alone scrolls the page. */

import { shape } from "./dom.js";

const CLOSEST = 8;
const READABLE = 0.75;
const TOO_SMALL = 0.62;

/**
 * @param {SVGSVGElement} svg
 * @param {boolean} isRead its numbers are, so that it begins large enough; otherwise all of it is seen
 */
export function viewport(svg, isRead) {
  const { x, y, width, height } = svg.viewBox.baseVal;
  const full = { x, y, width, height };
  let seen = { ...full };

  const scene = shape("g", {});
  scene.append(...svg.children);
  svg.append(scene);
  const set = (/** @type {typeof full} */ box) => {
    const size = `0 0 ${box.width.toFixed(1)} ${box.height.toFixed(1)}`;
    if (svg.getAttribute("viewBox") !== size) svg.setAttribute("viewBox", size);
    scene.setAttribute("transform", `translate(${(-box.x).toFixed(1)},${(-box.y).toFixed(1)})`); // lays out no text anew
    seen = box;
  };
  const zoom = (/** @type {number} */ factor, x = 0.5, y = 0.5) => {
    const width = Math.min(Math.max(seen.width / factor, full.width / CLOSEST), full.width * 1.5);
    const height = (width * seen.height) / seen.width;
    set({ x: seen.x + (seen.width - width) * x, y: seen.y + (seen.height - height) * y, width, height });
  };
  const show = (/** @type {number} */ node) => {
    const card = svg.querySelector(`[data-node="${node}"]`)?.closest("g.node");
    const at = card && /translate\(([-\d.]+),([-\d.]+)\)/.exec(card.getAttribute("transform") ?? "");
    if (!at) return;
    const [x, y] = [Number(at[1]), Number(at[2])];
    if (isInside(x, y, seen)) return;
    const across = kept(x - seen.width / 2, full.x, full.x + full.width - seen.width);
    set({ ...seen, x: across, y: kept(y - seen.height / 2, full.y, full.y + full.height - seen.height) });
  };

  svg.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = svg.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY / 300), (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    },
    { passive: false },
  );
  panned(svg, () => seen, set);
  set(isRead ? readable(svg, full) : full);
  let onScreen = seen;
  window.addEventListener("beforeprint", () => {
    onScreen = seen;
    set({ ...full });
  });
  window.addEventListener("afterprint", () => set(onScreen));
  return {
    zoom,
    show,
    fit: () => set({ ...full }),
    follow(/** @type {number} */ node) {
      if (seen.width < full.width || seen.height < full.height) show(node);
    },
  };
}

/**
 * Between two ends; in the middle of them, if they leave no room.
 *
 * @param {number} x
 * @param {number} low
 * @param {number} high
 */
function kept(x, low, high) {
  return high < low ? (low + high) / 2 : Math.min(Math.max(x, low), high);
}

/**
 * Well inside of what is seen.
 *
 * @param {number} x
 * @param {number} y
 * @param {{ x: number, y: number, width: number, height: number }} seen
 */
function isInside(x, y, seen) {
  const [across, down] = [(x - seen.x) / seen.width, (y - seen.y) / seen.height];
  return Math.min(across, down, 1 - across, 1 - down) > 0.12;
}

/**
 * What is seen at first: all of it or, where that would be too small to be read, its left end.
 *
 * @param {SVGSVGElement} svg
 * @param {{ x: number, y: number, width: number, height: number }} full
 */
function readable(svg, full) {
  const { width, height } = svg.getBoundingClientRect();
  if (!width || Math.min(width / full.width, height / full.height) >= TOO_SMALL) return full;
  const [wide, high] = [width / READABLE, height / READABLE];
  return { x: full.x, y: full.y + Math.max((full.height - high) / 2, 0), width: wide, height: high };
}

/**
 * @param {SVGSVGElement} svg
 * @param {() => { x: number, y: number, width: number, height: number }} seen
 * @param {(box: { x: number, y: number, width: number, height: number }) => void} set
 */
function panned(svg, seen, set) {
  /** @type {{ x: number, y: number, box: ReturnType<typeof seen>, scale: number } | null} */
  let from = null;
  let moved = false;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    const box = seen();
    const { width, height } = svg.getBoundingClientRect();
    from = { x: event.clientX, y: event.clientY, box, scale: Math.max(box.width / width, box.height / height) };
    moved = false;
  });
  window.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (!moved && Math.hypot(dx, dy) < 4) return;
    moved = true;
    set({ ...from.box, x: from.box.x - dx * from.scale, y: from.box.y - dy * from.scale });
  });
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => (from = null));
  svg.addEventListener(
    "click",
    (event) => {
      if (moved) event.stopPropagation();
      moved = false;
    },
    { capture: true },
  );
}
