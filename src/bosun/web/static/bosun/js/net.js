// Talking to the server: token, errors that keep what was typed, fragments, and what a response asks for.
import { $, word } from "./lib.js";

export function csrf() {
  return $("meta[name=csrf]")?.content ?? "";
}

// Answers that come with a form to be drawn; their sentence stands in it.
const DRAWN = new Set([409, 422]);
let toldAt = 0;

/** Says the sentence that a refusal brings with it. */
function told(response) {
  const trigger = response.headers.get("HX-Trigger");
  if (trigger) fire(trigger);
}

document.addEventListener("toast", (event) => {
  if (event.detail?.tone === "overdue") toldAt = Date.now();
});

/** Fetches with the token and the header that says “a fragment”; null when there was no connection. */
export async function send(url, { method = "GET", body = null, accept = "text/html", signal, quiet = false, keepalive = false } = {}) {
  const headers = { "HX-Request": "true", "X-Requested-With": "fetch", Accept: accept };
  if (method !== "GET") headers["X-CSRFToken"] = csrf();
  try {
    const response = await fetch(url, { method, body, headers, signal, keepalive, credentials: "same-origin" });
    if (signedOut(response)) {
      if (quiet) return null;
      say("signedOut", { link: location.href, linkWord: word("signIn") });
      return null;
    }
    if (response.status >= 400 && !DRAWN.has(response.status)) told(response);
    return response;
  } catch (error) {
    if (error.name !== "AbortError" && !quiet) say("offline");
    return null;
  }
}

/** What the server answers as JSON; null when it did not, or when the question was taken back meanwhile. */
export async function ask(url, signal) {
  const response = await send(url, { accept: "application/json", signal });
  if (!response?.ok) return null;
  try {
    return await response.json();
  } catch (error) {
    if (error.name !== "AbortError") say("offline");
    return null;
  }
}

function signedOut(response) {
  return response.status === 401 || (response.redirected && new URL(response.url).pathname.includes("/account/login"));
}

export function say(key, more = {}) {
  // The server's own words were better.
  if (key === "failed" && Date.now() - toldAt < 300) return;
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: word(key), tone: "overdue", ...more } }));
}

/** Does what the response's HX- headers ask for; true when the page is going away. */
export function obey(response) {
  const trigger = response.headers.get("HX-Trigger");
  if (trigger) fire(trigger);
  const go = response.headers.get("HX-Redirect") ?? response.headers.get("HX-Location");
  if (go && go.startsWith("/") && !go.startsWith("//")) {
    location.assign(go);
    return true;
  }
  if (response.headers.get("HX-Refresh") === "true") {
    location.reload();
    return true;
  }
  return false;
}

function fire(header) {
  if (!header.startsWith("{")) {
    for (const name of header.split(",")) document.body.dispatchEvent(new CustomEvent(name.trim(), { bubbles: true }));
    return;
  }
  for (const [name, detail] of Object.entries(JSON.parse(header))) {
    document.body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}

/** Puts markup into a place and lets htmx see it. */
export function fill(place, markup) {
  place.innerHTML = markup;
  window.htmx?.process(place);
  document.dispatchEvent(new CustomEvent("filled", { detail: place }));
}

/** The first element of some markup, with htmx let in. */
export function parse(markup) {
  const holder = document.createElement("template");
  holder.innerHTML = markup.trim();
  return holder.content.firstElementChild;
}

document.addEventListener("htmx:afterSwap", (event) => {
  document.dispatchEvent(new CustomEvent("filled", { detail: event.detail.target }));
});
document.addEventListener("htmx:sendError", () => say("offline"));
document.addEventListener("htmx:responseError", (event) => say(event.detail.xhr.status === 401 ? "signedOut" : "failed"));
