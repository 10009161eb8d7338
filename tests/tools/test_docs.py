"""The pages of the manual that are made from the code, and those that people write."""

import re
from pathlib import Path

from tools import docs

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}


def test_made_pages_are_those_of_the_code() -> None:
    old = [
        str(path.relative_to(ROOT)) for path, text in docs.written().items() if path.read_text(encoding="utf-8") != text
    ]
    assert old == [], "run make docs"


def test_every_link_leads_somewhere() -> None:
    broken = []
    for page in PAGES:
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            if "://" in link:
                continue
            name, _hash, part = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            if not target.exists() or (part and part not in anchors(target)):
                broken.append(f"{page.relative_to(ROOT)}: {link}")
    assert broken == []


def test_every_command_that_a_page_names_exists() -> None:
    known = set(docs.command_names())
    for page in PAGES:
        named = set(re.findall(r"(?:^|[`/ ])bosun ([a-z]+)\b", page.read_text(encoding="utf-8")))
        assert named <= known, page
