"""Lock files without addresses, dependencies with reasons, commands that load, declarations that hold together."""

import argparse
import re
import tomllib

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from bosun.config import cli
from tests.architecture.tree import PACKAGE, ROOT, modules

LOCKS = ("requirements/run.txt", "requirements/dev.txt", "package-lock.json", ".npmrc")
UNFINISHED = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_hold_no_addresses(name: str) -> None:
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_every_runtime_dependency_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("dependencies = [", 1)[1].split("\n]", 1)[0]
    assert len(block.strip().splitlines()) == len(tomllib.loads(text)["project"]["dependencies"])
    assert [line for line in block.strip().splitlines() if not re.search(r'",\s+# \S', line)] == []


@pytest.mark.parametrize("name", cli.names())
def test_every_command_loads_and_takes_its_arguments(name: str) -> None:
    command = cli.load(name)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert callable(command.run)
    assert cli.summary(name).endswith(".")


def test_nothing_is_left_for_later() -> None:
    found = [
        f"{module.path.relative_to(ROOT)}:{number}"
        for module in modules()
        for number, line in enumerate(module.path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_every_package_says_what_it_is() -> None:
    silent = [
        str(path.parent.relative_to(ROOT))
        for path in PACKAGE.rglob("*.py")
        if path.parent != PACKAGE
        and not {"migrations", "tests"}.intersection(path.parts)
        and not (path.parent / "__init__.py").exists()
    ]
    assert silent == []


def test_the_declarations_hold_together() -> None:
    assert run_checks() == []


def test_every_change_of_a_model_has_its_migration() -> None:
    loader = MigrationLoader(None)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    assert list(detector.changes(graph=loader.graph)) == []
