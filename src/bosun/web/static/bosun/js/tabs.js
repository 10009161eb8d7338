// Several tabs of one person act as one: they tell each other, one of them listens to the server, each sound comes once.

const LEASE = 4000;
const SETTLES = 10000;

export class Tabs {
  constructor(name, heard) {
    this.name = name;
    this.channel = window.BroadcastChannel ? new BroadcastChannel(name) : null;
    if (this.channel) this.channel.onmessage = (event) => heard(event.data);
  }

  /** Says something to the other tabs. */
  say(message) {
    this.channel?.postMessage(message);
  }

  /** Calls `then` in one tab at a time; when that tab closes, in another. */
  lead(then) {
    if (navigator.locks) {
      navigator.locks.request(`${this.name}-lead`, () => {
        then();
        return new Promise(() => {});
      });
      return;
    }
    // Without a secure origin there are no locks: a lease in the storage of the browser, renewed while the tab lives.
    const key = `${this.name}-lead`;
    const me = String(Math.random());
    let leading = false;
    const look = () => {
      const [who, until] = (localStorage.getItem(key) ?? "").split(" ");
      if (who !== me && Number(until) > Date.now()) return;
      localStorage.setItem(key, `${me} ${Date.now() + LEASE}`);
      if (who === me && !leading) {
        leading = true;
        then();
      }
    };
    look();
    setInterval(look, LEASE / 4);
    addEventListener("pagehide", () => leading && localStorage.removeItem(key));
  }

  /** Does something once for a number, whichever tab comes first. */
  async once(what, number, then) {
    const key = `${this.name}-${what}`;
    const first = () => {
      if (Number(localStorage.getItem(key) ?? 0) >= number) return null;
      localStorage.setItem(key, String(number));
      then();
      return new Promise((go) => setTimeout(go, SETTLES));
    };
    // What one tab stores the others see a little later; until then the lock keeps them from doing it too.
    if (navigator.locks) await navigator.locks.request(`${key}-${number}`, { ifAvailable: true }, (lock) => lock && first());
    else first();
  }
}
