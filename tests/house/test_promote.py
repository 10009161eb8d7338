"""An invented object that has grown up becomes a module of a copy of Bosun, and nobody notices."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.house.test_one_declaration import ROOT, Copy

CHECK = str(ROOT / "tests" / "house" / "promote_check.py")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Bosun with a few vehicles that were invented in it."""
    return Copy(tmp_path_factory.mktemp("promoted"))


def seen(copy: Copy, step: str) -> dict[str, Any]:
    """What a look at every surface said."""
    found: dict[str, Any] = json.loads(copy.run(CHECK, step).splitlines()[-1])
    return found


def test_an_object_becomes_a_module_with_all_that_it_was(copy: Copy) -> None:
    before = seen(copy, "invent")
    printed = copy.bosun("promote", "x_vehicles", "--module", "fleet")
    folder = copy.source / "bosun" / "modules" / "fleet"
    made = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py"))
    assert made == [
        "__init__.py", "apps.py", "entity.py", "migrations/0001_initial.py", "migrations/0002_move.py",
        "migrations/__init__.py", "models.py",
    ]  # fmt: skip
    assert '"bosun.modules.fleet",' in printed
    modules = copy.source / "bosun" / "config" / "modules.py"
    text = modules.read_text("utf-8").rstrip().removesuffix(")")
    modules.write_text(f'{text}    "bosun.modules.fleet",\n)\n', "utf-8")
    copy.bosun("makemigrations", "--check", "fleet")
    after = seen(copy, "look")
    assert (before.pop("invented"), after.pop("invented")) == (True, False)
    assert (before.pop("left"), after.pop("left")) == (9, ["x_double"])
    assert after == before
    assert copy.bosun("check", "--data").startswith("All is well")


def test_what_is_not_invented_is_not_promoted(copy: Copy) -> None:
    copy.bosun("migrate", "--quiet")
    with pytest.raises(AssertionError, match="There is no invented object 'customers'"):
        copy.bosun("promote", "customers")
    assert not (Path(copy.source) / "bosun" / "modules" / "customers2").exists()
