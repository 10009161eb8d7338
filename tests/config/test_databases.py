"""DATABASE_URL."""

import gc
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connections

from bosun.config.databases import database
from bosun.config.sqlite.base import DatabaseWrapper

HOME = Path("/srv/bosun")


def connected(path: Path) -> DatabaseWrapper:
    """A connection of its own to a file, which any thread may use."""
    entry = database("", path.parent) | {"NAME": str(path)}
    settings = {**connections.settings["default"], **entry}
    made = DatabaseWrapper({**settings, "OPTIONS": entry["OPTIONS"]}, "other")
    made.inc_thread_sharing()
    return made


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("", "/srv/bosun/bosun.sqlite3"),
        ("sqlite://", "/srv/bosun/bosun.sqlite3"),
        ("sqlite:///other.sqlite3", "other.sqlite3"),
        ("sqlite:////data/with%20blank.sqlite3", "/data/with blank.sqlite3"),
    ],
)
def test_one_file_by_default(url: str, name: str) -> None:
    found = database(url, HOME)
    assert (found["ENGINE"], found["NAME"]) == ("bosun.config.sqlite", name)
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in found["OPTIONS"]["init_command"]


@pytest.mark.django_db
def test_a_transaction_waits_for_another_and_then_goes_on(tmp_path: Path) -> None:
    first, second = (connected(tmp_path / "one.sqlite3") for _number in range(2))
    said: list[str] = []

    def write() -> None:
        with second.cursor() as cursor:
            second.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
            said.append("second begins")
            cursor.execute("INSERT INTO told VALUES ('second')")
            second.commit()
            second.set_autocommit(True)
            assert second.errors_occurred is False
            assert cursor.execute("PRAGMA busy_timeout").fetchone() == (0,)

    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE told (who TEXT)")
        first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(write)
            cursor.execute("INSERT INTO told VALUES ('first')")
            time.sleep(0.05)
            said.append("first ends")
            first.commit()
            waiting.result(20)
        first.set_autocommit(True)
        assert said == ["first ends", "second begins"]
        assert cursor.execute("SELECT who FROM told ORDER BY rowid").fetchall() == [("first",), ("second",)]


@pytest.mark.django_db
def test_the_garbage_of_one_that_waits_holds_nobody_up(tmp_path: Path) -> None:
    """A writer that collects a cursor of the thread that waits for it goes on, and so does the other."""
    first, second = (connected(tmp_path / "one.sqlite3") for _number in range(2))
    began = Event()

    def write() -> None:
        with second.cursor() as cursor:
            second.connection.set_trace_callback(lambda _statement: began.set())
            cursor.execute("INSERT INTO told VALUES ('second')")

    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE told (who TEXT)")
        second.ensure_connection()
        litter: list[Any] = [second.connection.execute("SELECT 1 UNION SELECT 2")]
        litter.append(litter)
        first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        cursor.execute("INSERT INTO told VALUES ('first')")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(write)
            assert began.wait(20)
            time.sleep(0.05)
            del litter
            gc.collect()
            first.commit()
            waiting.result(20)
        first.set_autocommit(True)
        assert cursor.execute("SELECT who FROM told ORDER BY rowid").fetchall() == [("first",), ("second",)]


@pytest.mark.django_db
def test_a_transaction_does_not_wait_for_ever(tmp_path: Path) -> None:
    first, second = (connected(tmp_path / "one.sqlite3") for _number in range(2))
    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    second.ensure_connection()
    second.patience = 0.05
    with pytest.raises(OperationalError):
        second.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def test_postgresql_with_a_pool() -> None:
    found = database("postgresql://crm:p%40ss@db.example:5433/crm?sslmode=require&pool=30", HOME)
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert [found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "crm",
        "crm",
        "p@ss",
        "db.example",
        "5433",
    ]
    assert found["OPTIONS"] == {"sslmode": "require", "pool": {"min_size": 1, "max_size": 30, "timeout": 20}}


def test_postgresql_over_a_socket_and_behind_a_pooler() -> None:
    found = database("postgresql://bosun@/bosun?host=/run/pg&pool=0", HOME)
    assert (found["HOST"], found["PORT"], found["USER"], found["OPTIONS"]) == ("/run/pg", "", "bosun", {})


def test_another_database_is_refused() -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        database("mysql://localhost/x", HOME)
