// Light, dark or as the system; the folded sidebar. Seen at once, kept by the server.
import { $, $$, on } from "./lib.js";
import { send } from "./net.js";

function keep(url, name, value) {
  if (!url) return;
  const body = new URLSearchParams({ [name]: value });
  send(url, { method: "POST", body });
}

on("click", "[data-theme-is]", (event, button) => {
  const theme = button.dataset.themeIs;
  document.documentElement.dataset.theme = theme;
  for (const each of $$("[data-theme-is]")) each.setAttribute("aria-pressed", String(each === button));
  keep(button.closest("[data-themes]").dataset.url, "theme", theme);
});

on("click", "[data-fold]", (event, button) => {
  const root = document.documentElement;
  const folded = root.dataset.side !== "folded";
  if (folded) root.dataset.side = "folded";
  else delete root.dataset.side;
  button.setAttribute("aria-expanded", String(!folded));
  keep(button.dataset.url, "side", folded ? "folded" : "open");
});

on("click", "[data-peek-password]", (event, button) => {
  const input = $("input", button.parentElement);
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
});

// The tabs of a record on a phone.
on("click", "[data-show]", (event, tab) => {
  tab.closest("[data-tab]").dataset.tab = tab.dataset.show;
  for (const each of $$("[data-show]", tab.parentElement)) each.setAttribute("aria-selected", String(each === tab));
});

document.addEventListener("scroll", (event) => {
  if (event.target instanceof Element && event.target.matches(".tablewrap")) {
    event.target.classList.toggle("scrolled", event.target.scrollLeft > 0);
  }
}, true);
