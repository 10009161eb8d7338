// <insert-field data-pick-url data-for>: its button gives way to a search over the fields; the one taken goes into the text.
import { $, debounce, make } from "./lib.js";
import { Choices, offered } from "./picker.js";

class InsertField extends HTMLElement {
  connectedCallback() {
    if (this.button) return;
    this.button = $("button", this);
    this.button.addEventListener("click", () => this.open());
  }

  disconnectedCallback() {
    this.close();
  }

  open() {
    this.input = make("input", { className: "inp", type: "text", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-label": this.button.getAttribute("aria-label"), autocomplete: "off" });
    this.button.hidden = true;
    this.append(this.input);
    this.choices = new Choices(this.input, (item) => this.take(item));
    const later = debounce(100, () => this.search());
    this.input.addEventListener("input", (event) => {
      event.stopPropagation();
      later();
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.input.focus();
    this.search();
  }

  key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
      this.button.focus();
    } else if (!this.choices.key(event) && event.key === "Enter") event.preventDefault();
  }

  async search() {
    // Whoever took a field right after typing is done before the last search begins.
    if (!this.input) return;
    this.asked?.abort();
    this.asked = new AbortController();
    const answer = await offered(this.dataset.pickUrl, this.input.value.trim(), this.asked.signal);
    if (answer && document.activeElement === this.input) this.choices?.show(answer.items);
  }

  take(item) {
    const text = document.getElementById(this.dataset.for);
    this.close();
    text.focus();
    text.setRangeText(`{{${item.id}}}`, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    const { input, choices } = this;
    this.input = this.choices = null;
    choices?.list.remove();
    input?.remove();
    this.button.hidden = false;
  }
}
customElements.define("insert-field", InsertField);
