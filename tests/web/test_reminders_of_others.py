"""Done on the page of a reminder ends it for everybody: the page names them and asks first."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.reminders.models import Notice, Occurrence, Reminder
from tests.kernel.world import World
from tests.platform.reminding import NINE, grant, remind, tick, verb
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def of_all(world: World, *names: str, **values: Any) -> Any:
    """A reminder of Ada's for these people."""
    return remind(world, "ada", people=[world.people[name] for name in names], **values)


def asked(answer: Any) -> str:
    """What a dialog says before it goes on; nothing where it asks nothing."""
    page = html.unescape(answer if isinstance(answer, str) else answer.content.decode())
    return page.partition('<div class="note soon">')[2].partition("<span>")[2].partition("</span>")[0]


def states() -> list[str]:
    return list(Occurrence.objects.order_by("pk").values_list("state", flat=True))


def test_done_names_those_who_have_not_done_it_and_ends_it_when_answered(world: World, sit: Sit) -> None:
    row = of_all(world, "ann", "ben", "cyd", "ada")
    tick(NINE)
    verb(world, "cyd", Occurrence.objects.get(owner=world.people["cyd"]), "done", NINE)
    with clock.fixed(NINE):
        seat, address = sit("ada"), f"/reminders/{row.pk}/verbs/done"
        assert asked(seat.send(address, 409)) == "Ann and Ben have not done it yet. Done ends it for them too."
        assert states() == ["open", "open", "done", "open"]
        assert Notice.objects.filter(closed_at=None).count() == 3
        seat.send(address, 204, confirm="before")
    assert states() == ["done"] * 4
    assert Reminder.objects.get().state == "done"


def test_one_who_is_left_and_many_who_are(world: World, sit: Sit) -> None:
    hired = [world.person(name, "rep", "team a") for name in ("Dan", "Eve")]
    one = of_all(world, "ann")
    many = remind(world, "ada", people=[*(world.people[name] for name in ("ann", "ben", "cyd")), *hired])
    said = ["Ann has not done it yet.", "Ann, Ben, Cyd and 2 more have not done it yet."]
    ends = " Done ends it for them too."
    with clock.fixed(NINE):  # of what nobody was told yet as well
        texts = [asked(sit("ada").send(f"/reminders/{row.pk}/verbs/done", 409)) for row in (one, many)]
    assert texts == [each + ends for each in said]


def test_snooze_says_it_in_its_dialog_and_keeps_it_beside_what_was_wrong(world: World, sit: Sit) -> None:
    row = of_all(world, "ann", "ada")
    tick(NINE)
    said = "Ann has not done it yet. Snooze puts it off for them too."
    with clock.fixed(NINE):
        seat, address = sit("ada"), f"/reminders/{row.pk}/verbs/snooze"
        assert asked(seat.fragment(address)) == said
        assert asked(seat.send(address, 409, minutes="10")) == said
        assert asked(seat.send(address, 422, confirm="before")) == said
        assert not Occurrence.objects.exclude(snoozed_until=None).exists()
        seat.send(address, 204, minutes="10", confirm="before")
    assert Occurrence.objects.exclude(snoozed_until=None).count() == 2


def test_many_at_once_ask_too(world: World, sit: Sit) -> None:
    rows = [of_all(world, "ann"), of_all(world, "ben"), of_all(world)]
    tick(NINE)
    address = f"/reminders/bulk/verb?verb=done&ids={','.join(str(row.pk) for row in rows)}"
    said = "Ann and Ben have not done it yet. Done ends it for them too."
    with clock.fixed(NINE):
        seat = sit("ada")
        assert [asked(seat.fragment(address)), asked(seat.send(address, 409))] == [said, said]
        assert states() == ["open"] * 3
        seat.send(address, 204, confirm="before")
    assert states() == ["done"] * 3


def test_nothing_is_asked_where_nobody_else_is_left_nor_of_ones_own_part_nor_by_the_api(world: World, sit: Sit) -> None:
    own, both = remind(world, "ann"), of_all(world, "ann", "ada")
    tick(NINE)
    with clock.fixed(NINE):
        sit("ann").send(f"/reminders/{own.pk}/verbs/done", 204)
        ada = Occurrence.objects.get(reminder=both, owner=world.people["ada"])
        sit("ada").send(f"/occurrences/{ada.pk}/verbs/done", 204)
        assert Occurrence.objects.get(reminder=both, owner=world.people["ann"]).state == "open"
        records.run_verb("reminders", [both.pk], "done", {}, world.act("ada"))
    assert states() == ["done"] * 3


def test_whoever_may_not_do_it_hears_no_names(world: World, sit: Sit) -> None:
    row = of_all(world, "ann", "ben")
    tick(NINE)
    address = f"/reminders/bulk/verb?verb=done&ids={row.pk}"
    assert asked(sit("cyd").fragment(address)) == ""
    sit("cyd").send(f"/reminders/{row.pk}/verbs/done", 404)
    assert states() == ["open", "open"]
