// The switch “Notify me in this browser”: asks for leave, subscribes with the push service, and tells the server. Whoever
// signs out is told no more; after the next sign-in the switch stands as it was left, without asking again.
import { $, $$ } from "./lib.js";
import { ask, obey, send } from "./net.js";

const { person, seat } = document.body.dataset;
const WANTED = `bosun-push-${person}`;
const MET = "bosun-push-seat";
const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const place = $("[data-push-key]");
const box = $("[data-push]", place ?? document);

function says(what) {
  for (const each of $$("[data-push-says]", place)) each.hidden = each.dataset.pushSays !== what;
}

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "="));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

async function subscription() {
  const worker = await navigator.serviceWorker.getRegistration("/");
  return (await worker?.pushManager.getSubscription()) ?? null;
}

async function subscribed(key) {
  await navigator.serviceWorker.register("/worker.js", { scope: "/" });
  const worker = await navigator.serviceWorker.ready;
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
}

async function on() {
  if ((await Notification.requestPermission()) === "granted") return subscribed(place.dataset.pushKey);
  says("denied");
  return null;
}

const offer = (held, more = {}) => ({ method: "POST", body: new URLSearchParams({ subscription: JSON.stringify(held), ...more }) });

/** On the first page of a sign-in; true where this browser is told from now on. What it was told of others ends. */
async function again() {
  if (localStorage.getItem(MET) === seat) return false;
  const wanted = localStorage.getItem(WANTED) === "1" && Notification.permission === "granted";
  let held = await subscription();
  if (!held && wanted) {
    const key = (await ask("/me/browsers/again"))?.key;
    if (!key) return false;
    held = await subscribed(key);
  }
  let told = false;
  if (held) {
    const response = await send("/me/browsers/again", { ...offer(held, { wanted: wanted ? "1" : "" }), quiet: true });
    if (!response?.ok) return false;
    told = (await response.json()).on;
    if (told) localStorage.setItem(WANTED, "1");
    else await held.unsubscribe();
  }
  localStorage.setItem(MET, seat);
  return told;
}

async function change() {
  box.disabled = true;
  try {
    const held = await subscription();
    const wanted = box.checked ? await on() : null;
    let response = null;
    if (wanted) response = await send("/me/browsers", offer(wanted));
    else if (held) {
      response = await send("/me/browsers/forget", { method: "POST", body: new URLSearchParams({ endpoint: held.endpoint }) });
      await held.unsubscribe();
    }
    if (!response?.ok) box.checked = false;
    if (box.checked) localStorage.setItem(WANTED, "1");
    else localStorage.removeItem(WANTED);
    if (response?.ok) obey(response);
  } catch {
    box.checked = false;
    says("failed");
  }
  box.disabled = false;
}

async function begin() {
  let told = false;
  try {
    told = await again();
  } catch {
    // The push service is away: it is asked again on the next page.
  }
  if (!box) return;
  if (Notification.permission === "denied") says("denied");
  const here = told || "pushHere" in place.dataset;
  if (!here && localStorage.getItem(MET) === seat) localStorage.removeItem(WANTED);
  box.checked = here && Notification.permission === "granted" && (await subscription()) !== null;
  box.disabled = Notification.permission === "denied";
  box.addEventListener("change", change);
}

if (able && seat) begin();
else if (box) says("missing");
