"""A field marked as there once, while values stand twice: the screen names them until they are changed."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

from django.db import connection

from bosun.kernel import records, registry, stamps
from bosun.platform.customize import indexes, uniques
from bosun.platform.customize.models import CustomField
from bosun.platform.jobs import running
from tests.kernel.world import World
from tests.web.conftest import Seat

SAID = "“Plate” is to be there once, but several records have the same: “A-1” (2 times). Change those first."


def free_the_table() -> None:
    """An index cannot be made while rows of the same transaction wait for their references to be checked."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_screen_says_which_values_stand_in_the_way(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    seat.send("/settings/fields/customers/new", 204, label="Plate", kind="text")
    stamps.refresh()
    row = CustomField.objects.get()
    one, _two = (world.customer("ann", name=name, **{row.name: "A-1"}) for name in ("One", "Two"))
    panel = f"/settings/fields/{row.pk}"
    seat.send(panel, 204, label="Plate", unique="on", version="1")
    free_the_table()
    running.drain()
    assert SAID in unescape(seat.get("/settings/fields/customers"))
    assert SAID in unescape(seat.fragment(panel))
    assert indexes.held(uniques.PREFIX) == set()
    stamps.refresh()
    records.change("customers", one.pk, {row.name: "A-2"}, world.act("ann"))
    free_the_table()
    assert uniques.settle() == {"made": 1, "dropped": 0, "waiting": 0}
    assert SAID not in unescape(seat.get("/settings/fields/customers"))
    assert "Change those first." not in unescape(seat.fragment(panel))


def test_a_form_refuses_a_value_that_is_taken(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    seat.send("/settings/fields/customers/new", 204, label="Plate", kind="text", unique="on")
    free_the_table()
    running.drain()
    assert len(indexes.held(uniques.PREFIX)) == 1
    stamps.refresh()
    name = CustomField.objects.get().name
    world.customer("ann", name="One", **{name: "A-1"})
    answer = sit("ann").post("/customers/new", 422, name="Two", kind="company", **{name: "A-1"})
    assert "Another record has the same “Plate”." in unescape(answer.content.decode())
    assert [str(row) for row in registry.get("customers").model._default_manager.all()] == ["One"]
