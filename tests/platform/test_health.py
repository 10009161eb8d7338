"""The health page tells what runs, to anybody, also while the database is away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from bosun import __version__
from bosun.lib import clock
from bosun.platform.health import services
from bosun.platform.jobs import heartbeats
from bosun.platform.jobs.models import Heartbeat


@pytest.mark.django_db
def test_all_is_well() -> None:
    heartbeats.beat("worker", "one")
    heartbeats.beat("scheduler", "one")
    answer = Client().get("/health")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer.json() == {
        "status": "up", "database": "up", "worker": "up", "scheduler": "up", "version": __version__,
    }  # fmt: skip


@pytest.mark.django_db
def test_a_worker_that_is_silent_is_down() -> None:
    heartbeats.beat("worker", "one")
    heartbeats.beat("scheduler", "one")
    Heartbeat.objects.filter(role="worker").update(at=clock.now() - timedelta(minutes=5))
    answer = Client().get("/health")
    assert answer.status_code == 503
    assert (answer.json()["worker"], answer.json()["scheduler"], answer.json()["status"]) == ("down", "up", "down")


@pytest.mark.django_db
def test_nobody_has_started_yet() -> None:
    assert services.state() == services.State("up", "down", "down")
    assert Client().head("/health").status_code == 503
    assert Client().post("/health").status_code == 405


@pytest.mark.django_db
def test_a_database_that_is_away() -> None:
    with refusing():
        answer = Client().get("/health")
    assert (answer.status_code, answer.json()["database"]) == (503, "down")


@contextmanager
def refusing() -> Iterator[None]:
    def refuse(*_args: Any) -> Any:
        raise OperationalError("unable to open database file")

    with connection.execute_wrapper(refuse):
        yield
