// Kept by the browser: shows what is pushed while no tab of ours is open, and opens what it speaks of.

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // A push that says nothing we know still has to show something, or the browser shows words of its own.
  }
  event.waitUntil(self.registration.showNotification(told.title || "Bosun", {
    body: told.body || "", tag: told.tag || undefined, lang: told.lang || "", data: { url: told.url || "/" },
  }));
});

/** Never another site: the way alone, at the address under which this browser knows us. */
function ours(url) {
  const found = new URL(url, self.location.origin);
  return new URL(found.pathname + found.search, self.location.origin).href;
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(ours(event.notification.data?.url ?? "/")));
});
