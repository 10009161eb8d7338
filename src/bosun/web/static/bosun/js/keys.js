// Keys that work anywhere. Those of a list live in walk.js and select.js.
import { $, isTyping } from "./lib.js";
import { openDialog } from "./overlay.js";
import { toCards } from "./notices.js";
import { openPalette } from "./palette.js";

const GO_WAIT = 1200;
let goUntil = 0;

function save(target) {
  const form = target.closest?.("form") ?? $("dialog[open] form") ?? $("form[data-guard]");
  form?.requestSubmit($("button.pri[type=submit]", form) ?? undefined);
}

/** “/” looks through the list where there is one, else through everything. */
function look() {
  const field = $(".find input[type=search]");
  if (!field) return openPalette();
  field.focus();
  field.select();
  return undefined;
}

function plain(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (Date.now() < goUntil) {
    goUntil = 0;
    const place = $(`[data-go="${CSS.escape(key)}"]`);
    if (place) location.assign(place.href);
    return place !== null;
  }
  if (key === "g") {
    goUntil = Date.now() + GO_WAIT;
    return true;
  }
  if (key === "/") return look() ?? true;
  if (key === "r") return toCards();
  if (key === "?") return openDialog($("#keys")) ?? true;
  const marked = { c: "create", e: "edit", f: "filter", n: "notices" }[key];
  const target = marked && $(`[data-key="${marked}"]`);
  if (!target) return false;
  target.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "k") {
    openPalette();
    event.preventDefault();
  } else if (command && event.key === "Enter") {
    if ($("#palette")?.open) return;
    save(event.target);
    event.preventDefault();
  } else if (!command && !event.altKey && !isTyping(event.target) && !$("dialog[open]") && !$(".menu:popover-open")) {
    if (plain(event)) event.preventDefault();
  }
});
