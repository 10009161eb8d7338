// The board: cards go from stage to stage by mouse, by thumb, and by keys. The server has the last word.
import { $, $$, on, word } from "./lib.js";
import { loadDialog, postVerb, showInDialog } from "./overlay.js";
import { obey, parse, say, send } from "./net.js";

const board = $("[data-board]");
const HOLD = 180;
let held = null;

const stackOf = (column) => $("[data-stack]", column);
const columnOf = (card) => card.closest("[data-column]");
const columnWith = (id) => $(`[data-column="${id}"]`, board);
const label = (column) => column.dataset.label;

function announce(key, values) {
  $("[data-board-said]", board).textContent = word(key, values);
}

/** Where a card lies, so that it can be put back. */
function placeOf(card) {
  const stack = card.parentElement;
  const next = card.nextElementSibling;
  return () => stack.insertBefore(card, next?.parentElement === stack ? next : $("[data-more]", stack));
}

function put(card, column) {
  const stack = stackOf(column);
  stack.insertBefore(card, $("[data-card]", stack) ?? $("[data-more]", stack));
}

function replace(card, markup) {
  const fresh = parse(markup);
  card.replaceWith(fresh);
  window.htmx?.process(fresh);
  rove(fresh);
  return fresh;
}

/** Asks the server to move a card; whatever it answers is what the board shows. */
async function move(card, column, back) {
  if (column.dataset.verb) {
    back();
    const url = card.dataset.verbs + column.dataset.verb;
    if ("asks" in column.dataset) await loadDialog(url);
    else await postVerb(url);
    return;
  }
  const body = new FormData();
  body.set("stage", column.dataset.column);
  body.set("version", card.dataset.version);
  body.set("card", "1");
  const focused = card.contains(document.activeElement);
  const response = await send(card.dataset.move, { method: "POST", body });
  if (!response) {
    back();
    return;
  }
  const markup = response.status === 204 ? "" : await response.text();
  if (response.headers.get("HX-Retarget") === "#dialog") {
    back();
    showInDialog(markup);
  } else if (response.status === 404 || response.status === 204) {
    card.remove();
    obey(response);
  } else if (markup.includes("data-card=")) {
    const fresh = replace(card, markup);
    const there = columnWith(fresh.dataset.stage);
    if (there && there !== columnOf(fresh)) put(fresh, there);
    if (!there) fresh.remove();
    if (response.ok) announce("dropped", { name: fresh.dataset.name, stage: label(there ?? column) });
    if (focused) fresh.focus();
    obey(response);
  } else {
    back();
    if (response.ok) say("failed");
    else obey(response);
  }
  document.body.dispatchEvent(new CustomEvent("moved", { bubbles: true }));
}

// by mouse and thumb ----------------------------------------------------------------------------------------------

function draggable(list) {
  let back = null;
  window.Sortable.create(list, {
    group: { name: "board", put: true, pull: true },
    sort: false,
    draggable: ".card",
    filter: ".locked, .more",
    preventOnFilter: false,
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140,
    delay: HOLD,
    delayOnTouchOnly: true,
    touchStartThreshold: 6,
    forceFallback: true,
    fallbackOnBody: true,
    fallbackTolerance: 5,
    fallbackClass: "drag",
    ghostClass: "ghost",
    onStart: ({ item }) => {
      back = placeOf(item);
      board.classList.add("dragging");
    },
    onMove: ({ to }) => mark(to),
    onEnd: ({ item, from, to }) => {
      board.classList.remove("dragging");
      mark(null);
      if (from === to) return;
      const column = to.dataset.zone ? columnWith(to.dataset.zone) : columnOf(item);
      move(item, column, back);
    },
  });
}

function mark(list) {
  for (const each of $$(".over", board)) each.classList.remove("over");
  list?.closest("[data-column], [data-zone]")?.classList.add("over");
}

// by keys ---------------------------------------------------------------------------------------------------------

const shownColumns = () => $$("[data-column]", board).filter((column) => column.offsetParent !== null);

/** One card takes the focus; the others are reached with the arrows. */
function rove(card) {
  for (const each of $$("[data-card][tabindex='0']", board)) each.tabIndex = -1;
  card.tabIndex = 0;
}

function focusOn(card) {
  if (!card) return;
  rove(card);
  card.focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function beside(card, step) {
  const columns = shownColumns();
  const at = columns.indexOf(columnOf(card));
  const place = $$("[data-card]", columnOf(card)).indexOf(card);
  for (let n = at + step; n >= 0 && n < columns.length; n += step) {
    const there = $$("[data-card]", columns[n]);
    if (there.length) return there[Math.min(place, there.length - 1)];
  }
  return null;
}

function grab(card) {
  if (!card.dataset.move) {
    announce("locked", { name: card.dataset.name });
    return;
  }
  held = { card, from: columnOf(card), back: placeOf(card) };
  card.classList.add("held");
  board.classList.add("dragging");
  announce("grabbed", { name: card.dataset.name, stage: label(held.from) });
}

function shift(step) {
  const columns = shownColumns();
  const at = columns.indexOf(columnOf(held.card)) + step;
  if (at < 0 || at >= columns.length) return;
  put(held.card, columns[at]);
  mark(stackOf(columns[at]));
  focusOn(held.card);
  announce("over", { name: held.card.dataset.name, stage: label(columns[at]), n: at + 1, of: columns.length });
}

function letGo() {
  const was = held;
  held = null;
  was.card.classList.remove("held");
  board.classList.remove("dragging");
  mark(null);
  return was;
}

function drop() {
  const { card, from, back } = letGo();
  const column = columnOf(card);
  if (column === from) announce("stays", { name: card.dataset.name, stage: label(from) });
  else move(card, column, () => { back(); focusOn(card); });
}

function leave() {
  const { card, from, back } = letGo();
  back();
  focusOn(card);
  announce("stays", { name: card.dataset.name, stage: label(from) });
}

const WHILE_HELD = {
  ArrowLeft: () => shift(-1),
  ArrowRight: () => shift(1),
  Enter: drop,
  " ": drop,
  Escape: leave,
};
const WHILE_FREE = {
  ArrowDown: (card) => focusOn(card.nextElementSibling?.matches("[data-card]") ? card.nextElementSibling : null),
  ArrowUp: (card) => focusOn(card.previousElementSibling?.matches("[data-card]") ? card.previousElementSibling : null),
  ArrowLeft: (card) => focusOn(beside(card, -1)),
  ArrowRight: (card) => focusOn(beside(card, 1)),
  " ": grab,
  m: grab,
  Enter: (card) => location.assign(card.dataset.href),
};

if (board) {
  for (const list of $$("[data-stack], [data-zone]", board)) draggable(list);
  const first = $("[data-card]", board);
  if (first) first.tabIndex = 0;
  on("keydown", "[data-board] [data-card]", (event, card) => {
    if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    const act = held ? WHILE_HELD[event.key] : WHILE_FREE[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act(card);
  });
  on("focusin", "[data-board] [data-card]", (event, card) => rove(card));
  on("focusout", "[data-board] .held", () => setTimeout(() => {
    if (held && !board.contains(document.activeElement)) leave();
  }, 50));
}
