// Writing down what happened: the kind sets the button's words, a verb opens the composer on its kind.
import { $, $$, on } from "./lib.js";

function label(form) {
  const kind = $("input[name=kind]:checked", form);
  const button = $("[data-save-label]", form);
  if (kind && button) button.textContent = kind.dataset.save;
}

function showNext(form, shown) {
  $("[data-next]", form).hidden = !shown;
  $("[data-next-on]", form).hidden = shown;
  if (shown) $("[name=next_step]", form).focus();
  else for (const field of $$("[data-next] input", form)) field.value = "";
}

on("change", "[data-composer] input[name=kind]", (event, input) => label(input.form));
on("click", "[data-next-on]", (event, button) => showNext(button.form, true));
on("click", "[data-next-off]", (event, button) => showNext(button.form, false));
// A promise without a day would come back to nobody.
on("input", "[data-composer] [name=next_step]", (event, step) => {
  if (step.value.trim() && !$("[name=next_date]", step.form).value) $("[data-next] [data-days='7']", step.form)?.click();
});
on("click", "[data-days]", (event, button) => {
  const field = $("input[type=date]", button.closest("[data-next], .fld"));
  const day = new Date();
  const ahead = Number(button.dataset.days);
  day.setDate(day.getDate() + ahead);
  if (ahead > 7 && day.getDay() % 6 === 0) day.setDate(day.getDate() + (day.getDay() ? 2 : 1));
  field.value = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
on("change", "[data-composer] input[type=file]", (event, input) => {
  const says = $("[data-files-say]", input.form);
  if (input.files.length) says.textContent = [...input.files].map((file) => file.name).join(", ");
});
on("click", "[data-composer] .seg label", (event, choice) => {
  const input = $("input", choice);
  if (event.target === input && input.dataset.was) {
    input.checked = false;
    delete input.dataset.was;
  } else if (event.target === input) {
    for (const each of $$("input", choice.parentElement)) delete each.dataset.was;
    input.dataset.was = "1";
  }
});

// On a phone the composer is a sheet that comes from below.
const phone = matchMedia("(max-width: 760px)");
function dress() {
  const form = $("#page [data-composer]");
  if (!form) return;
  if (phone.matches) {
    form.popover = "auto";
    if ($("[role=alert]", form) && !form.matches(":popover-open")) form.showPopover();
  } else form.removeAttribute("popover");
}
phone.addEventListener("change", dress);
document.addEventListener("filled", dress);
on("saved", "[data-composer][popover]", (event, form) => form.hidePopover());
dress();

on("click", "[data-compose]", (event, button) => {
  const form = $("#page [data-composer]");
  if (!form) return;
  const tab = $("[data-show=timeline]");
  tab?.click();
  const kind = $(`input[name=kind][value="${CSS.escape(button.dataset.compose)}"]`, form);
  if (kind) kind.checked = true;
  label(form);
  if (form.popover) form.showPopover();
  if (button.hasAttribute("data-compose-next")) showNext(form, true);
  else $("textarea", form).focus();
  form.scrollIntoView({ block: "nearest" });
});

// What came back from a draft may have a next step.
on("input", "[data-composer]", (event, form) => {
  if ($$("[data-next] input", form).some((field) => field.value)) {
    $("[data-next]", form).hidden = false;
    $("[data-next-on]", form).hidden = true;
  }
  label(form);
});
