"""What every test may ask for, here and in the business modules, and which tests cannot run on this machine."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.machine import chromium, data_root, missing_parts

LEFT_OUT = pytest.StashKey[dict[str, int]]()

# Playwright's synchronous interface runs an event loop in the thread of the test, which Django mistakes for its own.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot run here; with CI=true that is a failure."""
    lacking = missing_parts()
    counts: dict[str, int] = {}
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        reasons = [part for marker, part in lacking.items() if item.get_closest_marker(marker)]
        (left if reasons else kept).append(item)
        for reason in reasons:
            counts[reason] = counts.get(reason, 0) + 1
    config.stash[LEFT_OUT] = counts
    if counts and os.environ.get("CI", "").lower() == "true":
        raise pytest.UsageError(f"Missing on this machine: {', '.join(counts)}")
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out and why."""
    for part, count in config.stash.get(LEFT_OUT, {}).items():
        terminalreporter.write_line(f"missing: {part}: {count} tests left out")


OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """PostgreSQL notices late that a program which a test killed has gone, and drops no database that is in use."""
    from django.db import connection  # Django is not ready when this file is read

    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            cursor.execute(OTHERS, cursor.fetchone())


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """What processes keep in memory would outlive the transaction of a test."""
    from bosun.api import limits  # Django is not ready when this file is read
    from bosun.kernel import stamps

    def forget() -> None:
        stamps.forget()
        stamps._seen.clear()
        limits.forget()

    forget()
    yield
    forget()


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of test data; a test that asks for it carries the marker `data`."""
    folder = data_root()
    assert folder.is_dir(), f"{folder} is not there: mark the test with pytest.mark.data"
    return folder


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium; as root it runs only without its sandbox."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium(), "args": arguments}
