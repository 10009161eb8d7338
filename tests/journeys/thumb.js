// What can be aimed at on the screen as it stands, and is less than 44 pixels high to a thumb. Links inside running
// text are as high as their line, and inputs that lie under their label are met through it.
() => {
  const seen = (each) => {
    const box = each.getBoundingClientRect();
    const inside = box.top >= 22 && box.bottom <= innerHeight - 22 && box.left >= 0 && box.right <= innerWidth;
    const running = each.matches("a") && getComputedStyle(each).display === "inline";
    const there = each.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !each.closest(".vh");
    return inside && there && !running && box.width > 1 && box.height > 1 && !each.disabled;
  };
  const meets = (each, above) => {
    const box = each.getBoundingClientRect();
    const found = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2 + above);
    // What lies half under a bar that stays, or under the card of a reminder, comes out from under it.
    if (found?.closest(".fbar, .bottombar, .top, #popups")) return true;
    return found && (each.contains(found) || found.contains(each) || found.closest("label")?.contains(each));
  };
  return [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")]
    .filter((each) => seen(each) && meets(each, 0) && !(meets(each, -20) && meets(each, 20)))
    .map((each) => `${each.outerHTML.replace(/<svg.*?<\/svg>/gs, "").slice(0, 100)} ${each.getBoundingClientRect().height}`);
}
