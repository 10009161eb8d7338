// The columns of an import: a column that goes elsewhere asks other questions, so the form is drawn anew around it.
import { $, on } from "./lib.js";
import { send } from "./net.js";

on("change", "[data-redraws] [data-redraw]", async (event, select) => {
  const form = select.form;
  const body = new FormData(form);
  body.set("do", "redraw");
  const response = await send(form.action, { method: "POST", body });
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = $(`#${form.id}`, page);
  if (!fresh) return;
  form.replaceWith(fresh);
  document.dispatchEvent(new CustomEvent("filled", { detail: fresh }));
  $(`[name="${select.name}"]`, fresh)?.focus();
});
