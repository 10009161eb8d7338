// Where the stages of a record do not fit, they are scrolled to the one at which it stands.
import { $$ } from "./lib.js";

function center() {
  for (const now of $$(".path > .now")) {
    const path = now.parentElement;
    path.scrollLeft = now.offsetLeft - path.offsetLeft - (path.clientWidth - now.clientWidth) / 2;
  }
}

document.addEventListener("filled", center);
center();
