// Menus next to their button, dialogs that hand the focus back, fragments loaded into the dialog, verbs that are posted.
import { $, $$, on, withParam } from "./lib.js";
import { fill, obey, parse, say, send } from "./net.js";

const GAP = 4;

/** Places a floating element under its anchor, or over it where there is no room. */
export function place(floating, anchor) {
  const box = anchor.getBoundingClientRect();
  const own = floating.getBoundingClientRect();
  const below = box.bottom + GAP + own.height <= innerHeight || box.top < own.height;
  const top = below ? Math.min(box.bottom + GAP, innerHeight - own.height - 8) : box.top - own.height - GAP;
  const right = box.left + own.width > innerWidth - 8;
  const left = right ? Math.max(8, Math.min(box.right, innerWidth - 8) - own.width) : box.left;
  floating.style.top = `${Math.max(8, top)}px`;
  floating.style.left = `${left}px`;
}

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.classList.contains("menu")) return;
  const button = $(`[popovertarget="${menu.id}"]`);
  button?.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState !== "open") return;
  if (button) place(menu, button);
  $("a, button, input", menu)?.focus();
}, true);

on("keydown", ".menu", (event, menu) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const all = $$("a, button:not([disabled])", menu).filter((each) => each.offsetParent !== null);
  const at = all.indexOf(document.activeElement);
  all[(at + step + all.length) % all.length]?.focus();
  event.preventDefault();
});

on("click", ".menu a, .menu button", (event, entry) => {
  if (!entry.closest(".seg, [data-stays]")) entry.closest(".menu").hidePopover();
});

/** What has the focus in a dialog: the first of these that is there. */
const FIRST = ["[autofocus]", ".comp textarea", ".bad input", ".fbrow select", ".dbody input:not([type=hidden]), .dbody select, .dbody textarea", "button"];

const focusFirst = (dialog) => FIRST.map((each) => $(each, dialog)).find(Boolean)?.focus();

export function openDialog(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  focusFirst(dialog);
}

/** Loads a fragment into the one dialog. */
export async function loadDialog(url) {
  const response = await send(url);
  if (!response) return;
  if (!response.ok) {
    say("failed");
    return;
  }
  showInDialog(await response.text());
}

export function showInDialog(markup) {
  const dialog = $("#dialog");
  fill(dialog, markup);
  dialog.classList.toggle("wide", $("filter-builder, .clash, .chart, table", dialog) !== null);
  openDialog(dialog);
}

openDialog($("dialog[data-opens-now]"));
on("click", "[data-opens]", (event, button) => openDialog(document.getElementById(button.dataset.opens)));
on("click", "[data-close]", (event, button) => button.closest("dialog")?.close());
on("click", "dialog", (event, dialog) => {
  if (event.target === dialog && !dialog.matches("[data-guarded]")) {
    const box = dialog.getBoundingClientRect();
    const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
    if (outside && !$("form[data-dirty]", dialog)) dialog.close();
  }
});

/** The address of a verb, with the ticked rows when it stands in the bulk bar. */
function address(button, url) {
  const bulk = button.closest("#bulk, [data-bulk-menu]");
  return bulk ? withParam(url, JSON.parse($("#bulk").dataset.chosen ?? "{}")) : url;
}

on("click", "[data-dialog]", (event, button) => {
  event.preventDefault();
  loadDialog(address(button, button.dataset.dialog));
});

/** Posts a verb at once; a guard that asks (409) or a form that is needed (422) opens in the dialog. */
export async function postVerb(url, button = null) {
  button?.setAttribute("aria-busy", "true");
  const response = await send(url, { method: "POST" });
  button?.removeAttribute("aria-busy");
  if (!response) return;
  if ([409, 422].includes(response.status)) showInDialog(await response.text());
  else if (!response.ok) say("failed");
  else if (!obey(response)) await settle(response);
}

async function settle(response) {
  const markup = response.status === 204 ? "" : await response.text();
  const drawn = markup ? parse(markup) : null;
  const old = drawn?.id ? document.getElementById(drawn.id) : null;
  if (old) {
    old.replaceWith(drawn);
    window.htmx?.process(drawn);
  }
  document.body.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
}

on("click", "[data-post]", (event, button) => {
  event.preventDefault();
  if (button.dataset.confirm && !confirm(button.dataset.confirm)) return;
  postVerb(address(button, button.dataset.post), button);
});

on("submit", "form[data-confirm]", (event, form) => {
  if (!confirm(form.dataset.confirm)) event.preventDefault();
});

on("change", "[data-done]", async (event, box) => {
  const line = box.closest("li");
  await postVerb(box.dataset.done, box);
  box.disabled = true;
  line?.querySelector(".grow")?.classList.add("done");
});

on("submit", "form[data-dialog-form]", async (event, form) => {
  event.preventDefault();
  const response = await send(form.action, { method: "POST", body: new FormData(form, event.submitter) });
  if (!response) return;
  if ([409, 422].includes(response.status)) {
    const dialog = form.closest("dialog");
    fill(dialog, await response.text());
    focusFirst(dialog);
    return;
  }
  if (!response.ok) {
    say("failed");
    return;
  }
  form.removeAttribute("data-dirty");
  form.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
  form.closest("dialog").close();
  if (!obey(response)) await settle(response);
});

on("click", "[data-expands]", (event, button) => {
  const part = document.getElementById(button.dataset.expands);
  part.hidden = !part.hidden;
  button.setAttribute("aria-expanded", String(!part.hidden));
});
on("click", "[data-reload]", (event) => {
  event.preventDefault();
  location.reload();
});
