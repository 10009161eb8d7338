// Lines of a checklist are ticked where they stand; D does what stands in the current row.
import { $, isTyping, on } from "./lib.js";
import { csrf, say } from "./net.js";
import { current } from "./walk.js";

on("change", "[data-tick]", async (event, box) => {
  const body = JSON.stringify({ line: Number(box.dataset.line), done: box.checked });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf() };
  box.setAttribute("aria-busy", "true");
  const response = await fetch(`/api/v1/${box.dataset.tick}/verbs/tick`, { method: "POST", body, headers }).catch(() => null);
  box.removeAttribute("aria-busy");
  if (response?.ok) return;
  box.checked = !box.checked;
  say(response ? "failed" : "offline");
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "d" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || $("dialog[open]") || $(".menu:popover-open")) return;
  const box = current() && $("[data-done]:not([disabled])", current());
  if (!box) return;
  box.click();
  event.preventDefault();
});

// A letter in the menu of what can be made takes its entry: C, then T for a task.
document.addEventListener("keydown", (event) => {
  const menu = $("#create-menu:popover-open");
  if (!menu || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
  const letter = event.key.toLocaleLowerCase();
  const fitting = [...menu.querySelectorAll("a")].filter((each) => each.textContent.trim().toLocaleLowerCase().startsWith(letter));
  if (fitting.length === 1) fitting[0].click();
  else fitting[(fitting.indexOf(document.activeElement) + 1) % fitting.length]?.focus();
  if (fitting.length) event.preventDefault();
});
