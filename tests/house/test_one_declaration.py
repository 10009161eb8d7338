"""A new entity is two files and at most sixty lines; a new field is one line; every surface follows.

The test does what CONTRIBUTING.md says, to a copy of Bosun in a folder of its own, and looks at the surfaces from
outside.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE = Path("bosun/modules/customers")
IMPORTS = """
from bosun.kernel.entity import Entity, Section
from bosun.modules.customers.models import Vehicle
"""


def declaration() -> dict[str, str]:
    """The two pieces of code that CONTRIBUTING.md shows, by file."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    blocks = re.findall(r"`(models|entity)\.py`:\n```python\n(.*?)```", text, re.DOTALL)
    return {f"{name}.py": code for name, code in blocks}


class Copy:
    """A copy of Bosun that a test may change."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "src"
        self.home = folder / "home"
        self.home.mkdir()
        shutil.copytree(
            ROOT / "src" / "bosun", self.source / "bosun", ignore=shutil.ignore_patterns("__pycache__", "data", "img")
        )

    def append(self, name: str, code: str) -> None:
        """Add code to the end of a file of the customers module."""
        path = self.source / MODULE / name
        path.write_text(path.read_text("utf-8") + "\n\n" + code, "utf-8")

    def run(self, *command: str) -> str:
        """Run Python on the copy; what it prints."""
        held = {
            key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        }
        env = {**held, "PYTHONPATH": f"{self.source}{os.pathsep}{ROOT}", "BOSUN_HOME": str(self.home)}
        env |= {"DJANGO_SETTINGS_MODULE": "bosun.config.settings", "BOSUN_HOSTS": "testserver"}
        done = subprocess.run(
            [sys.executable, *command], env=env, cwd=self.home, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def bosun(self, *command: str) -> str:
        """Run the command line of the copy."""
        return self.run("-c", "import sys; from bosun.config.cli import main; sys.exit(main())", *command)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Bosun with a Vehicle in it, one field of which came later as one line."""
    made = Copy(tmp_path_factory.mktemp("house"))
    code = declaration()
    made.append("models.py", code["models.py"])
    made.append("entity.py", IMPORTS + code["entity.py"])
    made.bosun("makemigrations", "customers")
    models = made.source / MODULE / "models.py"
    line = '    seats = fields.Number(_("Seats"), low=1, high=99, optional=True)\n'
    after = '    bought = fields.Date(_("Bought"), optional=True)\n'
    models.write_text(models.read_text("utf-8").replace(after, after + line), "utf-8")
    made.bosun("makemigrations", "customers")
    return made


@pytest.fixture(scope="module")
def seen(copy: Copy) -> dict[str, Any]:
    """What a walk over the surfaces saw."""
    printed = copy.run(str(ROOT / "tests" / "house" / "vehicle_check.py"))
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def test_the_declaration_is_two_files_and_at_most_sixty_lines() -> None:
    code = declaration()
    assert sorted(code) == ["entity.py", "models.py"]
    assert sum(len(part.splitlines()) for part in code.values()) + len(IMPORTS.splitlines()) <= 60


def test_every_surface_knows_the_new_entity(seen: dict[str, Any]) -> None:
    price = {"amount": "25000.00", "currency": "EUR"}
    assert seen == {
        "api create": 201,
        "api list": [["OK 1234", price, "Tidewater"]],
        "openapi": True,
        "openapi of a rep": False,
        "rights before": 404,
        "rights after": ["OK 1234"],
        "list": True,
        "form": True,
        "page": True,
        "search": ["OK 1234"],
        "search in the list": ["OK 1234"],
        "history": [["changed", ["fuel"]], ["created", ["plate"]]],
        "bin": ["OK 1234"],
        "last contact": True,
        "fields": ["plate", "customer", "fuel", "bought", "seats", "price"],
    }


@pytest.mark.usefixtures("seen")
def test_files_go_in_and_out(copy: Copy) -> None:
    table = copy.home / "cars.csv"
    table.write_text("Plate,Customer,Fuel,Seats\nOK 5678,Tidewater,Electric,4\n", "utf-8")
    copy.bosun("import", "vehicles", str(table), "--user", "ada")
    out = copy.home / "out.csv"
    copy.bosun("export", "vehicles", "--user", "ada", "--columns", "plate,customer,seats,price", "-o", str(out))
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["Plate"]: row for row in csv.DictReader(file)}
    assert sorted(rows) == ["OK 1234", "OK 5678"]
    assert (rows["OK 5678"]["Customer"], rows["OK 5678"]["Seats"]) == ("Tidewater", "4")
    assert rows["OK 1234"]["Price"] == "25000.00 EUR"
