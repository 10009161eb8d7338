// Editing a cell or a fact where it stands: Enter saves, Tab saves and goes on, Esc puts back.
import { $, $$, on } from "./lib.js";
import { fill, obey, parse, say, send } from "./net.js";
import { showInDialog } from "./overlay.js";

const before = new WeakMap();

/** Opens the editor of a cell that says where it is edited. */
export async function edit(cell) {
  if (cell.classList.contains("editing")) return;
  const response = await send(cell.dataset.edit);
  if (!response) return;
  if (!response.ok) {
    say("failed");
    return;
  }
  before.set(cell, [...cell.childNodes]);
  open(cell, await response.text());
}

function open(cell, markup) {
  cell.classList.add("editing");
  fill(cell, markup);
  const input = $("input:not([type=hidden]), select, textarea", cell);
  input?.focus();
  if (input?.select && input.type !== "checkbox") input.select();
}

function back(cell) {
  cell.replaceChildren(...(before.get(cell) ?? []));
  cell.classList.remove("editing");
}

function neighbour(cell, step) {
  const all = $$("[data-edit]", cell.closest("[data-grid]"));
  return all[all.indexOf(cell) + step] ?? null;
}

async function save(form, then = null) {
  const cell = form.closest("[data-edit]");
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const response = await send(form.action, { method: "POST", body: new FormData(form) });
  delete form.dataset.busy;
  if (!response) return;
  const markup = await response.text();
  if (response.status === 422) open(cell, markup);
  else if (response.status === 409) {
    back(cell);
    showInDialog(markup);
  } else if (!response.ok) say("failed");
  else settle(cell, response, markup, then);
}

function settle(cell, response, markup, then) {
  const drawn = markup ? fragment(markup, cell) : null;
  const row = cell.closest("[data-row]");
  if (drawn?.matches("tr") && row) row.replaceWith(drawn);
  else if (drawn) cell.replaceWith(drawn);
  else back(cell);
  if (drawn) window.htmx?.process(drawn);
  document.dispatchEvent(new CustomEvent("filled", { detail: drawn }));
  if (obey(response)) return;
  document.body.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
  const next = then && !then.isConnected && drawn ? $(`[data-name="${then.dataset.name}"][data-edit]`, drawn) : then;
  if (next) edit(next);
  else $("[data-open], .pen", drawn ?? cell)?.focus();
}

/** Cells and rows are only parsed inside a table. */
function fragment(markup, cell) {
  if (cell.matches("dd")) return parse(markup);
  const holder = document.createElement("template");
  holder.innerHTML = `<table><tbody>${/^\s*<tr/.test(markup) ? markup : `<tr>${markup}</tr>`}</tbody></table>`;
  return /^\s*<tr/.test(markup) ? $("tr", holder.content) : $("td", holder.content);
}

on("dblclick", "td[data-edit]", (event, cell) => edit(cell));
on("click", "td[data-edit]", (event, cell) => {
  if (!event.target.closest("a, button, input") && getSelection().isCollapsed) edit(cell);
});
on("click", "dd[data-edit]", (event, cell) => {
  if (event.target.closest(".pen") || (!event.target.closest("a, button, form, label") && getSelection().isCollapsed)) edit(cell);
});
on("submit", "form[data-cell-form]", (event, form) => {
  event.preventDefault();
  save(form);
});
on("keydown", "form[data-cell-form]", (event, form) => {
  const cell = form.closest("[data-edit]");
  const choosing = event.target.getAttribute("aria-expanded") === "true";
  if (event.key === "Escape" && !choosing) back(cell);
  else if (event.key === "Tab") save(form, neighbour(cell, event.shiftKey ? -1 : 1));
  else if (event.key === "Enter" && !choosing && (!event.target.matches("textarea") || event.ctrlKey)) save(form);
  else return;
  event.preventDefault();
  event.stopPropagation();
});
on("focusout", "form[data-cell-form]", (event, form) => {
  setTimeout(() => {
    const still = form.isConnected && !form.contains(document.activeElement) && document.hasFocus() && !form.dataset.busy;
    if (still && !$(".choices:popover-open")) {
      if (form.dataset.touched) save(form);
      else back(form.closest("[data-edit]"));
    }
  }, 120);
});
on("input", "form[data-cell-form]", (event, form) => { form.dataset.touched = "1"; });
on("change", "form[data-cell-form] select", (event, select) => save(select.form));
on("change", "form[data-cell-form] input[type=file]", (event, input) => save(input.form));
on("change", "form[data-cell-form] ref-picker", (event, picker) => save(picker.closest("form")));
