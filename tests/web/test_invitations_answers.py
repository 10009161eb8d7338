"""Answers are to the time that was shown, and to the whole of a series."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from bosun.kernel import records
from bosun.platform.feeds import replies
from bosun.platform.feeds.models import Invitation
from bosun.platform.jobs import running
from bosun.platform.reminders.models import Notice
from tests.kernel.world import World
from tests.platform.post import Post
from tests.web.conftest import Seat
from tests.web.test_invitations import invite, link_of, post, reply, rights, task
from tests.web.test_invitations_moved import AHEAD

__all__ = ["post", "rights"]
Sit = Callable[[str], Seat]
OF = re.compile(r'name="of" value="(\w+)"')


def shown(page: str) -> str:
    found = OF.search(page)
    assert found is not None
    return found[1]


def test_an_answer_on_a_page_of_the_old_time_is_not_taken(world: World, sit: Sit, post: Post) -> None:
    row = task(world, due=AHEAD)
    invite(sit, row)
    link, guest = link_of(post.taken[0][1]), Client()
    old = shown(guest.get(link).content.decode())
    records.change("tasks", row.pk, {"due": AHEAD + timedelta(days=1)}, world.act("ann"))
    page = guest.post(link, {"answer": "accepted", "of": old}).content.decode()
    assert "The time has changed meanwhile. Please answer to the one that is shown now." in page
    assert (Invitation.objects.get().state, Notice.objects.count()) == ("asked", 0)
    running.drain()
    guest.post(link, {"answer": "accepted", "of": shown(page)})
    assert Invitation.objects.get().state == "accepted"


def test_what_is_done_asks_for_no_answer(world: World, sit: Sit, post: Post) -> None:
    row = task(world, due=AHEAD)
    invite(sit, row)
    link, guest = link_of(post.taken[0][1]), Client()
    records.run_verb("tasks", [row.pk], "done", {}, world.act("ann"))
    for page in (guest.get(link), guest.post(link, {"answer": "accepted"})):
        assert "This is over; no answer is needed any more." in page.content.decode()
        assert "Accept" not in page.content.decode()
    assert Invitation.objects.get().state == "asked"


def test_an_answer_to_one_time_is_told_and_leaves_the_whole(world: World, sit: Sit, post: Post) -> None:
    row = task(world, due=AHEAD, recurrence="FREQ=WEEKLY")
    invite(sit, row)
    held, week = Invitation.objects.get(), AHEAD + timedelta(days=7)
    one = f"RECURRENCE-ID:{week:%Y%m%dT%H%M%SZ}\r\nSEQUENCE".encode()
    raw = reply(held.uid, "guest@example.org", "DECLINED").replace(b"SEQUENCE", one)
    assert replies.heard(raw, "guest@example.org")
    assert replies.heard(raw, "guest@example.org")
    assert Invitation.objects.get().state == "asked"
    said = "guest@example.org declines one time: Site visit, 30 Nov 2036 10:00 (Europe/Madrid)"
    assert [each.text for each in Notice.objects.all()] == [said]


def test_links_of_later_mails_lead_where_the_first_one_did(world: World, sit: Sit, post: Post) -> None:
    row = task(world, due=AHEAD)
    invite(sit, row)
    records.change("tasks", row.pk, {"due": AHEAD + timedelta(days=1)}, world.act("ann"))
    running.drain()
    first, second = (link_of(sent) for _to, sent in post.taken)
    assert first == second
