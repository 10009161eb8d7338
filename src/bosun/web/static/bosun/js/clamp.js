// What somebody wrote at length is shown in part, with a button for the rest.
import { $$, make, on, word } from "./lib.js";

function shorten() {
  for (const text of $$(".tl .bd.said:not([data-clamped])")) {
    if (text.scrollHeight <= text.clientHeight + 1) continue;
    text.dataset.clamped = "";
    text.after(make("button", { type: "button", className: "link small", "data-unclamp": true, textContent: word("showAll") }));
  }
}

on("click", "[data-unclamp]", (event, button) => {
  button.previousElementSibling.classList.add("whole");
  button.remove();
});
document.addEventListener("filled", shorten);
shorten();
