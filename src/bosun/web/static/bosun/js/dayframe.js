// The day's frame: what today asks for on the first page of the day; what is still open before it ends, at sign-out, and
// when the last window closes. A browser that closes can only be asked whether to stay; what is left is told later.
import { $, $$, isTyping, on } from "./lib.js";
import { fill, parse, send } from "./net.js";
import { loadDialog } from "./overlay.js";

const sheet = $("#daysheet");
const day = sheet?.dataset.day;
const person = sheet?.dataset.person;
const OPEN = "bosun-daysheet";
const ALIVE = 90000;
const BEAT = 20000;
const asksAt = sheet?.dataset.asksIn ? Date.now() + Number(sheet.dataset.asksIn) * 1000 : Infinity;
const me = `bosun-window-${person}-${Math.random().toString(36).slice(2)}`;
let goesOn = null;
let inside = false;

const mark = (what) => `bosun-${what}-${person}`;
const once = (what) => localStorage.getItem(mark(what)) === day;
const note = (what) => localStorage.setItem(mark(what), day);

// the first page of the day ----------------------------------------------------------------------------------------

/** The strip came with the page; the server hears that the day has begun. */
async function morning() {
  if (once("opened")) return;
  const response = await send("/day/opened", { method: "POST", quiet: true });
  if (response?.ok) note("opened");
}

on("click", "[data-morning-close]", (event, button) => button.closest("[data-morning]").remove());

// the sheet --------------------------------------------------------------------------------------------------------

const lines = () => $$("[data-matter]", sheet);
const openLines = () => lines().filter((line) => !line.matches(".settled"));
const laters = () => $$("[data-matter]:not(.settled) [data-key=l]", sheet);
const current = () => document.activeElement?.closest?.("#daysheet [data-matter]") ?? openLines()[0];

function say() {
  const says = $("[data-sheet-says]", sheet);
  const left = openLines().length;
  $("[data-sheet-later]", sheet).hidden = laters().length < 2;
  says.textContent = left ? says.dataset.one.replace("{n}", left) : says.dataset.none;
  const leave = $("[data-sheet-leave]", sheet);
  const word = $("[data-leave-word]", leave);
  leave.dataset.someLeft ??= word.textContent;
  word.textContent = left ? leave.dataset.someLeft : leave.dataset.allDone;
}

/** A tab remembers the sheet and what was settled on it, as a call that is written down loads the page anew. */
function remember(at = $("[data-sheet-at]", sheet).dataset.sheetAt) {
  sessionStorage.setItem(OPEN, JSON.stringify({ at, settled: $$(".settled", sheet).map((line) => line.outerHTML) }));
}

function show(markup, at, settled = []) {
  fill(sheet, markup);
  $(".matters", sheet).prepend(...settled.map(parse));
  remember(at);
  if (!sheet.open) sheet.showModal();
  say();
  go(openLines()[0]);
}

const go = (line) => ($("button", line ?? sheet.querySelector(".dfoot")) ?? sheet).focus();

function step(by) {
  const all = lines();
  const at = all.indexOf(current());
  go(all[Math.max(0, Math.min(all.length - 1, at + by))]);
}

async function settle(url, body, line) {
  line.setAttribute("aria-busy", "true");
  const response = await send(url, { method: "POST", body });
  line.removeAttribute("aria-busy");
  if (!response?.ok) {
    if (response) document.dispatchEvent(new CustomEvent("toast", { detail: { text: await reason(response), tone: "overdue" } }));
    return;
  }
  const drawn = parse(await response.text());
  line.replaceWith(drawn);
  remember();
  document.body.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
  say();
  go(openLines().find((each) => drawn.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING) ?? openLines()[0]);
}

async function reason(response) {
  const text = parse(`<div>${await response.text()}</div>`);
  return $("[role=alert], .err, p", text)?.textContent.trim() || $("h1, h2", text)?.textContent.trim() || text.textContent.trim().slice(0, 160);
}

on("click", "[data-sheet-do]", (event, button) => settle(button.dataset.sheetDo, null, button.closest("[data-matter]")));
on("click", "[data-sheet-later]", async (event, all) => {
  all.disabled = true;
  for (const button of laters()) await settle(button.dataset.sheetDo, null, button.closest("[data-matter]"));
  all.disabled = false;
});
on("submit", "[data-sheet-form]", (event, form) => {
  event.preventDefault();
  if (!$("input", form).value) $("input:not([type=hidden])", form).focus();
  else settle(form.dataset.sheetForm, new FormData(form), form.closest("[data-matter]"));
});
on("click", "[data-sheet-shows]", (event, button) => {
  const form = $(`[data-part=${button.dataset.sheetShows}]`, button.closest("[data-matter]"));
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", String(!form.hidden));
  if (!form.hidden) $("input:not([type=hidden])", form).focus();
});
on("click", "[data-sheet-dialog]", (event, button) => loadDialog(button.dataset.sheetDialog));
on("click", "[data-sheet-undo]", async (event, button) => {
  const line = button.closest("[data-matter]");
  await send(button.dataset.sheetUndo, { method: "POST" });
  // It is open again where it stood; what else was settled stays and can still be taken back.
  const response = await send(`/day/open?at=${$("[data-sheet-at]", sheet).dataset.sheetAt}`);
  const drawn = response?.status === 200 ? parse(await response.text()) : null;
  const open = drawn && $(`[data-matter="${CSS.escape(line.dataset.matter)}"]`, drawn);
  if (open) line.replaceWith(open);
  else line.remove();
  remember();
  say();
  go(open ?? openLines()[0]);
});
on("click", "[data-sheet-leave]", async () => {
  sessionStorage.removeItem(OPEN);
  note("asked");
  if (openLines().length) await send("/day/leave", { method: "POST", quiet: true });
  const then = goesOn;
  sheet.close();
  then?.();
});

sheet?.addEventListener("close", () => {
  goesOn = null;
  sessionStorage.removeItem(OPEN);
});
sheet?.addEventListener("keydown", (event) => {
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) {
    if (event.key === "Escape" && event.target.closest("[data-part]")) {
      event.target.closest("[data-part]").hidden = true;
      go(current());
      event.preventDefault();
    }
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[key];
  const button = key === "a" ? $("[data-sheet-leave]", sheet) : key === "u" ? lastUndo() : $(`[data-key="${CSS.escape(key)}"]`, current() ?? sheet);
  if (by) step(by);
  else if (button) button.click();
  else return;
  event.preventDefault();
});

const lastUndo = () => $("[data-sheet-undo]", current()) ?? $$("[data-sheet-undo]", sheet).at(-1);

// before the day ends ----------------------------------------------------------------------------------------------

async function ask() {
  if (once("asked") || document.hidden || $("dialog[open]") || isTyping(document.activeElement)) return;
  note("asked");
  const response = await send("/day/ask", { method: "POST", quiet: true });
  if (!response?.ok) localStorage.removeItem(mark("asked"));
  else if (response.status === 200) show(await response.text(), "end");
}

const look = () => Date.now() >= asksAt && ask();

// at sign-out ------------------------------------------------------------------------------------------------------

on("submit", "form[data-sign-out]", async (event, form) => {
  if (!sheet?.hasAttribute("data-leaving")) return;
  event.preventDefault();
  const response = await send("/day/open?at=out", { quiet: true });
  goesOn = () => form.submit();
  if (response?.status === 200) show(await response.text(), "out");
  else form.submit();
});

/** A sheet that was open when a form reloaded the page comes back; whoever went elsewhere from it does not meet it again. */
async function comeBack() {
  const { at, settled } = JSON.parse(sessionStorage.getItem(OPEN) ?? "{}");
  sessionStorage.removeItem(OPEN);
  if (!at || performance.getEntriesByType("navigation")[0]?.type !== "reload") return;
  const form = $("form[data-sign-out]");
  if (at === "out" && form) goesOn = () => form.submit();
  const response = await send(`/day/open?at=${at}`, { quiet: true });
  if (response?.status === 200) show(await response.text(), at, settled);
}

// when the last window closes --------------------------------------------------------------------------------------

function alone() {
  const now = Date.now();
  const others = Object.keys(localStorage).filter((key) => key.startsWith(`bosun-window-${person}-`) && key !== me);
  return !others.some((key) => now - Number(localStorage.getItem(key)) < ALIVE);
}

const beat = () => localStorage.setItem(me, String(Date.now()));

function watchWindows() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("bosun-window-") && Date.now() - Number(localStorage.getItem(key)) > ALIVE) localStorage.removeItem(key);
  }
  beat();
  setInterval(beat, BEAT);
  // A page that leads to another one of ours does not close the window.
  window.navigation?.addEventListener("navigate", (event) => {
    inside = new URL(event.destination.url).origin === location.origin && !event.downloadRequest;
    setTimeout(() => { inside = false; }, 5000);
  });
  addEventListener("beforeunload", (event) => {
    if (inside || !window.navigation || !Number(sheet.dataset.count) || Date.now() < asksAt || once("asked") || !alone()) return;
    event.preventDefault();
    setTimeout(ask, 500); // for whoever stays
  });
  addEventListener("pagehide", () => {
    localStorage.removeItem(me);
    if (inside || !alone()) return;
    note("left");
    send("/day/left", { method: "POST", quiet: true, keepalive: true });
  });
  addEventListener("pageshow", (event) => event.persisted && beat());
}

async function back() {
  if (!once("left")) return;
  localStorage.removeItem(mark("left"));
  await send("/day/opened", { method: "POST", quiet: true });
}

if (sheet) {
  back();
  morning();
  comeBack();
  if (sheet.hasAttribute("data-leaving")) watchWindows();
  look();
  setInterval(look, 15000);
  document.addEventListener("visibilitychange", look);
}
