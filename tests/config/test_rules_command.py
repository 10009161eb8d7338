"""Rules from the command line: files that cannot be read."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from bosun.config.failure import Failure

rules = importlib.import_module("bosun.config.commands.rules")


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes("rule: Größe".encode("latin-1"))
    for given in (file, tmp_path):
        with pytest.raises(Failure) as caught:
            rules.texts([str(given)])
        assert str(caught.value) == f"{file}: This file is not UTF-8. Save it as UTF-8 and bring it in again."
