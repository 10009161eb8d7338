"""Translations are kept, extended and compiled."""

import gettext
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools import messages


@pytest.fixture
def small_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    package = tmp_path / "pkg"
    (package / "templates").mkdir(parents=True)
    (package / "one.py").write_text('from django.utils.translation import gettext_lazy as _\nA = _("Customer")\n')
    (package / "templates" / "two.html").write_text('{% load i18n %}{% translate "Save" %}')
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "PACKAGE", package)
    monkeypatch.setattr(messages, "LOCALE", package / "locale")
    return package


def test_extract_compile_and_read(small_package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.extract() == 1
    assert "4 messages without a translation" in capsys.readouterr().out
    path = messages.catalogue("es")
    text = path.read_text(encoding="utf-8").replace('msgid "Save"\nmsgstr ""', 'msgid "Save"\nmsgstr "Guardar"')
    path.write_text(text, encoding="utf-8")
    assert messages.compile_all() == 0
    with path.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Save") == "Guardar"


def test_translations_survive_and_unused_ones_leave(small_package: Path) -> None:
    messages.extract()
    path = messages.catalogue("es")
    path.write_text(path.read_text(encoding="utf-8").replace('"Customer"\nmsgstr ""', '"Customer"\nmsgstr "Cliente"'))
    (small_package / "templates" / "two.html").unlink()
    messages.extract()
    text = path.read_text(encoding="utf-8")
    assert 'msgstr "Cliente"' in text
    assert "Save" not in text


def test_a_translation_that_loses_a_placeholder_is_missing(small_package: Path) -> None:
    template = "{% load i18n %}{% blocktranslate count n=2 %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"
    (small_package / "templates" / "two.html").write_text(template)
    messages.extract()
    path = messages.catalogue("es")
    text = path.read_text(encoding="utf-8").replace('"Customer"\nmsgstr ""', '"Customer"\nmsgstr "Cliente"')
    text = text.replace('msgstr[0] ""', 'msgstr[0] "%(n)s día"')
    path.write_text(text.replace('msgstr[1] ""', 'msgstr[1] "días"'), encoding="utf-8")
    assert len(list(messages.faults(messages.read(path, "es")))) == 1
    path.write_text(text.replace('msgstr[1] ""', 'msgstr[1] "%(n)s días"'), encoding="utf-8")
    assert list(messages.faults(messages.read(path, "es"))) == []


@pytest.mark.parametrize(
    ("language", "familiar"), [("es", r"\b(tu|tus|tú|te|ti|contigo|tuyo|tuya)\b"), ("zh_Hans", "你")]
)
def test_readers_are_addressed_politely_everywhere(language: str, familiar: str) -> None:
    said = messages.read(messages.catalogue(language), language)
    strings = [part for each in said if each.id for part in _parts(each.string)]
    assert [part for part in strings if re.search(familiar, part, re.IGNORECASE)] == []


def _parts(string: str | Sequence[str] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ())
