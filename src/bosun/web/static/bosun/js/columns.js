// Lists put in order by dragging, by buttons, or by Alt with the arrows: columns, options.
import { $, $$, make, on, word } from "./lib.js";

let dragged = null;
const said = make("div", { className: "vh", role: "status", "aria-live": "polite" });
document.body.append(said);

const movable = (list) => [...list.children].filter((each) => each.draggable);

function shift(row, step) {
  const rows = movable(row.parentElement);
  const at = rows.indexOf(row) + step;
  if (at < 0 || at >= rows.length) return;
  if (step > 0) rows[at].after(row);
  else rows[at].before(row);
  said.textContent = word("moved", { name: $(".cut", row)?.textContent ?? "", n: at + 1, of: rows.length });
  row.dispatchEvent(new Event("change", { bubbles: true }));
}

on("click", "[data-sortable] [data-move]", (event, button) => {
  shift(button.closest("li"), Number(button.dataset.move));
  button.focus();
});
on("keydown", "[data-sortable] li[draggable=true]", (event, row) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!event.altKey || !step) return;
  const at = document.activeElement;
  shift(row, step);
  at.focus();
  event.preventDefault();
});
on("dragstart", "[data-sortable] li[draggable=true]", (event, row) => {
  dragged = row;
  row.classList.add("drag");
  event.dataTransfer.effectAllowed = "move";
});
on("dragover", "[data-sortable] li[draggable=true]", (event, row) => {
  if (!dragged || row.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  for (const each of $$("li.over", row.parentElement)) each.classList.toggle("over", each === row);
  row.classList.toggle("over", row !== dragged);
});
on("drop", "[data-sortable] li[draggable=true]", (event, row) => {
  if (!dragged || row === dragged || row.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  const rows = movable(row.parentElement);
  if (rows.indexOf(dragged) < rows.indexOf(row)) row.after(dragged);
  else row.before(dragged);
  row.dispatchEvent(new Event("change", { bubbles: true }));
});
on("dragend", "[data-sortable] li", (event, row) => {
  for (const each of $$("li", row.parentElement)) each.classList.remove("over", "drag");
  dragged = null;
});

class ColumnChooser extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", () => this.keep());
    this.keep();
  }

  keep() {
    const chosen = $$("li", this).filter((row) => $("input", row).checked).map((row) => row.dataset.name);
    $("input[name=columns]", this).value = chosen.join(",");
  }
}
customElements.define("column-chooser", ColumnChooser);
