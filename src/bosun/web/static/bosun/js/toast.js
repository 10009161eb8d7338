// Toasts: lower left, eight seconds, undo. Shown by the server's markup, by HX-Trigger {"toast": …}, or by an event.
import { $, $$, icon, make, on, word } from "./lib.js";
import { obey, send } from "./net.js";
import { showInDialog } from "./overlay.js";

const STAYS = 8000;
const MOST = 3;

export function toast({ text, undo_url: undoUrl, tone = "", link, linkWord }) {
  const place = $("#toasts");
  const pattern = $("#toast-template");
  if (!place || !pattern) return;
  const shown = pattern.content.firstElementChild.cloneNode(true);
  if (tone) shown.classList.add(tone);
  if (tone === "overdue") $("svg", shown).replaceWith(icon("alert-circle"));
  $("span", shown).textContent = text;
  const undo = $("[data-undo]", shown);
  if (undoUrl) {
    undo.dataset.undo = undoUrl;
    undo.hidden = false;
  } else undo.remove();
  if (link) $("span", shown).after(make("a", { className: "link", href: link, textContent: linkWord }));
  place.append(shown);
  for (const old of $$("[data-toast]", place).slice(0, -MOST)) old.remove();
  show();
  start(shown);
}

function show() {
  const place = $("#toasts");
  if (!place?.showPopover) return;
  const some = place.querySelector("[data-toast]") !== null;
  const open = place.matches(":popover-open");
  if (open) place.hidePopover();
  if (some) place.showPopover();
}

function start(shown) {
  let timer = setTimeout(() => close(shown), STAYS);
  for (const type of ["pointerenter", "focusin"]) shown.addEventListener(type, () => clearTimeout(timer));
  for (const type of ["pointerleave", "focusout"]) {
    shown.addEventListener(type, () => {
      clearTimeout(timer);
      timer = setTimeout(() => close(shown), STAYS / 2);
    });
  }
}

function close(shown) {
  shown.remove();
  show();
}

on("click", "[data-toast-close]", (event, button) => close(button.closest("[data-toast]")));
on("click", "[data-undo]", async (event, button) => {
  button.disabled = true;
  const response = await send(button.dataset.undo, { method: "POST" });
  close(button.closest("[data-toast]"));
  if (!response) return;
  if (response.status === 409) {
    showInDialog(await response.text());
    return;
  }
  if (!response.ok) {
    toast({ text: word("failed"), tone: "overdue" });
    return;
  }
  if (obey(response)) return;
  location.reload();
});
for (const target of [document]) {
  target.addEventListener("toast", (event) => toast(event.detail.value ?? event.detail));
}
for (const shown of $$("#toasts [data-toast]")) start(shown);
show();
