// Nested conditions: <filter-builder data-fields data-ops data-tree data-over>. Keeps the tree as JSON in its hidden input.
// With data-keep-halves a row without its value is in that tree, too, marked `half`.
// A field with `over` counts or sums related records: its row holds a builder of its own, of which of them count.
import { $, $$, icon, make, word } from "./lib.js";
import { makePicker } from "./picker.js";

const GROUPS = ["all", "any", "none"];
const WITHOUT_VALUE = new Set(["empty", "filled", "changed"]);
const PERIODS = ["day", "week", "month", "quarter", "year"];
const DEEPEST = 3;

const option = (value, label, selected) => make("option", { value, textContent: label, selected });
const select = (label, options) => make("select", { className: "inp", "aria-label": label }, ...options);

class FilterBuilder extends HTMLElement {
  connectedCallback() {
    if (this.fields) return;
    this.fields = JSON.parse(this.dataset.fields);
    this.ops = JSON.parse(this.dataset.ops);
    this.over = JSON.parse(this.dataset.over || "{}");
    this.held = $(":scope > input[type=hidden]", this);
    const tree = JSON.parse(this.dataset.tree || "{}");
    const root = GROUPS.some((key) => tree[key]) ? tree : { all: tree.field ? [tree] : [] };
    this.append(this.group(root, 0));
    if (!$(".fbrow", this) && !("mayBeEmpty" in this.dataset)) this.root.querySelector("[data-add=row]").click();
    for (const type of ["input", "change"]) this.addEventListener(type, () => this.keep());
    this.keep();
  }

  get root() {
    return $(".fbgroup", this);
  }

  keep() {
    const tree = this.read(this.root);
    this.held.value = tree ? JSON.stringify(tree) : "";
  }

  get where() {
    return this.root && this.read(this.root);
  }

  tell() {
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  group(tree, depth) {
    const key = GROUPS.find((each) => tree[each]) ?? "all";
    const kind = select(word("comparison"), GROUPS.map((each) => option(each, word(each), each === key)));
    kind.classList.add("bare");
    const head = make("div", { className: "fbhead" }, kind);
    const rows = make("div", { className: "fb" });
    const box = make("div", { className: "fbgroup" }, head, rows, this.adders(rows, depth));
    if (depth) head.append(this.off(box));
    for (const each of tree[key] ?? []) rows.append(this.part(each, depth));
    return box;
  }

  part(each, depth) {
    const known = each.field && (!each.says || this.fields.some((field) => field.name === each.field));
    return known ? this.row(each) : each.says ? this.fixed(each) : this.group(each, depth + 1);
  }

  adders(rows, depth) {
    const add = (name, make_) => {
      const button = make("button", { className: "btn ghost", type: "button", "data-add": name }, icon("plus", "s"), word(name === "group" ? "addGroup" : this.dataset.adds === "which" ? "addWhich" : "addCondition"));
      button.addEventListener("click", () => {
        const made = make_();
        rows.append(made);
        $("select", made).focus();
        this.tell();
      });
      return button;
    };
    const first = () => this.row({ field: this.fields[0].name });
    const bar = make("div", { className: "fbadd" }, add("row", first));
    if (depth < DEEPEST) bar.append(add("group", () => this.group({ any: [{ field: this.fields[0].name }] }, depth + 1)));
    return bar;
  }

  off(box) {
    const button = make("button", { className: "iconbtn sm", type: "button", "aria-label": word("remove") }, icon("x", "s"));
    button.addEventListener("click", () => {
      box.remove();
      this.tell();
    });
    return button;
  }

  row(leaf) {
    const chosen = this.fields.find((each) => each.name === leaf.field) ?? this.fields[0];
    const field = select(word("field"), this.offered(chosen));
    const row = make("div", { className: "fbrow" }, field, make("span"), make("span"));
    row.append(this.off(row));
    this.fill(row, chosen, leaf);
    if (leaf.wrong) this.refuse(row, leaf.wrong);
    field.addEventListener("change", () => this.fill(row, this.fields.find((each) => each.name === field.value), {}));
    return row;
  }

  /** The fields under headings: those of the record itself first, without one. */
  offered(chosen) {
    const groups = new Map();
    for (const each of this.fields) {
      const made = option(each.name, each.label, each === chosen);
      groups.set(each.group ?? "", [...(groups.get(each.group ?? "") ?? []), made]);
    }
    return [...groups].flatMap(([label, made]) => (label ? make("optgroup", { label }, ...made) : made));
  }

  /** Says at a row what is wrong with it, until something in it changes. */
  refuse(row, said) {
    const told = make("div", { className: "err", role: "alert" }, icon("alert-circle"), make("span", { textContent: said }));
    row.append(told);
    for (const type of ["input", "change"]) row.addEventListener(type, () => told.remove(), { once: true });
    requestAnimationFrame(() => row.scrollIntoView({ block: "nearest" }));
  }

  /** Which of the related records count: a builder of their fields. */
  which(field, tree) {
    const inner = make("filter-builder", { className: "fb which" }, make("input", { type: "hidden" }));
    if ("keepHalves" in this.dataset) inner.dataset.keepHalves = "";
    Object.assign(inner.dataset, { mayBeEmpty: "", fields: JSON.stringify(this.over[field.over]), ops: this.dataset.ops, tree: JSON.stringify(tree ?? {}), adds: "which" });
    return inner;
  }

  /** A comparison that has no inputs here: it is kept as it is, and can be taken off. */
  fixed({ says, field, worded, ...leaf }) {
    const row = make("div", { className: "fbrow fixed" }, make("span", { textContent: says }));
    row.leaf = leaf;
    row.append(this.off(row));
    return row;
  }

  fill(row, field, leaf) {
    const op = select(word("comparison"), field.ops.map((each) => option(each, field.words?.[each] ?? this.ops[each] ?? each, each === leaf.op)));
    const draw = (value) => row.children[2].replaceWith(this.value(field, op.value, value, leaf.words));
    op.addEventListener("change", () => draw(undefined));
    row.children[1].replaceWith(op);
    draw(leaf.value);
    $(":scope > .which", row)?.remove();
    if (field.over) row.append(this.which(field, leaf.worded));
  }

  value(field, op, value, words) {
    if (WITHOUT_VALUE.has(op)) return make("span");
    if (op === "this") return this.closed(PERIODS.map((each) => [each, word(`period${each[0].toUpperCase()}${each.slice(1)}`)]), value);
    if (op === "last_days" || op === "next_days") return make("span", { className: "pair" }, this.input("text", value ?? 7, "numeric"), word("days"));
    if (op === "between") {
      const [from, to] = value ?? ["", ""];
      return make("span", { className: "pair" }, this.plain(field, from), word("and"), this.plain(field, to));
    }
    if (op === "in" || op === "not_in") return this.many(field, value, words);
    return this.plain(field, value, words);
  }

  plain(field, value, words) {
    if (field.kind === "checkbox") return this.closed([["true", word("yes")], ["false", word("no")]], value);
    if (field.options) return this.closed(field.options.map((each) => [each.key, each.label]), value);
    if (field.pick_url) return make("span", { "data-ref": "" }, makePicker({ url: field.pick_url, id: value ?? "", words: words ?? "", label: word("value") }));
    if (field.kind === "date" || field.kind === "datetime") return this.input("date", value);
    return this.input("text", value, ["number", "money"].includes(field.kind) ? "decimal" : "text");
  }

  many(field, value, words) {
    const has = new Set((Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String));
    if (!field.options) return this.plain(field, Array.isArray(value) ? value.join(", ") : value, words);
    const ticks = field.options.map((each) => make("label", {}, make("input", { className: "box", type: "checkbox", value: each.key, checked: has.has(String(each.key)) }), make("span", { className: "cut", textContent: each.label })));
    return make("div", { className: "options", "data-many": "" }, ...ticks);
  }

  closed(pairs, value) {
    return select(word("value"), pairs.map(([key, label]) => option(key, label, String(key) === String(value))));
  }

  input(type, value, mode = "text") {
    return make("input", { className: "inp", type, value: value ?? "", inputMode: mode, "aria-label": word("value"), autocomplete: "off" });
  }

  read(box) {
    if (box.matches(".fbrow")) return this.leaf(box);
    const parts = [...$(".fb", box).children].map((each) => this.read(each)).filter(Boolean);
    return parts.length ? { [$("select", box).value]: parts } : null;
  }

  leaf(row) {
    if (row.leaf) return row.leaf;
    const [field, op, value] = row.children;
    const chosen = this.fields.find((each) => each.name === field.value);
    const where = $(":scope > .which", row)?.where;
    const leaf = { ...(chosen.leaf ?? { field: field.value }), ...(where && { where }), op: op.value };
    if (WITHOUT_VALUE.has(op.value)) return leaf;
    const read = this.operand(op.value, value);
    if (read !== "" && !(Array.isArray(read) && read.every((each) => each === ""))) return { ...leaf, value: read };
    return "keepHalves" in this.dataset ? { ...leaf, half: true } : null;
  }

  operand(op, place) {
    if (place.matches("[data-many]")) return $$("input:checked", place).map((each) => each.value);
    if (place.matches("[data-ref]")) return op === "in" || op === "not_in" ? [$("input[type=hidden]", place).value] : $("input[type=hidden]", place).value;
    const all = (place.matches("input, select") ? [place] : $$("input, select", place)).map((each) => each.value.trim());
    if (op === "between") return all;
    if (op === "in" || op === "not_in") return all[0].split(/[,，]/).map((each) => each.trim()).filter(Boolean);
    return all[0] ?? "";
  }
}
customElements.define("filter-builder", FilterBuilder);
