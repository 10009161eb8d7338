// Walking through rows: J and K, Space peeks in the side panel, Enter opens.
import { $, $$, isTyping, on } from "./lib.js";
import { fill, say, send } from "./net.js";

const SKELETON_AFTER = 400;
let wanted = 0;

const rows = () => $$("[data-walk] [data-row]");
export const current = () => $("[data-walk] [data-row].cur");

export function stand(row, focus = true) {
  for (const each of $$("[data-row].cur")) each.classList.remove("cur");
  row.classList.add("cur");
  const wrap = row.closest(".tablewrap");
  const left = wrap?.scrollLeft;
  row.scrollIntoView({ block: "nearest" });
  // A row is wider than its window: only up and down.
  if (wrap) wrap.scrollLeft = left;
  if (focus) $("[data-open]", row)?.focus({ preventScroll: true });
}

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  stand(next);
  if (isPeeking()) peek(next);
}

const isPeeking = () => $("#panel") !== null && !$("#panel").hidden;

/** Shows a row's record in the side panel. */
export async function peek(row) {
  const panel = $("#panel");
  if (!panel || !row.dataset.peek) return;
  const mine = (wanted += 1);
  panel.hidden = false;
  $("#list").classList.add("peeking");
  const waiting = setTimeout(() => {
    const pattern = $("#panel-waiting");
    if (pattern && mine === wanted) panel.replaceChildren(pattern.content.cloneNode(true));
  }, SKELETON_AFTER);
  const response = await send(row.dataset.peek);
  clearTimeout(waiting);
  if (mine !== wanted) return;
  if (!response?.ok) {
    if (response) say("failed");
    closePanel();
    return;
  }
  fill(panel, await response.text());
  position(panel, row);
}

function position(panel, row) {
  const place = $("[data-position]", panel);
  const all = rows();
  if (place && !place.textContent.trim()) place.textContent = `${all.indexOf(row) + 1} / ${all.length}`;
}

export function closePanel() {
  wanted += 1;
  $("#panel").hidden = true;
  $("#list").classList.remove("peeking");
  if (current()) stand(current());
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || $("dialog[open]") || !$("[data-walk]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "j") walk(1);
  else if (key === "k") walk(-1);
  else if (key === " " && current() && !event.target.closest("button, input, summary")) {
    if (isPeeking()) closePanel();
    else peek(current());
  } else if (key === "Enter" && current() && event.target === document.body) location.assign(current().dataset.href);
  else if (key === "e" && current()?.dataset.href) location.assign(`${current().dataset.href}/edit`);
  else if (key === "Escape" && isPeeking()) closePanel();
  else return;
  event.preventDefault();
});

on("click", "[data-panel-close]", closePanel);
on("click", "[data-walk-by]", (event, button) => walk(Number(button.dataset.walkBy)));
on("focusin", "[data-walk] [data-row]", (event, row) => stand(row, false));
