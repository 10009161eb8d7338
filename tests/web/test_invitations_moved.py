"""Guests hear of a new time, and when it is off; of what is over they hear no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta

import pytest
import recurring_ical_events

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.feeds import invitations
from bosun.platform.feeds.models import Invitation
from bosun.platform.jobs import running
from tests.kernel.world import World
from tests.platform.post import Post
from tests.platform.reminding import NINE
from tests.web.conftest import Seat
from tests.web.test_invitations import calendar_of, event_of, invite, post, rights, task

__all__ = ["calendar_of", "post", "rights"]
AHEAD = NINE.replace(year=2036)


def test_guests_hear_of_a_new_time_and_of_the_end(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    row = task(world, due=AHEAD)
    invite(sit, row, "guest@example.org, second@example.org")
    answered = Invitation.objects.get(email="guest@example.org")
    assert invitations.answer(answered, "accepted")
    invitations.withdraw(
        Invitation.objects.get(email="second@example.org").pk,
        records.environment(world.act("ann").actor),
    )
    running.drain()
    post.taken.clear()

    # A new title, a note and a finished checklist change no calendar.
    records.change("tasks", row.pk, {"subject": "Visit", "note": "More"}, world.act("ann"))
    running.drain()
    assert post.taken == []
    assert Invitation.objects.get(pk=answered.pk).state == "accepted"

    later = AHEAD + timedelta(hours=3)
    records.change("tasks", row.pk, {"due": later}, world.act("ann"))
    running.drain()
    ((to, sent),) = post.taken
    assert (to, str(sent["Subject"])) == (("guest@example.org",), "Invitation, as it is now: Visit")
    event = event_of(sent)
    assert (event["sequence"], str(event["uid"])) == (1, answered.uid)
    assert event.start.astimezone(UTC) == later
    assert Invitation.objects.get(pk=answered.pk).state == "asked"

    post.taken.clear()
    removal = records.remove_one("tasks", row.pk, world.act("ann"))
    running.drain()
    ((to, sent),) = post.taken
    assert (to, str(sent["Subject"])) == (("guest@example.org",), "Cancelled: Visit")
    event = event_of(sent, "CANCEL")
    assert (event["sequence"], str(event["status"]), str(event["uid"])) == (2, "CANCELLED", answered.uid)
    assert event.start.astimezone(UTC) == later

    post.taken.clear()
    records.restore(removal.pk, world.act("ann"))
    running.drain()
    ((to, sent),) = post.taken
    assert (event_of(sent)["sequence"], event_of(sent).start.astimezone(UTC)) == (3, later)

    # Without a time there is nothing to come to.
    post.taken.clear()
    records.change("tasks", row.pk, {"due": None}, world.act("ann"))
    running.drain()
    ((to, sent),) = post.taken
    event = event_of(sent, "CANCEL")
    assert (event["sequence"], event.start.astimezone(UTC)) == (4, later)


@pytest.mark.parametrize("end", ["20261207", "20261207T090000Z", "20261207T100000"])
def test_a_guest_has_the_last_time_from_the_first_mail_on(
    world: World, sit: Callable[[str], Seat], post: Post, end: str
) -> None:
    with clock.fixed(NINE - timedelta(hours=1)):
        row = task(world, due=NINE, recurrence=f"FREQ=WEEKLY;UNTIL={end}")
        invite(sit, row)
    made = calendar_of(post.taken[0][1])
    found = recurring_ical_events.of(made).between(NINE - timedelta(days=1), NINE + timedelta(days=60))
    assert [each.start.astimezone(UTC) for each in found] == [NINE + timedelta(weeks=n) for n in range(3)]
    held = [row]
    while held[-1] is not None and len(held) < 9:
        with clock.fixed(held[-1].due + timedelta(minutes=1)):
            records.run_verb("tasks", [held[-1].pk], "done", {}, world.act("ann"))
            running.drain()
        held.append(type(row).objects.filter(done_at=None).first())
    assert [each and each.due for each in held] == [*(NINE + timedelta(weeks=n) for n in range(3)), None]
    assert [str(sent["Subject"]) for _to, sent in post.taken] == ["Invitation: Site visit"]


def test_what_is_over_is_taken_back_from_nobody(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    row = task(world, due=NINE - timedelta(days=9))
    with clock.fixed(NINE - timedelta(days=10)):
        invite(sit, row)
    post.taken.clear()
    records.change("tasks", row.pk, {"due": NINE - timedelta(days=8)}, world.act("ann"))
    records.remove_one("tasks", row.pk, world.act("ann"))
    running.drain()
    assert post.taken == []
    assert Invitation.objects.get().sequence == 0


def test_several_moves_are_one_mail_with_the_time_that_holds(
    world: World, sit: Callable[[str], Seat], post: Post
) -> None:
    row = task(world, due=AHEAD)
    invite(sit, row)
    post.taken.clear()
    for days in (1, 2):
        records.change("tasks", row.pk, {"due": AHEAD + timedelta(days=days)}, world.act("ann"))
    running.drain()
    ((_to, sent),) = post.taken
    assert event_of(sent).start.astimezone(UTC) == AHEAD + timedelta(days=2)


def test_a_move_undone_at_once_is_told_to_nobody(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    row = task(world, due=AHEAD)
    invite(sit, row)
    invitations.answer(Invitation.objects.get(), "accepted")
    post.taken.clear()
    records.change("tasks", row.pk, {"due": AHEAD + timedelta(days=1)}, world.act("ann"))
    records.change("tasks", row.pk, {"due": AHEAD}, world.act("ann"))
    running.drain()
    assert post.taken == []
    assert Invitation.objects.get().state == "accepted"
