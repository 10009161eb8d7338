// Ctrl+K: go to, create, run a verb on this record or on the ticked rows.
import { $, $$, debounce, icon, make, unique, word } from "./lib.js";
import { ask } from "./net.js";
import { loadDialog, openDialog, postVerb } from "./overlay.js";

const dialog = $("#palette");
let asked = null;

export function openPalette() {
  if (!dialog || dialog.open) return;
  const input = $("input", dialog);
  input.value = "";
  openDialog(dialog);
  input.focus();
  search("");
}

async function search(query) {
  asked?.abort();
  asked = new AbortController();
  const url = new URL(dialog.dataset.url, location.href);
  url.searchParams.set("q", query);
  const on = $("#page [data-record]")?.dataset.record;
  if (on) url.searchParams.set("on", on);
  const chosen = JSON.parse($("#bulk")?.dataset.chosen ?? "{}");
  if (chosen.ids) url.searchParams.set("ids", chosen.ids);
  if (chosen.ids) url.searchParams.set("of", $("#bulk").dataset.entity);
  const found = await ask(url, asked.signal);
  if (found) draw(found.groups ?? []);
}

function draw(groups) {
  const found = $(".found", dialog);
  found.replaceChildren();
  for (const group of groups.filter((each) => each.items.length)) {
    const heading = make("div", { className: "group", id: unique("group"), textContent: group.label });
    const box = make("div", { role: "group", "aria-labelledby": heading.id }, heading);
    for (const item of group.items) box.append(option(item));
    found.append(box);
  }
  const first = $("[role=option]", found);
  if (first) choose(first);
  else {
    found.append(make("div", { className: "nothing", textContent: word("nothing") }));
    $("input", dialog).removeAttribute("aria-activedescendant");
  }
}

function option(item) {
  const row = make("div", { role: "option", id: unique("option"), "aria-selected": "false" }, icon(item.icon ?? "arrow-right"), make("span", { className: "cut", textContent: item.label }));
  if (item.hint) row.append(make("span", { className: item.post ? "hint whole" : "hint", textContent: item.hint }));
  row.item = item;
  return row;
}

function choose(row) {
  for (const each of $$("[role=option]", dialog)) each.setAttribute("aria-selected", String(each === row));
  $("input", dialog).setAttribute("aria-activedescendant", row.id);
  row.scrollIntoView({ block: "nearest" });
}

function run(item, aside) {
  dialog.close();
  if (item.url && aside) window.open(item.url, "_blank", "noopener");
  else if (item.url) location.assign(item.url);
  else if (item.dialog) loadDialog(item.dialog);
  else if (item.post) postVerb(item.post);
}

if (dialog) {
  const later = debounce(120, search);
  $("input", dialog).addEventListener("input", (event) => later(event.target.value.trim()));
  dialog.addEventListener("keydown", (event) => {
    const rows = $$("[role=option]", dialog);
    const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && rows.length) choose(rows[(at + step + rows.length) % rows.length]);
    else if (event.key === "Enter" && rows[at]) run(rows[at].item, event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) run(row.item, event.ctrlKey || event.metaKey);
  });
  dialog.addEventListener("pointermove", (event) => {
    const row = event.target.closest("[role=option]");
    if (row && row.getAttribute("aria-selected") !== "true") choose(row);
  });
}

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-opens=palette]")) {
    event.preventDefault();
    event.stopPropagation();
    openPalette();
  }
}, true);
