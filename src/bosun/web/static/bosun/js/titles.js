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
on("pointerover", ".cut, td, .grid th, dd, .chip", (event, part) => {
  const cut = part.scrollWidth > part.clientWidth && !part.closest("[title], .editing");
  if (cut) part.title = part.textContent.trim();
});

document.addEventListener("filled", count);
count();
