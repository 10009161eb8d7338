"""Guests of many records at once: moved together, gone with a customer, and those who were taken off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bosun.kernel import records
from bosun.platform.feeds.models import Invitation
from bosun.platform.jobs import running
from tests.kernel.world import World
from tests.platform.post import Post
from tests.platform.reminding import NINE
from tests.web.conftest import Seat
from tests.web.test_invitations import calendar_of, event_of, invite, post, rights, task

__all__ = ["calendar_of", "post", "rights"]
AHEAD = NINE.replace(year=2036)


def told(post: Post, method: str = "REQUEST") -> list[tuple[str, int, datetime]]:
    """What has left since the last look: to whom, which of the invitations, and for when."""
    running.drain()
    made = [(to[0], event_of(sent, method)) for to, sent in post.taken]
    post.taken.clear()
    return sorted((to, event["sequence"], event.start.astimezone(UTC)) for to, event in made)


def test_a_bulk_edit_and_its_undoing_are_told_for_each_record(
    world: World, sit: Callable[[str], Seat], post: Post
) -> None:
    rows = [task(world, due=AHEAD), task(world, due=AHEAD + timedelta(days=1)), task(world, due=AHEAD)]
    invite(sit, rows[0], "a@example.org")
    invite(sit, rows[1], "b@example.org")
    post.taken.clear()
    later = AHEAD + timedelta(days=9)
    act = world.act("ann", batch="moved")
    records.bulk_change("tasks", [row.pk for row in rows], {"due": later}, act)
    assert told(post) == [("a@example.org", 1, later), ("b@example.org", 1, later)]
    records.undo(act.batch, world.act("ann"))
    assert told(post) == [("a@example.org", 2, AHEAD), ("b@example.org", 2, AHEAD + timedelta(days=1))]


def test_what_goes_along_with_its_customer_is_off_too(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    customer = world.customer("ann")
    invite(sit, task(world, due=AHEAD, about={"entity": "customers", "id": customer.pk}))
    post.taken.clear()
    gone = records.remove_one("customers", customer.pk, world.act("ann"))
    assert told(post, "CANCEL") == [("guest@example.org", 1, AHEAD)]
    records.restore(gone.pk, world.act("ann"))
    assert told(post) == [("guest@example.org", 2, AHEAD)]


def test_a_guest_who_was_taken_off_hears_no_more(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    row = task(world, due=AHEAD)
    invite(sit, row)
    post.taken.clear()
    sit("ann").send(f"/invitations/{Invitation.objects.get().pk}/withdraw", 204)
    assert told(post, "CANCEL") == [("guest@example.org", 1, AHEAD)]
    records.change("tasks", row.pk, {"due": AHEAD + timedelta(hours=1)}, world.act("ann"))
    assert told(post) == []
