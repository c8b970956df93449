/** Formulas with their numbers in the places that Python has left for them. */

/** @import { Formula } from "../types.d.ts" */
import { strength } from "./numerals.js";

/**
 * The sides of an equation: by symbols, and by numbers where these say more than the result.
 *
 * @param {Formula} formula
 * @param {(node: number) => string} value
 * @returns {string[]}
 */
export function sides([symbols, pieces], value) {
  return pieces ? [symbols, pieces.map((piece) => (typeof piece === "string" ? piece : placed(piece, value))).join("")] : [symbols];
}

/**
 * The nodes whose values stand in a formula.
 *
 * @param {Formula | null | undefined} formula
 * @returns {number[]}
 */
export function readBy(formula) {
  return (formula?.[1] ?? []).flatMap((piece) => (typeof piece === "string" ? [] : [piece[0]]));
}

/**
 * @param {[number, number]} place
 * @param {(node: number) => string} value
 */
function placed([node, demanded], value) {
  return bracketed(value(node), demanded);
}

/**
 * @param {string} text
 * @param {number} [demanded] how strongly it has to bind; in a product, as strongly as a product
 */
export function bracketed(text, demanded = 4) {
  return strength(text) < demanded ? `(${text})` : text;
}
