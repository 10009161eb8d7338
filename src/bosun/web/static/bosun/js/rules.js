// The console of automation: a list that was put in order is kept at once.
import { on } from "./lib.js";

on("change", "form[data-order]", (event, form) => {
  if (event.target.matches("li")) form.requestSubmit();
});

// What a rehearsal found is brought into sight.
on("htmx:afterSettle", "#rule-rehearsal", (event, found) => found.scrollIntoView({ block: "start" }));
