// Nothing typed is ever lost: a draft of each marked form lives in this tab until it was saved, through errors, an expired
// session and the way back.
import { $, $$, debounce, on } from "./lib.js";

const PREFIX = "draft:";
const SKIPPED = new Set(["csrfmiddlewaretoken"]);

const keyOf = (form) => PREFIX + form.dataset.draft;

/** What a form holds, by name; pickers and tag fields with their words. */
function values(form) {
  const held = {};
  for (const field of form.elements) {
    if (!field.name || SKIPPED.has(field.name) || ["file", "password", "submit", "button"].includes(field.type)) continue;
    held[field.name] ??= [];
    if (["checkbox", "radio"].includes(field.type)) {
      if (field.checked) held[field.name].push(field.value);
    } else held[field.name].push(field.value);
  }
  for (const picker of $$("ref-picker", form)) {
    const name = $("input[type=hidden]", picker).name;
    held[`${name} in words`] = [$("[role=combobox]", picker).value];
  }
  return held;
}

const same = (left, right) => JSON.stringify(left) === JSON.stringify(right);

function read(form) {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(form)));
  } catch {
    return null;
  }
}

/** Keeps what the form holds; “sent” as long as that is what was sent last. */
function write(form) {
  const held = values(form);
  try {
    sessionStorage.setItem(keyOf(form), JSON.stringify({ values: held, sent: same(held, form.posted) }));
  } catch {
    // A full or forbidden store: the form itself still holds everything.
  }
}

export function forget(form) {
  if (form.dataset.draft) sessionStorage.removeItem(keyOf(form));
  form.removeAttribute("data-dirty");
}

function addRows(form, name, wanted) {
  const fields = () => $$(`[name="${CSS.escape(name)}"]`, form);
  const add = fields()[0]?.closest("[data-repeat]")?.querySelector("[data-repeat-add]");
  while (add && fields().length < wanted) add.click();
}

function restore(form, held) {
  for (const [name, each] of Object.entries(held)) {
    if (name.endsWith(" in words")) continue;
    const tags = $(`tags-input[data-name="${CSS.escape(name)}"]`, form);
    if (tags) {
      tags.values = each;
      continue;
    }
    addRows(form, name, each.length);
    $$(`[name="${CSS.escape(name)}"]`, form).forEach((field, index) => {
      if (["checkbox", "radio"].includes(field.type)) field.checked = each.includes(field.value);
      else if (field.type !== "file") field.value = each[index] ?? "";
    });
  }
  for (const picker of $$("ref-picker", form)) {
    const name = $("input[type=hidden]", picker).name;
    if (held[name]) picker.choose?.(held[name][0], held[`${name} in words`]?.[0] ?? "", true);
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function begin(form) {
  if (form.dataset.draftReady) return;
  form.dataset.draftReady = "1";
  form.pristine = values(form);
  const draft = read(form);
  if (form.hasAttribute("data-draft-fresh")) {
    forget(form);
    return;
  }
  if ($(".clash, .fsum", form)) {
    // What was typed stands in it already, beside what others changed meanwhile.
    form.dataset.dirty = "1";
    write(form);
    return;
  }
  const typed = draft && Object.values(draft.values).some((each) => each.some(Boolean));
  if (!typed || same(draft.values, form.pristine)) return;
  restore(form, draft.values);
  form.dataset.dirty = "1";
  const told = $("[data-draft-back]", form);
  if (told) told.hidden = false;
}

const keep = debounce(250, (form) => {
  if (same(values(form), form.pristine)) forget(form);
  else {
    form.dataset.dirty = "1";
    write(form);
  }
});

for (const type of ["input", "change"]) on(type, "form[data-draft]", (event, form) => keep(form));
on("submit", "form[data-draft]", (event, form) => {
  form.posted = values(form);
  write(form);
});
on("saved", "form[data-draft]", (event, form) => forget(form));
on("click", "[data-draft-discard]", (event, button) => {
  const form = button.closest("form");
  forget(form);
  restore(form, form.pristine);
  forget(form);
  $("[data-draft-back]", form).hidden = true;
});

/** A page in the frame without the form means that the sent draft arrived. */
function sweep() {
  for (const key of ($("meta[name=saved-drafts]")?.content ?? "").split(" ").filter(Boolean)) sessionStorage.removeItem(PREFIX + key);
  if (!document.body.hasAttribute("data-app") || $("[data-error-page]")) return;
  const here = new Set($$("form[data-draft]").map(keyOf));
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(PREFIX) || here.has(key)) continue;
    if (JSON.parse(sessionStorage.getItem(key)).sent) sessionStorage.removeItem(key);
  }
}

const start = () => $$("form[data-draft]").forEach(begin);
document.addEventListener("filled", start);
sweep();
// After every custom element on the page is defined.
queueMicrotask(() => setTimeout(start));
