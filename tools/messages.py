"""Translations: `extract` gathers every message, `compile` makes what gettext reads, `missing` lists the gaps."""

import subprocess
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "bosun"
LOCALE = PACKAGE / "locale"
LANGUAGES = ("zh_Hans", "es")
KEYWORDS = (
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext:1,2",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "pgettext_lazy:1c,2",
    "npgettext:1c,2,3",
    "npgettext_lazy:1c,2,3",
)


def main(arguments: list[str]) -> int:
    """Run the step that is named."""
    steps = {"extract": extract, "compile": compile_all, "missing": missing}
    if len(arguments) != 1 or arguments[0] not in steps:
        print(f"usage: python tools/messages.py {'|'.join(steps)}", file=sys.stderr)
        return 2
    return steps[arguments[0]]()


def catalogue(language: str) -> Path:
    """Where a language's messages are kept."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def extract() -> int:
    """Write new messages into every catalogue; translations stay, and those no longer used leave."""
    template = ROOT / "build" / "django.pot"
    template.parent.mkdir(exist_ok=True)
    keywords = [part for word in KEYWORDS for part in ("-k", word)]
    babel(
        "extract",
        "-F",
        str(ROOT / "tools" / "babel.cfg"),
        "--no-default-keywords",
        *keywords,
        "--add-location=file",
        "--sort-by-file",
        "--omit-header",
        "-o",
        str(template),
        "src/bosun",
    )
    for language in LANGUAGES:
        path = catalogue(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        verb = ["update", "--no-fuzzy-matching", "--ignore-obsolete", "--omit-header"] if path.exists() else ["init"]
        babel(*verb, "-i", str(template), "-l", language, "-o", str(path))
    return missing()


def compile_all() -> int:
    """Make a .mo file beside each .po file that is newer."""
    for source in PACKAGE.rglob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            messages = read_po(file, locale=source.parent.parent.name)
        with target.open("wb") as out:
            write_mo(out, messages)
    return 0


def missing() -> int:
    """List the messages without a translation; 1 when there are any."""
    found = 0
    for language in LANGUAGES:
        with catalogue(language).open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and not all(message.string if isinstance(message.string, tuple) else [message.string]):
                    found += 1
                    print(f"{language}: {message.id!r}")
    print(f"{found} messages without a translation")
    return 1 if found else 0


def babel(*arguments: str) -> None:
    """Babel's own command line."""
    subprocess.run([sys.executable, "-m", "babel.messages.frontend", "-q", *arguments], check=True, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
