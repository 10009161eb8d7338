// The notepad keeps what is typed: at once in this browser, where a crash leaves it, and a moment later on the server.
import { $, debounce, on } from "../bosun/js/lib.js";
import { loadDialog, postVerb } from "../bosun/js/overlay.js";
import { fill, send } from "../bosun/js/net.js";

const pad = $("#notepad");
const text = $("[data-note-text]", pad);
const WAIT = 1200;
const LONGEST = 8000;
const AGAIN = 10000;
const RESTS = 30000;
let id = pad.dataset.id;
let version = pad.dataset.version;
let saved = text.value;
let saving = null;
let since = 0;

// A new note has a place of its own: another tab may be typing another.
const draftKey = () => `bosun-note-${pad.dataset.person}-${id || `new-${key}`}`;
const words = () => $("[data-note-find]", pad).value;

function says(what) {
  $("[data-note-says]", pad).textContent = what ? pad.dataset[`says${what}`] : "";
}

function draft() {
  try {
    return JSON.parse(localStorage.getItem(draftKey()));
  } catch {
    return null;
  }
}

/** A key of a new note, by which the server knows it again when it is sent twice. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
}
const key = id ? "" : newKey();

function hold() {
  try {
    localStorage.setItem(draftKey(), JSON.stringify({ body: text.value, version, key, at: Date.now() }));
  } catch {
    // A full or forbidden store: the page itself still holds everything.
  }
}

async function save(keepalive = false) {
  if (saving) await saving;
  const body = text.value;
  if (body === saved || (!id && !body.trim()) || clashing()) return;
  since = 0;
  says("Saving");
  const sent = new URLSearchParams(id ? { body, version } : { body, key });
  saving = send(id ? `/notepad/${id}` : "/notepad/new", { method: "POST", body: sent, accept: "application/json", quiet: true, keepalive });
  const response = await saving;
  saving = null;
  if (response?.status === 409) {
    clash(await response.json());
    return;
  }
  if (!response?.ok) {
    says("Waiting");
    setTimeout(save, AGAIN);
    return;
  }
  kept(await response.json(), body);
}

/** It has a number from now on. */
function known(number) {
  if (id) return;
  localStorage.removeItem(draftKey());
  id = String(number);
  history.replaceState(null, "", `/notepad?note=${id}`);
  $("[data-note-acts]", pad).hidden = false;
}

function kept(answer, body) {
  saved = body;
  version = String(answer.version);
  known(answer.id);
  if (text.value === body) {
    localStorage.removeItem(draftKey());
    says("Saved");
  } else {
    hold();
    later();
  }
  refresh();
}

const later = debounce(WAIT, () => save());

async function refresh() {
  const response = await send(`/notepad?q=${encodeURIComponent(words())}`, { quiet: true });
  if (!response?.ok) return;
  fill($("[data-note-list]", pad), await response.text());
  $(`[data-note-line="${CSS.escape(id)}"]`, pad)?.setAttribute("aria-current", "page");
}

// two places -------------------------------------------------------------------------------------------------------

const clashing = () => !$("[data-note-clash]", pad).hidden;

function clash({ id: number, version: now, theirs }) {
  known(number);
  hold();
  $("[data-note-clash]", pad).dataset.version = now;
  says("Waiting");
  $("[data-note-theirs]", pad).textContent = theirs;
  $("[data-note-clash]", pad).hidden = false;
  $("[data-note-mine]", pad).focus();
}

function settled(body) {
  version = $("[data-note-clash]", pad).dataset.version;
  $("[data-note-clash]", pad).hidden = true;
  text.value = body;
  hold();
  save();
  text.focus();
}
on("click", "[data-note-mine]", () => settled(text.value));
on("click", "[data-note-take]", () => {
  saved = $("[data-note-theirs]", pad).textContent;
  localStorage.removeItem(draftKey());
  settled(saved);
  localStorage.removeItem(draftKey());
  says("Saved");
});

// what one does ----------------------------------------------------------------------------------------------------

text.addEventListener("input", () => {
  hold();
  says("");
  since ||= Date.now();
  if (Date.now() - since > LONGEST) save();
  else later();
});
text.addEventListener("blur", () => save());
document.addEventListener("visibilitychange", () => document.hidden && save(true));
addEventListener("pagehide", () => save(true));

on("click", "[data-note-post]", async (event, button) => {
  await save();
  if (id && !clashing()) postVerb(`/notepad/${id}/${button.dataset.notePost}`, button);
});
on("click", "[data-note-dialog]", async (event, button) => {
  await save();
  if (id && !clashing()) loadDialog(`/notepad/${id}/${button.dataset.noteDialog}`);
});
$("[data-note-find]", pad).addEventListener("input", debounce(250, refresh));

// What a browser that crashed left behind comes back.
const left = draft();
if (left && left.body !== text.value && left.body.trim()) {
  text.value = left.body;
  version = left.version || version;
  says("Back");
  later();
} else if (left) localStorage.removeItem(draftKey());
/** What was typed into other notes and never arrived is sent now; what was changed elsewhere since waits to be opened. */
async function rescue() {
  const prefix = `bosun-note-${pad.dataset.person}-`;
  for (const each of Object.keys(localStorage).filter((name) => name.startsWith(prefix) && name !== draftKey())) {
    const held = JSON.parse(localStorage.getItem(each));
    if (Date.now() - held.at < RESTS) continue; // another tab may be typing it
    const other = each.slice(prefix.length);
    const isNew = other.startsWith("new");
    const sent = new URLSearchParams(isNew ? { body: held.body, key: held.key } : { body: held.body, version: held.version });
    const response = held.body.trim() ? await send(`/notepad/${isNew ? "new" : other}`, { method: "POST", body: sent, accept: "application/json", quiet: true }) : null;
    if (response?.ok || response?.status === 404 || !held.body.trim()) localStorage.removeItem(each);
    if (response?.ok) refresh();
  }
}
rescue();
setTimeout(rescue, RESTS + WAIT);
if (pad.hasAttribute("data-opened")) {
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
}
