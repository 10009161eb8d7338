"""The list of proofs names tests that are there, and every case has a test or a reason to wait."""

from __future__ import annotations

import re

from tests.machine import ROOT

PAGE = ROOT / "docs" / "extending" / "proofs.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| ([A-Z]\d+\.\d\d) \|(.*)\|(.*)\|(.*)\|$", re.MULTILINE)


def test_every_test_that_is_named_is_there() -> None:
    named = set(NAMED.findall(PAGE.read_text(encoding="utf-8")))
    assert len(named) > 100
    lost = []
    for file, name in sorted(named):
        path = ROOT / file
        if not path.exists() or f"\ndef {name}(" not in path.read_text(encoding="utf-8"):
            lost.append(f"{file}::{name}")
    assert lost == []


def test_every_case_stands_once_with_a_test_or_a_reason() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    codes = [code for code, _what, _tests, _waits in rows]
    assert len(codes) == len(set(codes))
    assert [code for code, what, tests, waits in rows if not what.strip() or not (tests.strip() or waits.strip())] == []
    assert [code for code, _what, tests, waits in rows if not tests.strip() and "waits" not in waits] == []
