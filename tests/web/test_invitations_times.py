"""Mailed answers to one time of a series: what names no time of it is left for a person to read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bosun.lib import clock
from bosun.platform.feeds import answers, replies
from bosun.platform.feeds.models import Invitation
from bosun.platform.reminders.models import Notice
from tests.kernel.world import World
from tests.platform.post import Post
from tests.web.conftest import Seat
from tests.web.test_invitations import invite, post, reply, rights, task
from tests.web.test_invitations_moved import AHEAD

__all__ = ["post", "rights"]
Sit = Callable[[str], Seat]
GUEST = "guest@example.org"


def one(line: str, state: str = "DECLINED", stamp: str = "20261101T090000Z") -> bool:
    """Whether an answer with this line is heard."""
    raw = reply(Invitation.objects.get().uid, GUEST, state, stamp)
    return replies.heard(raw.replace(b"SEQUENCE", f"{line}\r\nSEQUENCE".encode()), GUEST)


def left() -> tuple[str, bool, bool]:
    """What stands of an answer: the state, whether it has a time, whether anything was told."""
    row = Invitation.objects.get()
    return row.state, row.answer_stamp is not None, Notice.objects.exists()


@pytest.mark.parametrize(
    "line",
    [
        "RECURRENCE-ID:nonsense",
        "RECURRENCE-ID:",
        "RECURRENCE-ID nonsense",
        "RECURRENCE-ID;=:20361130T090000Z",
        "RECURRENCE-ID;VALUE=TEXT:20361130T090000Z",
        "RECURRENCE-ID;VALUE=PERIOD:20361130T090000Z/PT1H",
        "RECURRENCE-ID:P1D",
        "RECURRENCE-ID:090000",
        "RECURRENCE-ID:20361130T090000Z\r\nRECURRENCE-ID:20361130T090000Z",
    ],
)
def test_a_time_that_cannot_be_read_is_left_for_a_person(world: World, sit: Sit, post: Post, line: str) -> None:
    invite(sit, task(world, due=AHEAD, recurrence="FREQ=WEEKLY"))
    assert not one(line)
    assert left() == ("asked", False, False)


@pytest.mark.parametrize(
    "line",
    [
        "RECURRENCE-ID:19990101T090000Z",
        "RECURRENCE-ID:00010101T000000Z",
        "RECURRENCE-ID:99991231T235959Z",
        "RECURRENCE-ID:20361130T090001Z",
        "RECURRENCE-ID:20361129T090000Z",
        "RECURRENCE-ID:20361116T090000Z",
        "RECURRENCE-ID:20361207T090000Z",
        "RECURRENCE-ID;VALUE=DATE:20361130",
        "RECURRENCE-ID;TZID=Asia/Tokyo:20361130T100000",
    ],
)
def test_what_is_no_time_of_the_series_is_left_for_a_person(world: World, sit: Sit, post: Post, line: str) -> None:
    """Two Sundays at ten in Madrid, 23 and 30 November."""
    invite(sit, task(world, due=AHEAD, recurrence="FREQ=WEEKLY;COUNT=2"))
    assert not one(line)
    assert left() == ("asked", False, False)


def test_what_is_no_series_has_no_single_times(world: World, sit: Sit, post: Post) -> None:
    invite(sit, task(world, due=AHEAD))
    assert not one("RECURRENCE-ID:20361123T090000Z")
    assert left() == ("asked", False, False)


def test_a_time_is_the_same_on_every_clock(world: World, sit: Sit, post: Post) -> None:
    invite(sit, task(world, due=AHEAD, recurrence="FREQ=WEEKLY"))
    for line in (":20361130T090000Z", ";TZID=Asia/Tokyo:20361130T180000", ":20361130T100000"):
        assert one(f"RECURRENCE-ID{line}", stamp=f"2026110{len(line) % 9 + 1}T090000Z")
    said = "guest@example.org declines one time: Site visit, 30 Nov 2036 10:00 (Europe/Madrid)"
    assert [each.text for each in Notice.objects.all()] == [said]


def test_a_whole_day_is_named_as_a_day(world: World, sit: Sit, post: Post) -> None:
    midnight = AHEAD.replace(hour=23) - timedelta(days=1)
    invite(sit, task(world, due=midnight, recurrence="FREQ=WEEKLY;COUNT=2"))
    assert not one("RECURRENCE-ID:20361129T230000Z")
    assert not one("RECURRENCE-ID;VALUE=DATE:20361129")
    assert left() == ("asked", False, False)
    assert one("RECURRENCE-ID;VALUE=DATE:20361130")
    assert Notice.objects.get().text == "guest@example.org declines one time: Site visit, 2036-11-30"


def test_of_one_time_the_last_answer_stands_and_repeats_say_nothing(world: World, sit: Sit, post: Post) -> None:
    invite(sit, task(world, due=AHEAD, recurrence="FREQ=WEEKLY"))
    line = "RECURRENCE-ID:20361130T090000Z"
    assert one(line, "ACCEPTED", "20261101T090000Z")
    assert one("RECURRENCE-ID:20361207T090000Z", "ACCEPTED", "20261101T090000Z")
    assert one(line, "DECLINED", "20261101T090100Z")
    assert one(line, "DECLINED", "20261101T090200Z")
    assert one(line, "ACCEPTED", "20261101T090000Z")
    told = [(each.text.split()[1], each.text.split(", ")[1][:6].strip()) for each in Notice.objects.order_by("pk")]
    assert told == [("accepts", "30 Nov"), ("accepts", "7 Dec"), ("declines", "30 Nov")]
    assert [each.closed_at is None for each in Notice.objects.order_by("pk")] == [False, True, True]


def test_more_answers_to_single_times_than_one_can_follow_are_left_for_a_person(
    world: World, sit: Sit, post: Post
) -> None:
    invite(sit, task(world, due=AHEAD, recurrence="FREQ=DAILY"))
    lines = [f"RECURRENCE-ID:{AHEAD + timedelta(days=n):%Y%m%dT%H%M%SZ}" for n in range(answers.MOST_AN_HOUR + 2)]
    now = clock.now()
    with clock.fixed(now):
        assert [one(line) for line in lines] == [True] * answers.MOST_AN_HOUR + [False] * 2
        assert one(lines[0])
        assert Notice.objects.filter(closed_at=None).count() == answers.MOST_AN_HOUR
        assert not one(lines[0], "ACCEPTED")
        assert Notice.objects.filter(closed_at=None).count() == Notice.objects.count() == answers.MOST_AN_HOUR
    with clock.fixed(now + timedelta(hours=1)):
        assert one(lines[-1])
    assert Notice.objects.count() == answers.MOST_AN_HOUR + 1
