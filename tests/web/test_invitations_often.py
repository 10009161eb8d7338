"""Whoever has the link answers as often as he likes; the host hears each answer that stands, one card at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.deliveries.models import Delivery, Preference
from bosun.platform.feeds import answers
from bosun.platform.feeds.models import Invitation
from bosun.platform.jobs import running
from bosun.platform.jobs.models import Job
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform.post import Post
from tests.web.conftest import Seat
from tests.web.test_invitations import invite, link_of, post, rights, task
from tests.web.test_invitations_moved import AHEAD

__all__ = ["post", "rights"]
Sit = Callable[[str], Seat]
NOW = AHEAD - timedelta(days=30)
LATER = NOW + answers.PAUSE


def link(world: World, sit: Sit, post: Post) -> str:
    """Of an invitation that has just left."""
    invite(sit, task(world, due=AHEAD))
    return link_of(post.taken[-1][1])


def told(closed: bool = False) -> list[str]:
    """What the cards say that stand open, or that were closed."""
    rows = Notice.objects.filter(closed_at__isnull=not closed).order_by("pk")
    return [each.text.removeprefix("guest@example.org ").replace(": Site visit", "") for each in rows]


def press(link: str, answer: str, words: str = "") -> None:
    assert Client().post(link, {"answer": answer, "words": words}).status_code == 200


def test_answers_by_turns_are_two_notices_and_the_last_one_stands(world: World, sit: Sit, post: Post) -> None:
    Preference.objects.create(person_id=world.people["ann"], kinds={"invitation": {"email": "now"}})
    place = link(world, sit, post)
    with clock.fixed(NOW):
        for _turn in range(20):
            press(place, "accepted")
            press(place, "declined")
            assert (told(), told(closed=True)) == (["accepts"], [])
        assert Invitation.objects.get().state == "declined"
        assert "does not come" in sit("ann").get(f"/tasks/{Invitation.objects.get().record_id}")
        assert Job.objects.filter(kind=answers.JOB).count() == 1
    with clock.fixed(LATER - timedelta(seconds=1)):
        assert running.drain() == 0
    with clock.fixed(LATER):
        assert running.drain() == 1
        assert (told(), told(closed=True)) == (["declines"], ["accepts"])
        press(place, "accepted")
        assert (told(), told(closed=True)) == (["declines"], ["accepts"])
    with clock.fixed(LATER + answers.PAUSE):
        assert running.drain() == 1
    assert (told(), told(closed=True)) == (["accepts"], ["accepts", "declines"])
    assert Delivery.objects.filter(channel="email").count() == 3


def test_whoever_comes_back_to_what_was_told_is_not_told_again(world: World, sit: Sit, post: Post) -> None:
    place = link(world, sit, post)
    with clock.fixed(NOW):
        press(place, "accepted")
        press(place, "declined")
        press(place, "accepted")
    with clock.fixed(LATER):
        assert running.drain() == 1
    assert (told(), told(closed=True), Invitation.objects.get().state) == (["accepts"], [], "accepted")


def test_after_a_while_an_answer_is_told_at_once(world: World, sit: Sit, post: Post) -> None:
    place = link(world, sit, post)
    with clock.fixed(NOW):
        press(place, "accepted")
    with clock.fixed(LATER):
        press(place, "declined")
    assert (told(), told(closed=True)) == (["declines"], ["accepts"])
    assert not Job.objects.filter(kind=answers.JOB).exists()


def test_new_words_are_told_and_none_leave_what_was_said(world: World, sit: Sit, post: Post) -> None:
    place = link(world, sit, post)
    with clock.fixed(NOW):
        press(place, "accepted", "With pleasure")
        press(place, "accepted")
        press(place, "accepted", "With pleasure")
        assert not Job.objects.filter(kind=answers.JOB).exists()
        press(place, "accepted", "I bring cake")
    assert Invitation.objects.get().words == "I bring cake"
    with clock.fixed(LATER):
        assert running.drain() == 1
    assert (told(), told(closed=True)) == (["accepts – I bring cake"], ["accepts – With pleasure"])


def test_each_guest_has_a_card_and_each_asking_an_answer(world: World, sit: Sit, post: Post) -> None:
    row = task(world, due=AHEAD)
    invite(sit, row, "guest@example.org, second@example.org")
    first, second = (link_of(sent) for _to, sent in post.taken)
    with clock.fixed(NOW):
        press(first, "accepted")
        press(second, "declined")
        assert told() == ["accepts", "second@example.org declines"]
        press(first, "declined")
        records.change("tasks", row.pk, {"due": AHEAD + timedelta(days=1)}, world.act("ann"))
        running.drain()
        # It is the same answer, to another time.
        press(first, "accepted")
        assert told() == ["accepts", "second@example.org declines", "accepts"]
    with clock.fixed(LATER):
        assert running.drain() == 1
    assert (len(told()), told(closed=True)) == (3, [])


def test_what_waits_is_told_to_whoever_hosts_by_then_and_not_once_it_is_taken_back(
    world: World, sit: Sit, post: Post
) -> None:
    place = link(world, sit, post)
    held = Invitation.objects.get()
    with clock.fixed(NOW):
        press(place, "accepted")
        press(place, "declined")
        records.change("tasks", held.record_id, {"owner": world.people["cyd"]}, SYSTEM)
    with clock.fixed(LATER):
        running.drain()
        rows = Notice.objects.filter(kind="invitation").order_by("pk")
        assert list(rows.values_list("person_id", "closed_at")) == [
            (world.people["ann"], LATER), (world.people["cyd"], None),
        ]  # fmt: skip
        press(place, "accepted")
        sit("cyd").send(f"/invitations/{held.pk}/withdraw", 204)
    with clock.fixed(LATER + answers.PAUSE):
        running.drain()
    assert rows.count() == 2
