// Settings: copying what is shown once, a colour of one's own, and selects that fade while they give nothing.
import { on, word } from "./lib.js";

on("click", "[data-copy]", async (event, button) => {
  await navigator.clipboard.writeText(button.dataset.copy);
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: word("copied") } }));
});

on("input", "[data-checks]", (event, input) => {
  const radio = input.closest("label").querySelector("input[type=radio]");
  radio.checked = true;
});

on("change", "select[data-level]", (event, select) => { select.dataset.level = select.value; });

// On a phone the places stand in one line: the one that is open is brought into sight.
document.querySelector(".set > .ent [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
