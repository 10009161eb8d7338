// The console of automation: a list that was put in order is kept at once.
import { $$, on } from "./lib.js";

on("change", "form[data-order]", (event, form) => {
  if (event.target.matches("li")) form.requestSubmit();
});

// What is about to be drawn anew takes no more input, which would be lost; what was used last keeps the focus.
const REDRAWN = { "#rule-body": ".rulepart, .fold", "#rule-do": "#rule-do > *" };

function hold(used) {
  const parts = REDRAWN[used.getAttribute("hx-target")];
  if (!parts) return;
  for (const part of $$(parts, used.closest("form"))) part.inert = !part.contains(used);
}

on("change", ".rulepanel select[hx-target]", (event, select) => hold(select));
on("htmx:beforeRequest", ".rulepanel [hx-target]", (event, used) => hold(used));
on("htmx:afterRequest", ".rulepanel", (event, panel) => {
  if (event.detail.target.id in { "rule-body": 1, "rule-do": 1 }) for (const part of $$("[inert]", panel)) part.inert = false;
});

// What a rehearsal found is brought into sight.
on("htmx:afterSettle", "#rule-rehearsal", (event, found) => found.scrollIntoView({ block: "start" }));
