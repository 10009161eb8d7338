// Forms: asking before leaving, repeated rows, dropped files, a hint at likely duplicates, forms sent by fetch.
import { $, $$, debounce, on, word } from "./lib.js";
import { fill, obey, parse, say, send } from "./net.js";

let leaving = false;

on("input", "form[data-guard]", (event, form) => { form.dataset.dirty = "1"; });
on("submit", "form[data-guard]", (event, form) => {
  leaving = true;
  form.removeAttribute("data-dirty");
});
addEventListener("beforeunload", (event) => {
  if (!leaving && $("form[data-guard][data-dirty]")) event.preventDefault();
});
addEventListener("pageshow", () => { leaving = false; });
on("click", "[data-leaves]", (event, link) => {
  const form = link.closest("form");
  if (form?.dataset.dirty && !confirm(word("leave"))) event.preventDefault();
  else leaving = true;
});

// One click, one record: a second submit of the same form waits for the first.
on("submit", "form[method=post]:not([data-fetch]):not([data-dialog-form]):not([data-cell-form])", (event, form) => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 3000);
});

on("click", "[data-repeat-add]", (event, button) => {
  const box = button.closest("[data-repeat]");
  const rows = $$("[data-repeat-row]", box);
  const row = rows[rows.length - 1].cloneNode(true);
  for (const field of $$("input", row)) {
    field.value = "";
    field.removeAttribute("id");
  }
  rows[rows.length - 1].after(row);
  $("input:not([type=hidden])", row).focus();
});
on("click", "[data-repeat-drop]", (event, button) => {
  const row = button.closest("[data-repeat-row]");
  const form = row.closest("form");
  if ($$("[data-repeat-row]", row.closest("[data-repeat]")).length > 1) row.remove();
  else for (const field of $$("input", row)) field.value = "";
  form?.dispatchEvent(new Event("input", { bubbles: true }));
});

function size(bytes) {
  const units = ["B", "kB", "MB", "GB"];
  const step = bytes ? Math.min(Math.floor(Math.log10(bytes) / 3), 3) : 0;
  return `${new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(bytes / 1000 ** step)} ${units[step]}`;
}

for (const [type, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
  on(type, "[data-drop]", (event, box) => box.classList.toggle("over", over));
}
on("change", "[data-drop] input[type=file]", (event, input) => {
  const says = $("[data-drop-says]", input.closest("[data-drop]"));
  const files = [...input.files];
  says.textContent = files.map((file) => word("chosenFile", { name: file.name, size: size(file.size) })).join(" · ");
  const form = input.closest("form[data-send-at-once]");
  if (form && files.length && form.matches(".drop")) form.requestSubmit();
});
on("change", "[data-submits]", (event, field) => field.form.requestSubmit());

// Likely duplicates, as one types.
const ask = debounce(500, async (form) => {
  const place = $("[data-duplicates-here]", form);
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  const response = await send(form.dataset.duplicates, { method: "POST", body });
  if (response?.ok && place) fill(place, await response.text());
});
on("input", "form[data-duplicates]", (event, form) => ask(form));

// Forms that stay on their page: the answer replaces the form, or says where to go.
on("submit", "form[data-fetch]", async (event, form) => {
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const response = await send(form.action, { method: "POST", body: new FormData(form, event.submitter) });
  delete form.dataset.busy;
  if (!response) return;
  if (response.status === 422) {
    replace(form, await response.text());
    return;
  }
  if (!response.ok) {
    say("failed");
    return;
  }
  form.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
  form.closest("dialog")?.close();
  if (obey(response)) return;
  const markup = response.status === 204 ? "" : await response.text();
  if (markup.trim()) replace(form, markup);
  else form.reset();
  document.body.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
});

function replace(form, markup) {
  const drawn = parse(markup);
  form.replaceWith(drawn);
  window.htmx?.process(drawn);
  document.dispatchEvent(new CustomEvent("filled", { detail: drawn }));
  $("[role=alert]", drawn)?.scrollIntoView({ block: "nearest" });
  $("textarea, .bad input", drawn)?.focus();
}

$("[data-focus]")?.focus();
if (!$("[data-focus]")) $(".formpage[data-draft] .fgrid input:not([type=hidden]):not([readonly]), .formpage[data-draft] .fgrid select")?.focus({ preventScroll: true });
