// The console of automation: a list that was put in order is kept at once.
import { on } from "./lib.js";

on("change", "form[data-order]", (event, form) => {
  if (event.target.matches("li")) form.requestSubmit();
});
