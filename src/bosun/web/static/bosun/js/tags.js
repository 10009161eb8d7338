// Many words in one field: <tags-input data-name data-pick-url>. Enter or a comma adds, Backspace takes the last away.
// What is offered is shown on a click, on typing or on arrow down: on mere focus it would cover what lies below.
import { $, $$, debounce, icon, make, word } from "./lib.js";
import { Choices, offered } from "./picker.js";

class TagsInput extends HTMLElement {
  connectedCallback() {
    if (this.choices) return;
    this.input = $("input[type=text]", this);
    this.choices = new Choices(this.input, (item) => this.add(item.name));
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.drop(button.closest(".chip"));
      else if (event.target === this) this.input.focus();
    });
    const later = debounce(150, () => this.search());
    this.input.addEventListener("input", later);
    this.input.addEventListener("click", () => this.search());
    this.input.addEventListener("blur", () => {
      this.choices.hide();
      if (!this.closed) this.add(this.input.value);
      this.input.value = "";
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
  }

  disconnectedCallback() {
    this.choices?.list.remove();
    this.choices = null;
  }

  get closed() {
    return this.hasAttribute("data-closed");
  }

  get values() {
    return $$("input[type=hidden]", this).map((each) => each.value);
  }

  set values(all) {
    for (const chip of $$(".chip", this)) chip.remove();
    for (const each of all) this.put(each);
  }

  async search() {
    if (!this.dataset.pickUrl) return;
    const answer = await offered(this.dataset.pickUrl, this.input.value.trim());
    const items = (answer?.items ?? []).filter((item) => !this.values.includes(item.name));
    if (document.activeElement === this.input) this.choices?.show(items, false);
  }

  key(event) {
    const typed = this.input.value.trim();
    if (this.choices.open && (event.key.startsWith("Arrow") || event.key === "Escape")) this.choices.key(event);
    else if (event.key === "ArrowDown") {
      this.search();
      event.preventDefault();
    } else if (event.key === "Enter" && (typed || this.choices.pointed)) {
      if (event.ctrlKey) return;
      this.add(this.choices.open && (this.closed || !typed) ? this.choices.pointed?.item.name ?? "" : typed);
      event.preventDefault();
      event.stopPropagation();
    } else if ((event.key === "," || event.key === "，") && !this.closed) {
      this.add(typed);
      event.preventDefault();
    } else if (event.key === "Backspace" && !this.input.value) {
      const chips = $$(".chip", this);
      if (chips.length) this.drop(chips[chips.length - 1]);
    }
  }

  add(name) {
    const clean = name.trim();
    this.input.value = "";
    this.choices.hide();
    if (!clean || this.values.includes(clean)) return;
    this.put(clean);
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  put(name) {
    const off = make("button", { type: "button", "aria-label": `${word("remove")} ${name}` }, icon("x", "s"));
    this.input.before(make("span", { className: "chip" }, make("span", { className: "cut", textContent: name }), make("input", { type: "hidden", name: this.dataset.name, value: name }), off));
  }

  drop(chip) {
    chip.remove();
    this.input.focus();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
customElements.define("tags-input", TagsInput);
