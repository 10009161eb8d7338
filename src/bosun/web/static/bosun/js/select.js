// Ticking rows: the bulk bar, X, Shift for a range, and “all that match”.
import { $, $$, isTyping, on, word } from "./lib.js";
import { current } from "./walk.js";

let last = null;
let everything = false;

const boxes = () => $$("[data-pick]");
const ticked = () => boxes().filter((box) => box.checked);

export function refresh() {
  const bar = $("#bulk");
  if (!bar) return;
  const chosen = ticked();
  for (const box of boxes()) {
    const row = box.closest("[data-row]");
    if (box.checked) row.setAttribute("aria-selected", "true");
    else row.removeAttribute("aria-selected");
  }
  if (chosen.length < boxes().length) everything = false;
  const all = $("[data-select-all]");
  if (all) {
    all.checked = chosen.length > 0 && chosen.length === boxes().length;
    all.indeterminate = chosen.length > 0 && !all.checked;
  }
  bar.hidden = chosen.length === 0;
  const count = everything ? bar.dataset.total : String(chosen.length);
  $("[data-selected-count]", bar).textContent = word(everything ? "selectedAll" : "selected", { n: count });
  const more = $("[data-select-everything]", bar);
  if (more) more.hidden = everything || !all?.checked || $(".morerow") === null;
  bar.dataset.chosen = JSON.stringify(everything ? { all: 1, filter: bar.dataset.filter } : { ids: chosen.map((box) => box.value).join(",") });
}

on("click", "[data-pick]", (event, box) => {
  const all = boxes();
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const each of all.slice(from, to + 1)) each.checked = box.checked;
  }
  last = box;
  refresh();
});
on("click", "[data-select-all]", (event, box) => {
  for (const each of boxes()) each.checked = box.checked;
  refresh();
});
on("click", "[data-select-everything]", () => {
  everything = true;
  refresh();
});
function none() {
  everything = false;
  for (const box of boxes()) box.checked = false;
  refresh();
}
on("click", "[data-select-none]", none);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || isTyping(event.target) || $("dialog[open]")) return;
  if (event.key.toLowerCase() === "x" && current()) {
    const box = $("[data-pick]", current());
    if (!box) return;
    box.checked = !box.checked;
    last = box;
    refresh();
    event.preventDefault();
  } else if (event.key === "Escape" && !event.defaultPrevented && ticked().length) none();
});
document.addEventListener("filled", refresh);
refresh();
