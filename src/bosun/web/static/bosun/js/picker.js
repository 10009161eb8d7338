// Picking one record as one types: <ref-picker data-pick-url>. A combobox with a list in the top layer.
import { $, $$, avatar, debounce, icon, make, unique, word } from "./lib.js";
import { ask } from "./net.js";
import { place } from "./overlay.js";

/** A floating list of choices under an input; shared by pickers and tag fields. */
export class Choices {
  constructor(input, take) {
    this.input = input;
    this.take = take;
    this.list = make("div", { className: "choices", id: unique("choices"), role: "listbox", popover: "manual" });
    input.setAttribute("aria-controls", this.list.id);
    input.closest("form, body").append(this.list);
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const row = event.target.closest("[role=option]");
      if (row) this.take(row.item);
    });
  }

  get open() {
    return this.list.matches(":popover-open");
  }

  show(items, nothing = true) {
    this.list.replaceChildren(...items.map((item) => this.row(item)));
    if (!items.length) {
      if (!nothing) return this.hide();
      this.list.append(make("div", { className: "nothing", textContent: word("nothing") }));
    }
    if (!this.open) this.list.showPopover();
    this.list.style.minWidth = `${this.input.getBoundingClientRect().width}px`;
    place(this.list, this.input);
    this.input.setAttribute("aria-expanded", "true");
    this.point($("[role=option]", this.list));
    return undefined;
  }

  row(item) {
    const row = make("div", { role: "option", id: unique("choice"), "aria-selected": "false" });
    if (item.person) row.append(avatar(item.name));
    else if (item.icon) row.append(icon(item.icon));
    row.append(make("span", { className: "cut", textContent: item.words ?? item.name }));
    if (item.hint) row.append(make("span", { className: "hint", textContent: item.hint }));
    row.item = item;
    return row;
  }

  point(row) {
    for (const each of $$("[role=option]", this.list)) each.setAttribute("aria-selected", String(each === row));
    if (row) this.input.setAttribute("aria-activedescendant", row.id);
    else this.input.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  }

  get pointed() {
    return $("[aria-selected=true]", this.list);
  }

  move(step) {
    const rows = $$("[role=option]", this.list);
    if (rows.length) this.point(rows[(rows.indexOf(this.pointed) + step + rows.length) % rows.length]);
  }

  hide() {
    if (this.open) this.list.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** Handles the keys of a list; true when it used the key. */
  key(event) {
    if (!this.open) return false;
    if (event.key === "ArrowDown") this.move(1);
    else if (event.key === "ArrowUp") this.move(-1);
    else if (event.key === "Enter" && this.pointed) this.take(this.pointed.item);
    else if (event.key === "Escape") this.hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}

/** The items that an address offers for what was typed; null when there is no answer. */
export async function offered(url, query, signal) {
  const whole = new URL(url, location.href);
  whole.searchParams.set("q", query);
  return ask(whole, signal);
}

class RefPicker extends HTMLElement {
  connectedCallback() {
    if (this.choices) return;
    this.input = $("[role=combobox]", this);
    this.held = $("input[type=hidden]", this);
    if (!this.input || this.input.readOnly) return;
    this.choices = new Choices(this.input, (item) => this.take(item));
    this.words = this.input.value;
    const later = debounce(150, () => this.search());
    this.input.addEventListener("input", () => later());
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => this.search(true));
    this.input.addEventListener("keydown", (event) => {
      if (this.choices.key(event)) return;
      if (event.key === "ArrowDown") {
        this.search(true);
        event.preventDefault();
      }
    });
    this.input.addEventListener("blur", () => this.leave());
    $("[data-clear]", this)?.addEventListener("click", () => {
      this.choose("", "");
      this.input.focus();
    });
  }

  disconnectedCallback() {
    this.choices?.list.remove();
    this.choices = null;
  }

  async search(all = false) {
    this.asked?.abort();
    this.asked = new AbortController();
    const query = all ? "" : this.input.value.trim();
    const answer = await offered(this.dataset.pickUrl, query, this.asked.signal);
    if (!answer || document.activeElement !== this.input) return;
    const items = [...(answer.items ?? [])];
    if (answer.create && query) items.push({ create: answer.create, name: query, words: word("create", { name: query }), icon: "plus" });
    this.choices?.show(items);
  }

  take(item) {
    this.choices.hide();
    if (item.create) {
      window.open(item.create, "_blank", "noopener");
      return;
    }
    this.choose(item.id, item.name, false, item.person);
  }

  /** Sets the pick; `quiet` when a draft comes back. */
  choose(id, name, quiet = false, person = false) {
    this.held.value = id;
    this.input.value = name;
    this.words = name;
    if (person) this.dataset.person = "";
    const face = Boolean(id) && "person" in this.dataset;
    this.classList.toggle("chosen", face);
    $(".lead", this)?.replaceChildren(...(face ? [avatar(name)] : []));
    const clear = $("[data-clear]", this);
    if (clear) clear.hidden = !id;
    if (!quiet) this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  leave() {
    this.choices?.hide();
    if (!this.input.value.trim() && this.held.value) this.choose("", "");
    else this.input.value = this.words;
  }
}
customElements.define("ref-picker", RefPicker);

/** A picker made by a script. */
export function makePicker({ name, url, id = "", words = "", label }) {
  return make("ref-picker", { className: "pickfield", "data-pick-url": url },
    make("input", { type: "hidden", name, value: id }),
    make("span", { className: "lead" }),
    make("input", { className: "inp", type: "text", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-label": label, autocomplete: "off", value: words }));
}
