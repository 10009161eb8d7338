// Small helpers that every module shares.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** A sentence in the reader's language, with {names} filled in. */
export function word(key, values = {}) {
  const said = document.getElementById("words")?.dataset[key] ?? key;
  return said.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** An element with properties, attributes and children. */
export function make(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.includes("-") || name === "role" || name === "for" || name === "list") element.setAttribute(name, value === true ? "" : value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite. */
export function icon(name, size = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `i ${size}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${spriteUrl()}#i-${name}`);
  svg.append(use);
  return svg;
}

function spriteUrl() {
  const known = $("[data-sprite]")?.dataset.sprite;
  return known ?? $("svg use[href*='#i-']")?.getAttribute("href").split("#")[0] ?? "/static/vendor/icons.svg";
}

const TONES = "abcdefgh";

/** The initials of a name on its own colour; the same as the template tag draws. */
export function avatar(name) {
  return make("span", { className: `av ${TONES[crc32(name) % 8]}`, "aria-hidden": "true" }, make("span", { textContent: initials(name) }));
}

export function initials(name) {
  const words = name.split(/[\s\-–_.,/&]+/).filter((each) => /^[\p{L}\p{N}_]/u.test(each));
  if (!words.length) return "?";
  if (/^[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(words[0])) return words[0][0];
  return words.slice(0, 2).map((each) => [...each][0]).join("").toUpperCase();
}

function crc32(text) {
  let crc = ~0;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

/** Calls `then` once, this long after the last call. */
export function debounce(wait, then) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => then(...args), wait);
  };
}

/** An address with one parameter set, or taken away when the value is empty. */
export function withParam(url, values) {
  const whole = new URL(url, location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value === "" || value === null || value === undefined) whole.searchParams.delete(name);
    else whole.searchParams.set(name, value);
  }
  return whole.pathname + whole.search;
}

/** Listens once for the whole document, for elements that match. */
export function on(type, selector, then, options) {
  document.addEventListener(type, (event) => {
    const found = event.target instanceof Element ? event.target.closest(selector) : null;
    if (found) then(event, found);
  }, options);
}

export function isTyping(target) {
  return target instanceof Element && target.closest("input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable=true]") !== null;
}

let serial = 0;
export const unique = (prefix) => `${prefix}-${(serial += 1)}`;
