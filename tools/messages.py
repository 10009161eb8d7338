"""Translations: `extract` gathers every message, `compile` makes what gettext reads, `missing` lists the gaps."""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "bosun"
LOCALE = PACKAGE / "locale"
LANGUAGES = ("zh_Hans", "es")
METHODS = [("**.py", "python"), ("**/templates/**.*", "django")]
HEAD_DATE = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS = (
    "_",
    "_lazy",
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
HOLES = re.compile(r"%\(\w+\)[sd]|%[%sd]|\{\w*\}|&\w+;|</?\w+[^>]*>")
"""What is filled in or drawn, and so has to be in a translation as it is in the message."""


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


def gather() -> Catalog:
    """Every message of the sources and templates, as they are now."""
    template = Catalog(charset="utf-8")
    for name, _line, message, comments, context in extract_from_dir(
        PACKAGE, METHODS, keywords=parse_keywords(KEYWORDS), comment_tags=("Translators:",), strip_comment_tags=True
    ):
        place = (PACKAGE / name).relative_to(ROOT).as_posix()
        template.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return template


def extract() -> int:
    """Write new messages into every catalogue; translations stay, and those no longer used leave."""
    template = gather()
    for language in LANGUAGES:
        path = catalogue(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = read(path, language) if path.exists() else Catalog(locale=language)
        kept.update(template, no_fuzzy_matching=True)
        # One fixed head, so that a difference between two versions shows messages and nothing else.
        kept.header_comment = "# Bosun's messages. Apache-2.0."
        kept.project, kept.version, kept.fuzzy = "Bosun", "", False
        kept.creation_date = kept.revision_date = HEAD_DATE
        kept.last_translator = kept.language_team = kept.msgid_bugs_address = "Bosun"
        with path.open("wb") as out:
            write_po(out, kept, sort_by_file=True, include_lineno=False, ignore_obsolete=True, width=120)
    return missing()


def read(path: Path, language: str) -> Catalog:
    """A catalogue as it is kept."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compile_all() -> int:
    """Make a .mo file beside each .po file that is newer."""
    for source in PACKAGE.rglob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        messages = read(source, source.parent.parent.name)
        with target.open("wb") as out:
            write_mo(out, messages)
    return 0


def missing() -> int:
    """List the messages without a translation, or with one that lost a placeholder; 1 when there are any."""
    found = [f"{language}: {fault}" for language in LANGUAGES for fault in faults(read(catalogue(language), language))]
    for line in found:
        print(line)
    print(f"{len(found)} messages without a translation")
    return 1 if found else 0


def faults(kept: Catalog) -> Iterator[str]:
    """What is wrong with the translations of a catalogue, message by message."""
    for message in kept:
        if not message.id:
            continue
        if len(texts(message.id)) > 1 and len(texts(message.string)) != kept.num_plurals:
            yield f"{message.id!r}: {kept.num_plurals} plural forms are wanted"
        elif not all(texts(message.string)):
            yield f"{message.id!r}"
        elif not holes_kept(message):
            yield f"{message.id!r}: its placeholders are not those of {message.string!r}"


def texts(said: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """The forms of a message or a translation: one, or one for each plural."""
    return (said,) if isinstance(said, str) else tuple(said or ("",))


def holes_kept(message: Message) -> bool:
    """Whether each form of the translation is filled in at the same places as the message."""
    wanted = [sorted(HOLES.findall(text)) for text in texts(message.id)]
    given = [sorted(HOLES.findall(text)) for text in texts(message.string)]
    return given == wanted if len(given) == len(wanted) else all(each in wanted for each in given)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
