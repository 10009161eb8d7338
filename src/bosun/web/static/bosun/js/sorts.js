// Sorting by up to four levels: <sort-levels data-fields data-sort>.
import { $, $$, icon, make, unique, word } from "./lib.js";

const MOST = 4;

class SortLevels extends HTMLElement {
  connectedCallback() {
    if (this.fields) return;
    this.fields = JSON.parse(this.dataset.fields);
    this.held = $("input[name=sort]", this);
    this.add = make("button", { className: "btn ghost", type: "button" }, icon("plus", "s"), word("addLevel"));
    this.add.addEventListener("click", () => {
      this.level(this.unused() ?? this.fields[0].name, false);
      this.keep();
      $$("select", this).at(-1).focus();
    });
    this.append(make("div", {}, this.add));
    const sort = this.dataset.sort.split(",").filter(Boolean);
    for (const each of sort.length ? sort : [this.fields[0].name]) this.level(each.replace(/^-/, ""), each.startsWith("-"));
    this.addEventListener("change", () => this.keep());
    this.keep();
  }

  unused() {
    const used = new Set($$("select", this).map((each) => each.value));
    return this.fields.find((each) => !used.has(each.name))?.name;
  }

  level(name, down) {
    const field = make("select", { className: "inp", "aria-label": word("field") }, ...this.fields.map((each) => make("option", { value: each.name, textContent: each.label, selected: each.name === name })));
    const group = unique("direction");
    const way = (value, icon_, label, on) => make("label", {}, make("input", { type: "radio", name: group, value, checked: on }), icon(icon_, "s"), label);
    const seg = make("div", { className: "seg lg", role: "radiogroup" }, way("", "arrow-up", word("sortUp"), !down), way("-", "arrow-down", word("sortDown"), down));
    const off = make("button", { className: "iconbtn sm", type: "button", "aria-label": word("remove") }, icon("x", "s"));
    const row = make("div", { className: "level" }, make("span", { className: "f" }), field, seg, off);
    off.addEventListener("click", () => {
      row.remove();
      this.keep();
    });
    this.add.parentElement.before(row);
  }

  keep() {
    const rows = $$(".level", this);
    rows.forEach((row, index) => { row.firstElementChild.textContent = String(index + 1); });
    this.held.value = rows.map((row) => $("input:checked", row).value + $("select", row).value).join(",");
    for (const input of $$("input[type=radio]", this)) input.setAttribute("form", "");
    this.add.hidden = rows.length >= MOST;
  }
}
customElements.define("sort-levels", SortLevels);
