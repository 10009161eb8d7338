"""DATABASE_URL."""

from pathlib import Path

import pytest

from bosun.config.databases import database

HOME = Path("/srv/bosun")


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
    assert (found["ENGINE"], found["NAME"]) == ("django.db.backends.sqlite3", name)
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in found["OPTIONS"]["init_command"]


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
