"""Invitations to what has a time: sent as iTIP, answered by a press or by a calendar, told to whoever invited."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, timedelta
from email.message import EmailMessage
from itertools import count
from typing import Any

import pytest
import recurring_ical_events
from django.test import Client
from icalendar import Calendar

from bosun.kernel import records, stamps
from bosun.kernel.errors import Invalid, NotFound
from bosun.lib import clock
from bosun.platform.deliveries import configured
from bosun.platform.deliveries.channels.port import Outcome
from bosun.platform.feeds import answers, invitations, replies
from bosun.platform.feeds.models import Invitation
from bosun.platform.jobs import running
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform import reminding
from tests.platform.post import Post, serving
from tests.web.conftest import Seat

NINE = reminding.NINE.replace(year=2036)
"""Still to come: one is invited to nothing else."""
LINK = re.compile(r"http://testserver(/invitations/\S+)")


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    reminding.grant(world)
    records.change("users", world.people["ann"], {"email": "ann@example.com"}, SYSTEM)


@pytest.fixture
def post(world: World) -> Iterator[Post]:
    """A mail server that Bosun uses."""
    with serving() as found:
        found.set_up()
        stamps.refresh()
        yield found


def task(world: World, **values: Any) -> Any:
    return records.create("tasks", {"subject": "Site visit", "due": NINE, "note": "Secret", **values}, world.act("ann"))


def invite(sit: Callable[[str], Seat], row: Any, emails: str = "guest@example.org", status: int = 204) -> None:
    sit("ann").send(f"/invite/tasks/{row.pk}", status, emails=emails)
    running.drain()


def calendar_of(sent: EmailMessage, method: str = "REQUEST") -> Calendar:
    (part,) = [each for each in sent.walk() if each.get_content_type() == "text/calendar"]
    assert part.get_param("method") == method
    return Calendar.from_ical(part.get_content())


def event_of(sent: EmailMessage, method: str = "REQUEST") -> Any:
    return calendar_of(sent, method).walk("VEVENT")[0]


def words_of(sent: EmailMessage, kind: str = "plain") -> str:
    body = sent.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def link_of(sent: EmailMessage) -> str:
    found = LINK.search(words_of(sent))
    assert found is not None
    return found[1]


def test_an_invitation_is_a_request_with_organizer_attendee_and_instant(
    world: World, sit: Callable[[str], Seat], post: Post
) -> None:
    row = task(world, recurrence="FREQ=WEEKLY;COUNT=3", about={"entity": "customers", "id": world.customer("ann").pk})
    invite(sit, row, "guest@example.org, second@example.org")
    assert [to for to, _sent in post.taken] == [("guest@example.org",), ("second@example.org",)]
    sent = post.taken[0][1]
    assert (str(sent["Subject"]), str(sent["Reply-To"])) == ("Invitation: Site visit", "ann@example.com")
    assert str(sent["From"]) == "Ann <crm@house.example>"
    assert [each.get_content_type() for each in sent.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    made = calendar_of(sent)
    (event,) = made.walk("VEVENT")
    assert made["method"] == "REQUEST"
    assert (event["organizer"], event["attendee"]) == ("mailto:ann@example.com", "mailto:guest@example.org")
    assert event["attendee"].params["rsvp"] == "TRUE"
    assert (event["sequence"], str(event["uid"])) == (0, Invitation.objects.get(email="guest@example.org").uid)
    times = recurring_ical_events.of(made).between(NINE - timedelta(days=1), NINE + timedelta(days=60))
    assert [each.start.astimezone(UTC) for each in times] == [NINE + timedelta(weeks=n) for n in range(3)]
    whole = words_of(sent) + words_of(sent, "html") + made.to_ical().decode()
    assert link_of(sent) in words_of(sent, "html")
    # What and when leave the house, nothing else.
    assert "Secret" not in whole
    assert "Tidewater" not in whole
    assert "/tasks/" not in whole


def test_one_that_has_not_left_says_so(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    row = task(world)
    sit("ann").send(f"/invite/tasks/{row.pk}", 204, emails="guest@example.org")
    page = sit("ann").get(f"/tasks/{row.pk}")
    assert ("not sent yet" in page, "no answer yet" in page) == (True, False)
    running.drain()
    page = sit("ann").get(f"/tasks/{row.pk}")
    assert ("not sent yet" in page, "no answer yet" in page) == (False, True)


def test_to_look_answers_nothing_and_a_press_is_told(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    row = task(world)
    invite(sit, row)
    link, guest = link_of(post.taken[0][1]), Client(enforce_csrf_checks=True)
    for _look in range(3):
        page = guest.get(link)
        assert (page.status_code, page["Cache-Control"]) == (200, "private, no-store")
        assert "Site visit" in page.content.decode()
    assert guest.head(link).status_code == 200
    assert Invitation.objects.get().state == "asked"
    assert not Notice.objects.exists()
    assert guest.post(link, {"answer": "accepted", "words": "With pleasure"}).status_code == 200
    assert guest.post(link, {"answer": "accepted"}).status_code == 200
    told = Notice.objects.get()
    assert (told.person_id, told.kind) == (world.people["ann"], "invitation")
    assert told.text == "guest@example.org accepts: Site visit – With pleasure"
    assert guest.post(link, {"answer": "declined"}).status_code == 200
    assert Invitation.objects.get().state == "declined"
    assert Notice.objects.count() == 1  # the other one waits, tests/web/test_invitations_often.py
    assert "does not come" in sit("ann").get(f"/tasks/{row.pk}")


def test_a_forged_or_withdrawn_link_opens_nothing(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    """A5.01."""
    row = task(world)
    invite(sit, row)
    link = link_of(post.taken[0][1])
    held = Invitation.objects.get()
    forged = ["/invitations/x", f"/invitations/{held.uid}", f"/invitations/{held.uid}:abc", link[:-2], link + "x"]
    for each in forged:
        assert Client().post(each, {"answer": "accepted"}).status_code == 404, each
    assert Client().post(link, {"answer": "anything"}).status_code == 422
    assert Client().delete(link).status_code == 405
    address = f"/invitations/{held.pk}/withdraw"
    assert address in sit("ann").get(f"/tasks/{row.pk}")
    for who in ("cyd",):
        sit(who).send(address, 404)
    assert Client().post(address).status_code == 302
    assert Invitation.objects.get().state == "asked"
    sit("ann").send(address, 204)
    running.drain()
    (event,) = calendar_of(post.taken[-1][1], "CANCEL").walk("VEVENT")
    assert (str(event["uid"]), event["sequence"], str(event["status"])) == (held.uid, 1, "CANCELLED")
    assert str(post.taken[-1][1]["Subject"]) == "Cancelled: Site visit"
    sit("ann").send(address, 404)
    assert Client().post(link, {"answer": "accepted"}).status_code == 404
    assert Invitation.objects.get().state == "withdrawn"
    assert not Notice.objects.exists()


def test_only_whoever_may_change_a_record_invites_to_it(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    row = task(world)
    sit("cyd").send(f"/invite/tasks/{row.pk}", 404, emails="x@example.org")
    assert Client().post(f"/invite/tasks/{row.pk}", {"emails": "x@example.org"}).status_code == 302
    undated = task(world, due=None)
    sit("ann").send(f"/invite/tasks/{undated.pk}", 403, emails="x@example.org")
    for bad in ("", "nobody", "a@example.org\nx y@z", "\n".join(f"p{n}@example.org" for n in range(21))):
        sit("ann").send(f"/invite/tasks/{row.pk}", 422, emails=bad)
    with pytest.raises(NotFound):
        invitations.withdraw(1, records.environment(world.actor("cyd")))
    assert running.drain() == 0
    assert (post.taken, Invitation.objects.count()) == ([], 0)


def test_addresses_that_differ_in_case_are_one_guest(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    row = task(world)
    invite(sit, row, "Guest@Example.org, guest@example.org\nother@example.org")
    invite(sit, row, "GUEST@example.org")
    assert [to for to, _sent in post.taken] == [("Guest@example.org",), ("other@example.org",), ("Guest@example.org",)]
    held = Invitation.objects.order_by("pk")
    assert list(held.values_list("email", "sequence")) == [("Guest@example.org", 1), ("other@example.org", 0)]
    sit("ann").send(f"/invitations/{held[0].pk}/withdraw", 204)
    invite(sit, row, "guest@example.org")
    assert list(held.values_list("state", "sequence")) == [("asked", 3), ("asked", 0)]


def reply(uid: str, email: str, state: str, stamp: str = "20261101T090000Z", sequence: int = 0) -> bytes:
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{uid}",
        f"DTSTAMP:{stamp}", f"SEQUENCE:{sequence}", f"ATTENDEE;PARTSTAT={state}:MAILTO:{email}", "END:VEVENT",
        "END:VCALENDAR",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def test_a_calendar_answers_for_the_one_who_was_asked_alone(
    world: World, sit: Callable[[str], Seat], post: Post
) -> None:
    row = task(world)
    invite(sit, row)
    held = Invitation.objects.get()
    own = reply(held.uid, "Guest@example.org", "DECLINED")
    with pytest.raises(Invalid):
        replies.take(own, "other@example.org")
    with pytest.raises(Invalid):
        replies.take(reply(held.uid, "other@example.org", "ACCEPTED"), "guest@example.org")
    with pytest.raises(Invalid):
        replies.take(own.replace(b"REPLY", b"REQUEST"), "guest@example.org")
    with pytest.raises(NotFound):
        replies.take(reply("0" * 40, "guest@example.org", "ACCEPTED"), "guest@example.org")
    assert Invitation.objects.get().state == "asked"
    replies.take(own, "A Guest <guest@example.org>")
    assert Invitation.objects.get().state == "declined"
    assert Notice.objects.get().text == "guest@example.org declines: Site visit"
    replies.take(own, "guest@example.org")
    assert Notice.objects.count() == 1


def test_an_answer_that_is_written_oddly_is_read_or_left(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    row, guest = task(world), "guest@example.org"
    invite(sit, row)
    held = Invitation.objects.get()
    with pytest.raises(NotFound):
        replies.take(reply(f"{held.uid[:9]}\0{held.uid[9:]}", guest, "ACCEPTED"), guest)
    assert not replies.heard(reply("ab\0cd", guest, "ACCEPTED"), guest)
    twice = reply(held.uid, guest, "DECLINED").replace(b"SEQUENCE", b"COMMENT:Sorry.\r\nCOMMENT:Next week?\r\nSEQUENCE")
    assert replies.heard(twice, guest)
    answered = Invitation.objects.get()
    assert (answered.state, answered.words) == ("declined", "Sorry. Next week?")


def test_an_older_answer_overwrites_no_newer_one(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    row, guest = task(world), "guest@example.org"
    invite(sit, row)
    held = Invitation.objects.get()

    moments = (clock.now() + n * answers.PAUSE for n in count())

    def answered(state: str, stamp: str, sequence: int = 0) -> str:
        with suppress(Invalid), clock.fixed(next(moments)):
            replies.take(reply(held.uid, guest, state, stamp, sequence), guest)
        return str(Invitation.objects.get().state)

    assert answered("ACCEPTED", "20261102T100000Z") == "accepted"
    assert answered("DECLINED", "20261102T090000Z") == "accepted"
    assert answered("TENTATIVE", "20261102T110000Z") == "tentative"
    assert answered("ACCEPTED", "20261102T120000Z", 1) == "tentative"
    # Asked again, at another time: what was said to the first one does not count.
    records.change("tasks", row.pk, {"due": NINE + timedelta(hours=2)}, world.act("ann"))
    invite(sit, row)
    assert answered("ACCEPTED", "20261102T130000Z") == "asked"
    assert answered("DECLINED", "20261102T130000Z", 2) == "declined"
    # One whose clock runs ahead shuts nobody out.
    assert answered("ACCEPTED", "20991231T000000Z", 2) == "accepted"
    assert answered("DECLINED", "20991231T000000Z", 2) == "declined"
    assert [each.text.partition(" ")[2] for each in Notice.objects.order_by("id")] == [
        "accepts: Site visit",
        "may come: Site visit",
        "declines: Site visit",
        "accepts: Site visit",
        "declines: Site visit",
    ]


def test_an_invitation_that_does_not_arrive_is_told(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    row = task(world)
    post.to_recipient = lambda _to: "550 5.1.1 no such user"
    invite(sit, row)
    assert post.taken == []
    said = "The invitation did not reach guest@example.org: 550 5.1.1 no such user"
    assert [each.text for each in Notice.objects.all()] == [said]
    held = Invitation.objects.get()
    Notice.objects.all().delete()
    lost = Outcome("failed", "mailbox full")
    assert not replies.returned(["<x@y>", f"<{'0' * 40}.0@house.example>"], lost)
    assert replies.returned([f"<{held.uid}.0@house.example>"], lost)
    assert Notice.objects.get().text == "The invitation did not reach guest@example.org: mailbox full"
    assert Invitation.objects.get().state == "asked"


def test_asked_again_after_a_change_it_is_the_same_event(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    row = task(world)
    invite(sit, row)
    records.change("tasks", row.pk, {"due": NINE + timedelta(hours=2)}, world.act("ann"))
    invite(sit, row)
    first, second = (event_of(sent) for _to, sent in post.taken)
    assert (first["uid"], first["sequence"]) == (second["uid"], 0)
    # By the change and by the asking: a mail that had not left yet is not sent.
    assert (second["sequence"], second.start) == (2, NINE + timedelta(hours=2))
    assert len(set(post.ids)) == 2


def test_where_no_mail_leaves_nobody_is_made_to_believe_so(
    world: World, sit: Callable[[str], Seat], settings: Any
) -> None:
    row = task(world)
    configured.save("email", {}, False)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    said = sit("ann").send(f"/invite/tasks/{row.pk}", 422, emails="guest@example.org").content.decode()
    assert "Mails do not leave this Bosun yet." in said
    assert not Invitation.objects.exists()


def test_mail_as_the_machine_is_set_up_serves_where_no_channel_is(
    world: World, sit: Callable[[str], Seat], settings: Any, post: Post
) -> None:
    configured.save("email", {}, False)
    stamps.refresh()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", post.port
    settings.DEFAULT_FROM_EMAIL = "Bosun <crm@house.example>"
    invite(sit, task(world))
    assert [to for to, _sent in post.taken] == [("guest@example.org",)]
    assert event_of(post.taken[0][1])["organizer"] == "mailto:ann@example.com"


def test_who_has_the_record_now_hosts_it(world: World, sit: Callable[[str], Seat], post: Post) -> None:
    """Handed over since: the answer reaches whoever has it, and who takes it back has the guest told."""
    row = task(world)
    invite(sit, row)
    link = link_of(post.taken[0][1])
    records.change("tasks", row.pk, {"owner": world.people["cyd"]}, SYSTEM)
    assert Client().post(link, {"answer": "accepted"}).status_code == 200
    told = Notice.objects.get(text="guest@example.org accepts: Site visit")
    assert told.person_id == world.people["cyd"]
    sit("cyd").send(f"/invitations/{Invitation.objects.get().pk}/withdraw", 204)
    running.drain()
    assert len(post.taken) == 2
    assert calendar_of(post.taken[1][1], "CANCEL").walk("VEVENT")[0]["status"] == "CANCELLED"
    assert "Secret" not in post.taken[1][1].as_string()
