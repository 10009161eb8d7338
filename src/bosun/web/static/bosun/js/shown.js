// Fields that show only when a condition on other fields holds; the same tree that the server uses.
import { $, $$, on } from "./lib.js";

function valueOf(form, name) {
  const fields = $$(`[name="${CSS.escape(name)}"]`, form);
  if (!fields.length) return undefined;
  const ticks = fields.filter((field) => field.type === "checkbox" || field.type === "radio");
  if (!ticks.length) return fields.length > 1 ? fields.map((field) => field.value) : fields[0].value;
  const on = ticks.filter((field) => field.checked).map((field) => field.value);
  return ticks.length === 1 ? (on.length ? "true" : "false") : on;
}

const plain = (value) => (value === true ? "true" : value === false ? "false" : String(value ?? ""));
const blank = (value) => (Array.isArray(value) ? value.length === 0 : plain(value) === "");
const number = (value) => Number(plain(value).replace(",", "."));
const list = (value) => (Array.isArray(value) ? value.map(plain) : plain(value).split(",").map((part) => part.trim()));

const TESTS = {
  is: (has, wanted) => (Array.isArray(has) ? has.includes(plain(wanted)) : plain(has) === plain(wanted)),
  in: (has, wanted) => list(wanted).some((each) => (Array.isArray(has) ? has.includes(each) : plain(has) === each)),
  contains: (has, wanted) => plain(has).toLowerCase().includes(plain(wanted).toLowerCase()),
  starts: (has, wanted) => plain(has).toLowerCase().startsWith(plain(wanted).toLowerCase()),
  lt: (has, wanted) => !blank(has) && number(has) < number(wanted),
  lte: (has, wanted) => !blank(has) && number(has) <= number(wanted),
  gt: (has, wanted) => !blank(has) && number(has) > number(wanted),
  gte: (has, wanted) => !blank(has) && number(has) >= number(wanted),
  empty: (has) => blank(has),
  filled: (has) => !blank(has),
};
TESTS.is_not = (has, wanted) => !TESTS.is(has, wanted);
TESTS.not_in = (has, wanted) => !TESTS.in(has, wanted);

/** Whether a condition holds; a field that is not on the form, or a test that only the server knows, counts as true. */
export function holds(tree, form) {
  if (tree.all) return tree.all.every((each) => holds(each, form));
  if (tree.any) return tree.any.some((each) => holds(each, form));
  if (tree.none) return !tree.none.some((each) => holds(each, form));
  const has = valueOf(form, tree.field);
  const test = TESTS[tree.op];
  return has === undefined || !test ? true : test(has, tree.value);
}

function settle(form) {
  for (const part of $$("[data-shown-when]", form)) {
    const shown = holds(JSON.parse(part.dataset.shownWhen), form);
    part.hidden = !shown;
    for (const field of $$("input, select, textarea", part)) field.disabled = !shown;
  }
}

for (const type of ["input", "change"]) on(type, "form", (event, form) => settle(form));
const start = () => $$("form").filter((form) => $("[data-shown-when]", form)).forEach(settle);
document.addEventListener("filled", start);
start();
