// The switch “Notify me in this browser”: asks for leave, subscribes with the push service, and tells the server.
import { $, $$ } from "./lib.js";
import { obey, send } from "./net.js";

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

async function on() {
  if ((await Notification.requestPermission()) !== "granted") {
    says("denied");
    return null;
  }
  await navigator.serviceWorker.register("/worker.js", { scope: "/" });
  const worker = await navigator.serviceWorker.ready;
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(place.dataset.pushKey) });
}

async function change() {
  box.disabled = true;
  try {
    const held = await subscription();
    const wanted = box.checked ? await on() : null;
    let response = null;
    if (wanted) response = await send("/me/browsers", { method: "POST", body: new URLSearchParams({ subscription: JSON.stringify(wanted) }) });
    else if (held) {
      response = await send("/me/browsers/forget", { method: "POST", body: new URLSearchParams({ endpoint: held.endpoint }) });
      await held.unsubscribe();
    }
    if (response?.ok) obey(response);
    else box.checked = false;
  } catch {
    box.checked = false;
    says("failed");
  }
  box.disabled = false;
}

async function begin() {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    says("missing");
    return;
  }
  box.checked = Notification.permission === "granted" && (await subscription()) !== null;
  if (Notification.permission === "denied") says("denied");
  box.disabled = Notification.permission === "denied";
  box.addEventListener("change", change);
}

if (box) begin();
