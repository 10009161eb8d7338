// The tab's title counts what waits; after midnight the words for days are drawn anew; what is cut off is told on hover.
import { $, on } from "./lib.js";

const plain = document.title;
const opened = new Date().toDateString();

export function count() {
  const waiting = Number($("[data-title-count]")?.dataset.titleCount ?? 0);
  document.title = waiting ? `(${waiting}) ${plain}` : plain;
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && new Date().toDateString() !== opened && !$("form[data-dirty], dialog[open]")) location.reload();
});
const CUT = ".cut, .chip, .chipset, td, .grid th, dd";
on("pointerover", CUT, (event, part) => {
  for (let each = part; each; each = each.parentElement?.closest(CUT)) {
    if (each.closest("[title], .editing")) return;
    if (each.scrollWidth > each.clientWidth) each.title = each.innerText.trim().replace(/\s*\n\s*/g, ", ");
  }
});

document.addEventListener("filled", count);
count();
