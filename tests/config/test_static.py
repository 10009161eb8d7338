"""Static files under names with digests."""

import argparse
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage

from bosun.config import static
from bosun.config.commands import serve, web


def test_plain_names_until_collected_then_digests(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "collected"
    assert static.DigestNames().url("vendor/htmx.min.js") == "/static/vendor/htmx.min.js"
    static.collect()
    url = static.DigestNames().url("vendor/htmx.min.js")
    assert url.startswith("/static/vendor/htmx.min.")
    assert url != "/static/vendor/htmx.min.js"
    assert (settings.STATIC_ROOT / url.removeprefix("/static/")).is_file()


def test_collecting_again_does_nothing(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "collected"
    static.collect()
    (settings.STATIC_ROOT / "vendor" / "htmx.min.js").unlink()
    static.collect()
    assert not (settings.STATIC_ROOT / "vendor" / "htmx.min.js").exists()
    assert staticfiles_storage.url("vendor/icons.svg").startswith("/static/vendor/icons")


@pytest.mark.parametrize("command", [serve, web])
def test_a_clone_whose_parts_are_not_made_says_so(
    command: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Any, tmp_path: Path
) -> None:
    assert static.made()
    settings.STATIC_ROOT = tmp_path / "collected"
    monkeypatch.setattr(static, "VENDOR", tmp_path / "vendor")
    asked = argparse.ArgumentParser()
    command.add_arguments(asked)
    assert command.run(asked.parse_args([])) == 1
    assert "`make parts`" in capsys.readouterr().out
    assert not settings.STATIC_ROOT.exists()
