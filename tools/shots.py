"""Pictures of every screen on demo data: `python -m tools.shots` fills var/shots, `--readme` makes those of the docs.

Each screen is taken at 1440 and 390 pixels, light and dark, in three languages; a contact sheet for each language and
theme lays them side by side, to be looked at beside the mock-ups.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, sync_playwright

from tests.machine import ROOT, chromium
from tools.pictures import shrink
from tools.stage import PATIENCE, Stage, settled, staged

SHOTS = ROOT / "var" / "shots"
IMAGES = ROOT / "docs" / "img"
LANGUAGES = ("en", "zh-hans", "es")
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
README_SIZE = (1360, 760)
MOST_BYTES = 120_000
BROKEN = "name,phone,grade\nHalden Paper Mill,+47 69 55 10 01,A\nKestrel Marine,not a number,B\n,+34 912 345 678,C\n"


def nothing(_page: Page) -> None:
    """The page as it comes."""


@dataclass(frozen=True)
class Screen:
    """One picture: whose, where, and what is done there first. `home` names it in the README's folder."""

    name: str
    address: str
    do: Callable[[Page], None] = nothing
    who: str = "ann"
    home: str = ""


def filters_open(page: Page) -> None:
    """The builder of conditions over the list."""
    page.locator("[data-key=filter]").click()
    page.locator("filter-builder .fbrow").first.wait_for()


def peek(page: Page) -> None:
    """The side panel, on the third row, with two rows ticked."""
    for _step in range(3):
        page.keyboard.press("j")
    page.keyboard.press("Space")
    page.locator("#panel h2").first.wait_for()


def tick(page: Page) -> None:
    """The bar for ticked rows."""
    for row in range(3):
        page.locator("[data-pick]").nth(row).check()


def record(page: Page) -> None:
    """The first customer of the list."""
    page.goto(first_record(page))


def first_record(page: Page) -> str:
    """The address of the first record of the list."""
    return page.locator("tbody [data-open]").first.get_attribute("href") or "/"


def history(page: Page) -> None:
    """The history of a record that somebody changed."""
    page.goto(f"{page.locator('.lines.slim a').first.get_attribute('href')}/history")


def wrong(page: Page) -> None:
    """A form that came back."""
    page.locator("[name=name]").fill("Halden Paper Mill")
    page.locator("[name=staff]").fill("about forty")
    page.locator("[name=email]").fill("post at halden")
    page.keyboard.press("Control+Enter")
    page.locator(".fsum").wait_for()


def check(page: Page) -> None:
    """A file looked at before it comes in."""
    file: FilePayload = {"name": "customers.csv", "mimeType": "text/csv", "buffer": BROKEN.encode()}
    page.locator("input[name=file]").set_input_files(file)
    page.locator(".fbar button.pri").click()
    page.locator("table.maps").wait_for()
    page.locator(".fbar button.pri").click()
    page.locator("table.preview").wait_for()


def roles(page: Page) -> None:
    """The rights of a role."""
    page.locator(".plainlist a", has_text="Sales rep").click()
    page.locator("table.matrix").wait_for()


def palette(page: Page) -> None:
    """The palette, with something typed."""
    page.keyboard.press("Control+k")
    page.locator("#palette [role=option]").first.wait_for()
    with page.expect_response("**/palette?q=dra*"):
        page.locator("#palette input").fill("dra")
    page.wait_for_timeout(200)


def notices(page: Page) -> None:
    """The bell, opened."""
    page.locator("#bell").click()
    page.locator("#notices").wait_for()


SCREENS = (
    Screen("my-day", "/day", home="my-day"),
    Screen("list", "/customers?view=mine", home="customers"),
    Screen("list-filters", "/customers", filters_open, home="filter"),
    Screen("side-panel", "/customers?view=mine", peek),
    Screen("record", "/customers?view=due", record, home="record"),
    Screen("form-error", "/customers/new", wrong),
    Screen("import-check", "/customers/import", check, home="import"),
    Screen("settings-roles", "/settings/roles", roles, who="admin", home="rights"),
    Screen("board", "/opportunities/board", home="board"),
    Screen("opportunity", "/opportunities", record),
    Screen("tasks", "/tasks"),
    Screen("notices", "/day", notices, home="notices"),
    Screen("settings-fields", "/settings/fields/customers", who="admin", home="fields"),
    Screen("settings-pipelines", "/settings/pipelines", who="admin"),
    Screen("sign-in", "/account/login/", who=""),
    Screen("history", "/day", history),
    Screen("bulk", "/customers?view=mine", tick),
    Screen("palette", "/day", palette),
    Screen("empty", "/customers?q=nothing-like-this"),
    Screen("full", "/customers?columns=contact_state,grade,maturity,region,industry,source,owner,staff,"
           "registered_capital,tags,last_contact,next_contact", who="admin"),
    Screen("error", "/customers/999999999"),
)  # fmt: skip


@contextmanager
def browser() -> Iterator[Browser]:
    """The machine's own Chromium."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--font-render-hinting=none"]
        )
        yield found
        found.close()


def visitor(found: Browser, stage: Stage, who: str, language: str, size: tuple[int, int]) -> BrowserContext:
    """Somebody's browser, signed in and in a language."""
    width, height = size
    phone = width < 600
    context = found.new_context(
        base_url=stage.address,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        has_touch=phone,
        is_mobile=phone,
        locale=language,
    )
    context.set_default_timeout(PATIENCE * 1000)
    if who:
        page = context.new_page()
        stage.sign_in(page, who)
        stage.speak(page, language)
        page.close()
    return context


def take(page: Page, screen: Screen, target: Path, themes: Sequence[Theme]) -> None:
    """One screen in each theme."""
    page.goto(screen.address)
    settled(page)
    screen.do(page)
    settled(page)
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        path = Path(str(target).format(theme=theme))
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, timeout=PATIENCE * 1000)
    page.emulate_media(color_scheme="light")


def take_all(stage: Stage, languages: Sequence[str], sizes: Sequence[str], only: Sequence[str]) -> None:
    """Every screen that was asked for."""
    wanted = [screen for screen in SCREENS if not only or screen.name in only]
    with browser() as found:
        for language in languages:
            for size in sizes:
                for who in dict.fromkeys(screen.who for screen in wanted):
                    context = visitor(found, stage, who, language, SIZES[size])
                    for number, screen in enumerate(SCREENS, 1):
                        if screen in wanted and screen.who == who:
                            name = f"{size}-{number:02}-{screen.name}.png"
                            page = context.new_page()
                            take(page, screen, SHOTS / f"{language}-{{theme}}" / name, THEMES)
                            page.close()
                    context.close()
                print(f"{language} {size}", flush=True)
        for folder in sorted(SHOTS.glob("*-*/")):
            sheet(found, folder)


def sheet(found: Browser, folder: Path) -> None:
    """The contact sheet of a language and a theme: a page to open, and a picture of it."""
    ground = "#101113" if folder.name.endswith("dark") else "#d9dade"
    parts = []
    for size, width in (("wide", 640), ("phone", 260)):
        parts += [
            f'<figure><img src="{path.name}" width="{width}"><figcaption>{path.stem}</figcaption></figure>'
            for path in sorted(folder.glob(f"{size}-*.png"))
        ]
        parts.append("<hr>")
    style = f"body{{background:{ground};color:#888;font:12px sans-serif;margin:12px;width:2000px}}"
    style += "figure{display:inline-block;margin:6px;vertical-align:top}hr{border:0}"
    page_text = f"<!doctype html><meta charset=utf-8><title>{folder.name}</title><style>{style}</style>{''.join(parts)}"
    target = folder / "sheet.html"
    target.write_text(page_text, encoding="utf-8")
    page = found.new_page(viewport={"width": 2024, "height": 900})
    page.goto(target.as_uri())
    page.screenshot(path=SHOTS / f"{folder.name}.png", full_page=True, timeout=PATIENCE * 1000)
    page.close()


def readme(stage: Stage) -> int:
    """The small ones that the docs show; answers how many are too large."""
    large = 0
    with browser() as found:
        for who in ("ann", "admin"):
            context = visitor(found, stage, who, "en", README_SIZE)
            for screen in SCREENS:
                if screen.home and screen.who == who:
                    page = context.new_page()
                    take(page, screen, IMAGES / f"{screen.home}.png", ("light",))
                    page.close()
            context.close()
        context = visitor(found, stage, "ann", "zh-hans", SIZES["phone"])
        page = context.new_page()
        take(page, SCREENS[0], IMAGES / "phone.png", ("dark",))
        context.close()
    for path in sorted(IMAGES.glob("*.png")):
        shrink(path)
        size = path.stat().st_size
        large += size > MOST_BYTES
        print(f"{path.relative_to(ROOT)}: {size // 1000} kB")
    return large


def main(arguments: Sequence[str]) -> int:
    """Take them."""
    parser = argparse.ArgumentParser(prog="python -m tools.shots", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--readme", action="store_true", help="only the small ones that the docs show")
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="only this language; may be repeated")
    parser.add_argument("--size", action="append", choices=SIZES, help="only this size; may be repeated")
    parser.add_argument("--screen", action="append", default=[], choices=[screen.name for screen in SCREENS])
    parser.add_argument("--server", help="a server on demo data that runs already, with one password for everybody")
    parser.add_argument("--password", default="", help="that password")
    options = parser.parse_args(arguments)
    if chromium() is None:
        print("missing: Chromium", file=sys.stderr)
        return 1
    with staged(options.server, options.password) as stage:
        if options.readme:
            return int(readme(stage) > 0)
        take_all(stage, options.language or LANGUAGES, options.size or list(SIZES), options.screen)
    print(f"{SHOTS}: sheet.html in each folder, and a picture of each sheet")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
