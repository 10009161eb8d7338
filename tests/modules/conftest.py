"""The small company with rights to opportunities, and shortcuts to what is sold in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from bosun.kernel import records, stamps
from bosun.kernel.actor import Actor
from bosun.platform.accounts.models import User
from bosun.platform.org.shipped import scopes
from bosun.platform.pipelines import stages
from bosun.platform.pipelines.models import Stay
from tests.kernel.world import MANAGER, REP, SYSTEM, World, build
from tests.web.conftest import BACKEND, Seat

EVERYTHING = "read create change remove export import"


@pytest.fixture
def world(db: None) -> World:
    """Ann and Cyd sell, Ben leads Ann, Ada runs the machine."""
    made = build()
    hidden = {"customers": {"credit_limit": "none"}, "opportunities": {"cost_price": "none"}}
    rep = {"grants": {**REP, "opportunities": scopes("own", EVERYTHING)}, "field_rights": hidden}
    records.change("roles", made.roles["rep"], rep, SYSTEM)
    manager = {**MANAGER, "opportunities": scopes("below", f"{EVERYTHING} transfer")}
    records.change("roles", made.roles["manager"], {"grants": manager}, SYSTEM)
    stamps.refresh()
    return made


@pytest.fixture
def sit(world: World) -> Callable[[str], Seat]:
    """`sit("ann")` is Ann, signed in."""

    def make(name: str) -> Seat:
        client = Client(raise_request_exception=True)
        client.force_login(User.objects.get(person_id=world.people[name]), BACKEND)
        return Seat(client)

    return make


def stage(name: str) -> int:
    """The id of a shipped stage."""
    return next(one.id for one in stages.all_stages().values() if one.name == name)


def deal(world: World, who: str = "ann", at: str = "Prospecting", **values: Any) -> Any:
    """An opportunity that somebody enters."""
    raw = {"name": "Line 3", "stage": stage(at), "amount": {"amount": "1000", "currency": "EUR"}, **values}
    return records.create("opportunities", raw, world.act(who))


def now(pk: int, actor: Actor) -> Any:
    """An opportunity as it stands, for somebody."""
    return records.get("opportunities", pk, actor)


def stays(pk: int) -> list[tuple[str, str, str]]:
    """Where an opportunity has been: stage, from, until."""
    rows = Stay.objects.filter(entity="opportunities", record_id=pk).order_by("pk").select_related("stage")
    return [(str(row.stage or ""), str(row.entered_on), str(row.left_on or "")) for row in rows]
