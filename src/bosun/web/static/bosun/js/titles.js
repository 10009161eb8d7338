// The tab's title counts what waits; after midnight the words for days are drawn anew.
import { $ } from "./lib.js";

const plain = document.title;
const opened = new Date().toDateString();

export function count() {
  const waiting = Number($("[data-title-count]")?.dataset.titleCount ?? 0);
  document.title = waiting ? `(${waiting}) ${plain}` : plain;
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && new Date().toDateString() !== opened && !$("form[data-dirty], dialog[open]")) location.reload();
});
document.addEventListener("filled", count);
count();
