/** Numbers as text, digit for digit as Python writes them. */

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const MANY = 20000;
const LARGEST_DENOMINATOR = 64;

/** @type {Map<string, Map<number, string>>} */
const known = new Map();

/**
 * To so many significant digits: 0.6, but 0.04150; 3.422×10⁻⁴; −1.
 *
 * @param {number} x
 * @param {number} digits
 * @param {boolean} [fractions] small ones, where they are exact
 * @returns {string}
 */
export function numberText(x, digits, fractions = false) {
  const key = `${digits}${fractions}`;
  let texts = known.get(key);
  if (!texts || texts.size > MANY) known.set(key, (texts = new Map()));
  let text = texts.get(x);
  if (text === undefined) texts.set(x, (text = (fractions && fractionText(x)) || decimalText(x, digits)));
  return text;
}

/**
 * To twelve significant digits, for tooltips.
 *
 * @param {number} x
 */
export function exactText(x) {
  return Number.isFinite(x) ? String(Number(x.toPrecision(12))).replaceAll("-", "−") : decimalText(x, 4);
}

/**
 * @param {number} x
 * @param {number} digits
 */
function decimalText(x, digits) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "NaN" : x > 0 ? "∞" : "−∞";
  if (x === 0) return "0";
  const { kept, power } = rounded(Math.abs(x), digits);
  const mantissa = digits > 1 ? `${kept[0]}.${kept.slice(1)}` : kept;
  const isScientific = power < -3 || power >= 4;
  let text = isScientific ? mantissa : fixed(Math.abs(x), kept, power, digits);
  const isExact = Number(`${mantissa}e${power}`) === Math.abs(x);
  if (isExact && text.includes(".")) text = text.replace(/\.?0+$/, "");
  const sign = x < 0 ? "−" : "";
  return isScientific ? `${sign}${text}×10${raised(power)}` : sign + text;
}

/**
 * @param {number} x
 * @param {string} kept
 * @param {number} power
 * @param {number} digits
 */
function fixed(x, kept, power, digits) {
  if (power >= digits) return rounded(x, power + 1).kept;
  if (power < 0) return `0.${"0".repeat(-power - 1)}${kept}`;
  return power + 1 < kept.length ? `${kept.slice(0, power + 1)}.${kept.slice(power + 1)}` : kept;
}

/**
 * The digits that are kept and the power of ten of the first; a tie goes to the even digit, as in Python.
 *
 * @param {number} x
 * @param {number} digits
 */
function rounded(x, digits) {
  const [mantissa, exponent] = x.toExponential(Math.min(digits + 40, 100)).split("e");
  const all = mantissa.replace(".", "");
  const [kept, rest] = [all.slice(0, digits), all.slice(digits)];
  const isTie = /^50*$/.test(rest);
  const up = isTie ? Number(kept.at(-1)) % 2 === 1 : rest[0] >= "5";
  const next = up ? String(BigInt(kept) + 1n) : kept;
  const power = Number(exponent) + (next.length - kept.length);
  return { kept: next.slice(0, digits), power };
}

/** @param {number} power */
function raised(power) {
  return String(power).replace("-", "⁻").replace(/\d/g, (digit) => RAISED[Number(digit)]);
}

/** @param {number} x */
function fractionText(x) {
  if (!Number.isFinite(x) || Math.abs(x) >= 1000) return "";
  for (let under = 1; under <= LARGEST_DENOMINATOR; under++) {
    const over = Math.round(x * under);
    if (over / under === x) return (under === 1 ? `${over}` : `${over}/${under}`).replace("-", "−").replace(/^−0$/, "0");
  }
  return "";
}

/**
 * How strongly the text of a number binds beside an operator.
 *
 * @param {string} text
 */
export function strength(text) {
  return text.startsWith("−") ? 2 : /×10|\//.test(text) ? 4 : 9;
}

/**
 * A number that someone has typed: 0.5, −3/4, 1e-3, 3.4×10⁻⁴; null for anything else.
 *
 * @param {string} text
 * @returns {number | null}
 */
export function parsed(text) {
  const plain = text
    .trim()
    .replace(/[−–]/g, "-")
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (digit) => String(RAISED.indexOf(digit)))
    .replace("⁻", "-")
    .replace(/\s+/g, "")
    .replace(/[×x*·]10\^?/i, "e")
    .replace(/^([+-]?\d+),(\d+)$/, "$1.$2");
  const [over, under, ...more] = plain.split("/");
  if (more.length || !isNumeral(over) || (under !== undefined && !isNumeral(under))) return null;
  const number = under === undefined ? Number(over) : Number(over) / Number(under);
  return Number.isFinite(number) ? number : null;
}

/** @param {string} text */
function isNumeral(text) {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
}
