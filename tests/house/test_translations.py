"""Bosun speaks three languages, in every message."""

import re

import pytest
from babel.messages.catalog import Catalog

from tools import messages

ALIAS = re.compile(r"import \(?[^\n]*\b\w*gettext\w* as (\w+)")
HINT = "Run `python tools/messages.py extract`, then translate what it lists."


@pytest.fixture(scope="module")
def gathered() -> Catalog:
    return messages.gather()


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_message_is_in_the_catalogue(gathered: Catalog, language: str) -> None:
    kept = messages.read(messages.catalogue(language), language)
    held = {(message.context, message.id) for message in kept}
    new = [message.id for message in gathered if message.id and (message.context, message.id) not in held]
    assert new == [], HINT


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_message_is_translated_with_its_placeholders(language: str) -> None:
    assert list(messages.faults(messages.read(messages.catalogue(language), language))) == []


def test_every_name_given_to_gettext_is_gathered() -> None:
    known = {keyword.split(":")[0] for keyword in messages.KEYWORDS}
    files = [path for path in messages.PACKAGE.rglob("*.py") if "migrations" not in path.parts]
    unknown = {
        f"{path.relative_to(messages.ROOT)}: {name}"
        for path in files
        for name in ALIAS.findall(path.read_text(encoding="utf-8"))
        if name not in known
    }
    assert len(files) > 100
    assert unknown == set()
