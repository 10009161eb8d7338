// Reminders: cards at the lower right with a sound, the bell and its history; by the event stream, else by asking.
import { $, $$, make, on, withParam, word } from "./lib.js";
import { fill, obey, send } from "./net.js";
import { place } from "./overlay.js";
import { ready, ring } from "./ring.js";
import { Tabs } from "./tabs.js";
import { count } from "./titles.js";

const MOST = 3;
const ASK_EVERY = 20000;
const BLINK = 1000;
const CALM = 500;
const FOLDED = "bosun-reminders-folded";
const SPREAD = "bosun-reminders-spread";
const holder = $("#popups");
const bell = $("#bell");
let last = Number(holder?.dataset.last ?? 0);
let tabs = null;
let source = null;
let snoozed = null;
let blinking = 0;
let moved = -Infinity;
let waiting = Number(holder?.dataset.open ?? 0);
let onForm = $(".fbar") ? true : null;

// cards ------------------------------------------------------------------------------------------------------------

const cards = () => $$("[data-popup]", holder);

function show(item) {
  if (cards().some((each) => each.dataset.popup === String(item.id))) return;
  const card = $("#popup-template").content.firstElementChild.cloneNode(true);
  card.dataset.popup = item.id;
  const text = $("[data-text]", card);
  text.textContent = item.text;
  text.id = `popup-${item.id}`;
  card.setAttribute("aria-labelledby", text.id);
  $("[data-about]", card).textContent = item.about;
  $("[data-line]", card).textContent = [item.ring?.word, item.said].filter(Boolean).join(" · ");
  $("[data-asker]", card).textContent = item.asker;
  prepare($("[data-prepare]", card), item);
  const open = $("[data-popup-open]", card);
  if (item.url) open.href = item.url;
  else open.remove();
  if (!item.nags) $("[data-popup-snooze]", card).remove();
  if (!item.ends) {
    // Nothing is to be done: it is read, and that is all.
    $("[data-popup-done]", card).remove();
    open.classList.add("pri");
  }
  card.dataset.change = item.change ?? "";
  holder.append(card);
  for (const old of cards().slice(0, -MOST)) old.remove();
  lift();
}

/** What is to be prepared: counted, and its lines behind that, ticked where they are one's own. */
function prepare(part, item) {
  part.hidden = !item.lines.length;
  part.addEventListener("toggle", pile);
  $("ul", part).append(...item.lines.map((line, n) => {
    const box = make("input", { className: "box", type: "checkbox", checked: line.done, disabled: !item.tick });
    box.dataset.tick = item.tick;
    box.dataset.line = n + 1;
    return make("li", {}, make("label", {}, box, make("span", {}, line.text)));
  }));
  prepared(part);
}

function prepared(part) {
  const boxes = $$("input", part);
  const done = boxes.filter((box) => box.checked).length;
  $("[data-prepared]", part).textContent = word("prepared", { done, all: boxes.length });
}

on("change", "[data-prepare] [data-tick]", (event, box) => prepared(box.closest("[data-prepare]")));

function lift() {
  const some = cards().length > 0;
  const isOpen = holder.matches(":popover-open");
  if (some && !isOpen) holder.showPopover();
  if (!some && isOpen) holder.hidePopover();
  bell?.toggleAttribute("data-ringing", some);
  pile();
  blink(some);
}

// The latest card alone is seen, those before it on demand, what waits behind them in the bell; all fold to a small pile
// that counts them, which they do by themselves where a form is filled in. A tab remembers both, the sound stays.
const folded = () => onForm ?? sessionStorage.getItem(FOLDED) === "1";
const spread = () => sessionStorage.getItem(SPREAD) === "1";

function pile() {
  const count = Math.max(waiting, cards().length);
  holder.toggleAttribute("data-folded", folded());
  holder.toggleAttribute("data-spread", spread());
  const more = $("[data-popups-spread]", holder);
  more.hidden = folded() || cards().length < 2;
  more.setAttribute("aria-expanded", String(spread()));
  more.textContent = spread() ? word("latest") : word("more", { n: count - 1 });
  const rest = $("[data-popups-rest]", holder);
  rest.hidden = folded() || !spread() || cards().length >= count;
  rest.textContent = word("inBell", { n: count - cards().length });
  const n = folded() || !spread() || cards().length >= count ? count : `${cards().length}/${count}`;
  $("[data-popups-fold]", holder).setAttribute("aria-expanded", String(!folded()));
  $("[data-popups-count]", holder).textContent = word(count === 1 ? "reminder" : "reminders", { n });
  $("[data-popups-verb]", holder).textContent = word(folded() ? "unfold" : "fold");
  document.body.style.setProperty("--cards", `${holder.offsetHeight}px`);
}

on("click", "[data-popups-fold]", () => {
  if (onForm === null) sessionStorage.setItem(FOLDED, folded() ? "" : "1");
  else onForm = !onForm;
  pile();
});

on("click", "[data-popups-spread]", () => {
  sessionStorage.setItem(SPREAD, spread() ? "" : "1");
  pile();
});

/** The title of a tab that nobody looks at turns to what is due, and back. */
function blink(some) {
  clearInterval(blinking);
  count();
  if (!some) return;
  const plain = document.title;
  let turned = false;
  blinking = setInterval(() => {
    turned = document.hidden && !turned;
    document.title = turned ? `● ${$("[data-text]", cards().at(-1))?.textContent ?? ""}` : plain;
  }, BLINK);
}

function drop(ids) {
  const gone = cards().filter((card) => ids.includes(Number(card.dataset.popup)));
  const held = gone.some((card) => card.contains(document.activeElement));
  for (const card of gone) card.remove();
  if (gone.length) moved = performance.now();
  waiting -= gone.length;
  lift();
  if (held) toCards();
}

/** To the latest card by keyboard; false where there is none. */
export function toCards() {
  const latest = cards().at(-1);
  if (!latest) return false;
  if (folded()) $("[data-popups-fold]", holder).click();
  const verbs = ["done", "open", "close"].map((verb) => $(`[data-popup-${verb}]`, latest));
  verbs.find(Boolean).focus();
  return true;
}

function unread(number) {
  if (!bell) return;
  bell.dataset.titleCount = number;
  const mark = $("[data-count]", bell);
  mark.textContent = number;
  mark.hidden = !number;
  $("#bell-says").textContent = number ? word("unread", { n: number }) : "";
}

// sound ------------------------------------------------------------------------------------------------------------

const muted = () => holder.dataset.sound === "off";

async function sound(id) {
  if (muted()) return;
  const heard = await ready();
  blocked(!heard);
  if (heard) await tabs.once("rung", id, ring);
}

function blocked(is) {
  if (!bell) return;
  bell.toggleAttribute("data-blocked", is);
  bell.title = is ? word("soundBlocked") : "";
  for (const each of $$("[data-blocked]:not(#bell)")) each.hidden = !is;
}

/** The first click or key lets the sound out; a card that nobody heard rings then. */
function unlock() {
  const newest = Math.max(0, ...cards().map((each) => Number(each.dataset.popup)));
  if (newest) sound(newest);
  else if (bell?.hasAttribute("data-blocked")) ready().then((heard) => blocked(!heard));
}

// news -------------------------------------------------------------------------------------------------------------

async function news(after = last) {
  const response = await send(withParam("/notices", { after: String(after) }), { accept: "application/json", quiet: true });
  if (!response?.ok) return;
  const found = await response.json();
  tabs.say({ found });
  told(found);
  // The place of one that is gone is taken by one that waited behind it.
  if (after && cards().length < Math.min(MOST, waiting)) await news(0);
}

function told(found) {
  const fresh = found.items.filter((item) => item.id > last);
  drop(cards().map((each) => Number(each.dataset.popup)).filter((id) => !found.open.includes(id)));
  for (const item of found.items) show(item);
  last = Math.max(last, ...found.items.map((item) => item.id));
  waiting = found.open.length;
  unread(found.unread);
  lift();
  if (fresh.length) sound(last);
}

function connect() {
  source = new EventSource(withParam("/stream", { after: String(last) }));
  source.addEventListener("notice", (event) => news(Math.min(last, Number(event.data) - 1)));
  source.addEventListener("closed", () => news());
  // What was closed while nobody listened is told by no event.
  source.addEventListener("open", () => cards().length && news());
}

/** The one tab that listens for all; where the stream is away it asks now and then. */
function listen() {
  connect();
  setInterval(() => {
    if (source.readyState === EventSource.OPEN) return;
    news();
    if (source.readyState === EventSource.CLOSED) connect();
  }, ASK_EVERY);
}

// answers ----------------------------------------------------------------------------------------------------------

async function answer(id, what, body = null) {
  const card = cards().find((each) => Number(each.dataset.popup) === id);
  if (card) card.inert = true; // a second press is not meant for it
  const response = await send(`/notices/${id}/${what}`, { method: "POST", body });
  if (card) card.inert = false;
  if (!response) return;
  obey(response);
  if (!response.ok) return;
  drop([id]);
  tabs.say({ closed: [id] });
  await news();
  document.body.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
}

const idOf = (element) => Number(element.closest("[data-popup]").dataset.popup);

/** True for the second half of a double click, under which the next card has slid. */
const slipped = (event) => event.detail > 0 && performance.now() - moved < CALM;

on("click", "[data-popup-done]", (event, button) => slipped(event) || answer(idOf(button), "done"));
on("click", "[data-popup-close]", (event, button) => slipped(event) || answer(idOf(button), "close"));
on("click", "[data-popup-open]", async (event, link) => {
  const closing = send(`/notices/${idOf(link)}/close`, { method: "POST", quiet: true, keepalive: true });
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await closing; // else the next page is drawn with this card still open
  location.assign(link.href);
});
on("click", "[data-popup-snooze]", (event, button) => {
  snoozed = idOf(button);
  const menu = $("#snooze-menu");
  menu.showPopover();
  place(menu, button);
});
on("click", "[data-popup-more]", (event, button) => {
  const menu = $("#popup-menu");
  const { popup, change } = button.closest("[data-popup]").dataset;
  $("[data-popup-wrong]", menu).dataset.dialog = `/notices/${popup}/wrong`;
  const link = $("[data-popup-change]", menu);
  link.href = change;
  link.hidden = !change;
  menu.showPopover();
  place(menu, button);
});
on("click", "[data-snooze-for]", (event, button) => {
  answer(snoozed, "snooze", new URLSearchParams({ for: button.dataset.snoozeFor }));
});
on("submit", "[data-snooze-pick]", (event, form) => {
  event.preventDefault();
  form.closest(".menu").hidePopover();
  answer(snoozed, "snooze", new URLSearchParams({ for: "pick", until: form.elements.until.value }));
});

// the panel --------------------------------------------------------------------------------------------------------

async function open(panel) {
  const response = await send(panel.dataset.url);
  if (!response?.ok) return;
  fill(panel, await response.text());
  blocked(bell.hasAttribute("data-blocked"));
  place(panel, bell);
  seen(panel);
}

async function seen(root) {
  const upto = $("[data-upto]", root)?.dataset.upto;
  if (!Number(upto)) return;
  await send("/notices/seen", { method: "POST", body: new URLSearchParams({ upto }) });
  unread(0);
  count();
  tabs.say({ unread: 0 });
}

on("click", "[data-notices-more]", async (event, button) => {
  const response = await send(button.dataset.noticesMore);
  if (!response?.ok) return;
  const more = document.createElement("template");
  more.innerHTML = await response.text();
  button.replaceWith(more.content);
});
on("click", "[data-sound-is]", async (event, button) => {
  const next = muted() ? "on" : "off";
  holder.dataset.sound = next;
  bell?.toggleAttribute("data-muted", next === "off");
  await send("/preferences", { method: "POST", body: new URLSearchParams({ sound: next }) });
  tabs.say({ sound: next });
  const panel = button.closest("#notices");
  if (panel) open(panel);
  else location.reload();
});

function heard(message) {
  if (message.found) told(message.found);
  if (message.closed) drop(message.closed);
  if ("unread" in message) {
    unread(message.unread);
    count();
  }
  if (message.sound) holder.dataset.sound = message.sound;
}

if (holder) {
  tabs = new Tabs(`bosun-notices-${holder.dataset.person}`, heard);
  const held = JSON.parse(holder.dataset.cards || "[]");
  for (const item of held) show(item);
  bell?.toggleAttribute("data-muted", muted());
  if (held.length) sound(Math.max(...held.map((item) => item.id)));
  for (const type of ["pointerdown", "keydown"]) addEventListener(type, unlock, { capture: true, passive: true });
  $("#notices")?.addEventListener("toggle", (event) => event.newState === "open" && open(event.target));
  if ($(".noticespage")) seen($(".noticespage"));
  tabs.lead(listen);
  addEventListener("pageshow", (event) => event.persisted && news());
}
