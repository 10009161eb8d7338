"""What guests hear follows from what they were told, wherever the record may be by now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, timedelta
from email.message import EmailMessage
from typing import Any

from bosun.kernel import records, removal, stamps
from bosun.lib import clock
from bosun.modules.activities.models import Task
from bosun.platform.deliveries import configured
from bosun.platform.feeds.models import Invitation
from bosun.platform.jobs import running
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform.post import Post
from tests.web.conftest import Seat
from tests.web.test_invitations import calendar_of, event_of, invite, post, rights, task
from tests.web.test_invitations_moved import AHEAD

__all__ = ["post", "rights"]
Sit = Callable[[str], Seat]
DAY = timedelta(days=1)


def heard(post: Post) -> list[tuple[str, str, int, Any]]:
    """What left since: the method, what of the uid is not the first event's, the sequence and the time."""
    running.drain()
    found = []
    for _to, sent in post.taken:
        (part,) = [each for each in sent.walk() if each.get_content_type() == "text/calendar"]
        method = str(part.get_param("method"))
        found += [
            (method, str(event["uid"]).partition("-")[2], event["sequence"], event.start.astimezone(UTC))
            for event in events_of(sent, method)
        ]
    post.taken.clear()
    return found


def events_of(sent: EmailMessage, method: str) -> list[Any]:
    return list(calendar_of(sent, method).walk("VEVENT"))


def reminder(world: World, sit: Sit, post: Post, **values: Any) -> Any:
    row = records.create("reminders", {"text": "Standup", "due_at": AHEAD, **values}, world.act("ann"))
    sit("ann").send(f"/invite/reminders/{row.pk}", 204, emails="guest@example.org")
    heard(post)
    return row


def notices() -> list[tuple[int, str]]:
    return list(Notice.objects.order_by("pk").values_list("person_id", "text"))


def test_what_ends_with_its_making_undone_is_off_and_leaves_no_row(world: World, sit: Sit, post: Post) -> None:
    row = records.create("tasks", {"subject": "Site visit", "due": AHEAD}, world.act("ann", batch="made"))
    invite(sit, row)
    assert heard(post) == [("REQUEST", "", 0, AHEAD)]
    records.undo("made", world.act("ann"))
    assert heard(post) == [("CANCEL", "", 1, AHEAD)]
    assert (Invitation.objects.count(), Task.objects.count()) == (0, 0)


def test_a_purge_from_the_bin_leaves_no_row_and_says_nothing_twice(world: World, sit: Sit, post: Post) -> None:
    row = task(world, due=AHEAD)
    invite(sit, row)
    heard(post)
    records.remove_one("tasks", row.pk, world.act("ann"))
    assert heard(post) == [("CANCEL", "", 1, AHEAD)]
    removal.purge(records.entity_of("tasks"), [row.pk], SYSTEM)
    assert (heard(post), Invitation.objects.count()) == ([], 0)


def test_of_what_is_over_a_purge_says_nothing(world: World, sit: Sit, post: Post) -> None:
    row = records.create("tasks", {"subject": "Site visit", "due": clock.now() - DAY}, world.act("ann", batch="made"))
    with clock.fixed(clock.now() - 2 * DAY):
        invite(sit, row)
        heard(post)
    records.undo("made", world.act("ann"))
    assert (heard(post), Invitation.objects.count()) == ([], 0)


def test_withdrawn_and_purged_before_the_mail_left_it_still_leaves(world: World, sit: Sit, post: Post) -> None:
    row = records.create("tasks", {"subject": "Site visit", "due": AHEAD}, world.act("ann", batch="made"))
    invite(sit, row)
    heard(post)
    sit("ann").send(f"/invitations/{Invitation.objects.get().pk}/withdraw", 204)
    records.undo("made", world.act("ann"))
    assert heard(post) == [("CANCEL", "", 1, AHEAD)]
    assert Invitation.objects.count() == 0


def test_a_promise_without_its_day_is_taken_back(world: World, sit: Sit, post: Post) -> None:
    step = {"next_step": "Lunch", "next_step_on": AHEAD.date().isoformat()}
    about = {"entity": "customers", "id": world.customer("ann").pk}
    values = {"type": "call", "about": about, "result": "positive", "subject": "x"}
    row = records.create("follow_ups", {**values, **step}, world.act("ann"))
    sit("ann").send(f"/invite/follow_ups/{row.pk}", 204, emails="guest@example.org")
    running.drain()
    post.taken.clear()
    records.change("follow_ups", row.pk, dict.fromkeys(step), world.act("ann"))
    running.drain()
    assert [str(sent["Subject"]) for _to, sent in post.taken] == ["Cancelled: Lunch"]


def test_taken_back_before_the_mail_left_nothing_goes_out(world: World, sit: Sit, post: Post) -> None:
    row = task(world, due=AHEAD)
    sit("ann").send(f"/invite/tasks/{row.pk}", 204, emails="wrong@example.org")
    sit("ann").send(f"/invitations/{Invitation.objects.get().pk}/withdraw", 204)
    other = task(world, due=AHEAD)
    sit("ann").send(f"/invite/tasks/{other.pk}", 204, emails="guest@example.org")
    records.remove_one("tasks", other.pk, world.act("ann"))
    assert (heard(post), notices()) == ([], [])


def test_moved_into_the_past_and_removed_at_once_is_still_taken_back(world: World, sit: Sit, post: Post) -> None:
    row = task(world, due=AHEAD)
    invite(sit, row)
    heard(post)
    records.change("tasks", row.pk, {"due": clock.now() - DAY, "subject": "Other"}, world.act("ann"))
    records.remove_one("tasks", row.pk, world.act("ann"))
    running.drain()
    assert [str(sent["Subject"]) for _to, sent in post.taken] == ["Cancelled: Site visit"]
    assert heard(post) == [("CANCEL", "", 2, AHEAD)]


def test_a_series_that_is_over_is_taken_back_from_nobody(world: World, sit: Sit, post: Post) -> None:
    begins = clock.now() - 400 * DAY
    with clock.fixed(begins - DAY):
        row = reminder(world, sit, post, due_at=begins, rule="FREQ=WEEKLY;COUNT=2")
    records.remove_one("reminders", row.pk, world.act("ann"))
    assert heard(post) == []


def test_of_two_events_the_one_that_is_there_no_more_is_taken_back(world: World, sit: Sit, post: Post) -> None:
    monday = AHEAD + (7 - AHEAD.weekday()) % 7 * DAY
    assert monday != AHEAD
    row = task(world, due=AHEAD, recurrence="FREQ=WEEKLY;BYDAY=MO")
    invite(sit, row)
    assert heard(post) == [("REQUEST", "", 0, AHEAD), ("REQUEST", "1", 0, monday)]
    records.change("tasks", row.pk, {"due": monday}, world.act("ann"))
    assert heard(post) == [("CANCEL", "1", 1, monday), ("REQUEST", "", 1, monday)]
    records.change("tasks", row.pk, {"due": AHEAD}, world.act("ann"))
    assert heard(post) == [("REQUEST", "", 2, AHEAD), ("REQUEST", "1", 2, monday)]
    records.change("tasks", row.pk, {"recurrence": None}, world.act("ann"))
    assert heard(post) == [("CANCEL", "1", 3, monday), ("REQUEST", "", 3, AHEAD)]
    records.change("tasks", row.pk, {"recurrence": "FREQ=WEEKLY;BYDAY=MO"}, world.act("ann"))
    heard(post)
    records.remove_one("tasks", row.pk, world.act("ann"))
    assert heard(post) == [("CANCEL", "", 5, AHEAD), ("CANCEL", "1", 5, monday)]


def series(world: World, sit: Sit, post: Post) -> tuple[Any, Any]:
    """A task that comes each week, with a guest; done, and the next one."""
    row = task(world, due=AHEAD, recurrence="FREQ=WEEKLY")
    invite(sit, row)
    heard(post)
    assert records.run_verb("tasks", [row.pk], "done", {}, world.act("ann", batch="done"))[0].failure is None
    return row, Task.objects.exclude(pk=row.pk).get()


def test_guests_go_along_to_the_next_of_a_series(world: World, sit: Sit, post: Post) -> None:
    row, following = series(world, sit, post)
    assert heard(post) == []
    assert Invitation.objects.get().record_id == following.pk
    records.remove_one("tasks", row.pk, world.act("ann"))
    assert heard(post) == []
    later = AHEAD + 7 * DAY + timedelta(hours=4)
    records.change("tasks", following.pk, {"due": later}, world.act("ann"))
    assert heard(post)[0] == ("REQUEST", "", 1, later)
    records.remove_one("tasks", following.pk, world.act("ann"))
    assert [each[0] for each in heard(post)][:1] == ["CANCEL"]


def test_done_undone_brings_the_guests_back_without_a_mail(world: World, sit: Sit, post: Post) -> None:
    row, _following = series(world, sit, post)
    records.undo("done", world.act("ann"))
    assert (heard(post), Task.objects.count()) == ([], 1)
    assert list(Invitation.objects.values_list("record_id", "came_from", "state")) == [(row.pk, None, "asked")]
    records.remove_one("tasks", row.pk, world.act("ann"))
    assert heard(post) == [("CANCEL", "", 1, AHEAD)]


def leave(world: World) -> None:
    records.change("users", world.people["ann"], {"active": False}, SYSTEM)
    stamps.refresh()


def test_where_nobody_hosts_whoever_acted_hears_and_the_end_leaves_anyway(world: World, sit: Sit, post: Post) -> None:
    row = task(world, due=AHEAD)
    invite(sit, row)
    heard(post)
    leave(world)
    records.change("tasks", row.pk, {"due": AHEAD + DAY}, world.act("ada"))
    assert heard(post) == []
    said = "guest@example.org was not told of the new time: nobody who invites may see it."
    assert notices() == [(world.people["ada"], said)]
    records.remove_one("tasks", row.pk, world.act("ada"))
    running.drain()
    assert post.taken[0][1]["Reply-To"] is None
    assert heard(post) == [("CANCEL", "", 1, AHEAD)]


def test_the_present_host_writes_and_hears_what_did_not_arrive(world: World, sit: Sit, post: Post) -> None:
    records.change("users", world.people["cyd"], {"email": "cyd@example.com"}, SYSTEM)
    row = task(world, due=AHEAD)
    invite(sit, row)
    heard(post)
    leave(world)
    records.change("tasks", row.pk, {"owner": world.people["cyd"]}, SYSTEM)
    records.change("tasks", row.pk, {"due": AHEAD + DAY}, world.act("ada"))
    running.drain()
    ((_to, sent),) = post.taken
    assert (str(sent["Reply-To"]), event_of(sent)["organizer"]) == ("cyd@example.com", "mailto:cyd@example.com")
    post.to_recipient = lambda _to: "550 no"
    Notice.objects.all().delete()
    sit("ada").send(f"/invitations/{Invitation.objects.get().pk}/withdraw", 204)
    running.drain()
    assert notices() == [(world.people["cyd"], "The cancellation did not reach guest@example.org: 550 no")]


def over(post: Post, pauses: Sequence[timedelta]) -> None:
    now = clock.now()
    for pause in pauses:
        now += pause
        with clock.fixed(now):
            running.drain()


def test_a_mail_waits_for_a_server_that_is_away_for_hours(world: World, sit: Sit, post: Post) -> None:
    row = task(world, due=AHEAD)
    post.to_recipient = lambda _to: "451 later"
    invite(sit, row)
    over(post, [timedelta(hours=2)] * 24)
    assert (post.taken, notices()) == ([], [])
    assert "not sent yet" in sit("ann").get(f"/tasks/{row.pk}")
    post.to_recipient = lambda _to: "250 OK"
    over(post, [50 * timedelta(hours=1)])
    assert heard(post) == [("REQUEST", "", 0, AHEAD)]


def test_a_mail_waits_while_the_channel_is_off(world: World, sit: Sit, post: Post, settings: Any) -> None:
    row = task(world, due=AHEAD)
    invite(sit, row)
    heard(post)
    configured.save("email", {}, False)
    stamps.refresh()
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    records.change("tasks", row.pk, {"due": AHEAD + DAY}, world.act("ann"))
    assert heard(post) == []
    assert "not sent yet" in sit("ann").get(f"/tasks/{row.pk}")
    post.set_up()
    stamps.refresh()
    over(post, [timedelta(hours=1)])
    assert heard(post) == [("REQUEST", "", 1, AHEAD + DAY)]


def test_what_is_done_or_of_no_feed_is_invited_to_by_nobody(world: World, sit: Sit, post: Post) -> None:
    customer = world.customer("ann")
    assert "/invite/customers" not in sit("ann").get(f"/customers/{customer.pk}")
    sit("ann").send(f"/invite/customers/{customer.pk}", 403, emails="guest@example.org")
    row = task(world, due=AHEAD)
    invite(sit, row)
    heard(post)
    records.run_verb("tasks", [row.pk], "done", {}, world.act("ann"))
    sit("ann").send(f"/invite/tasks/{row.pk}", 403, emails="other@example.org")
    records.change("tasks", row.pk, {"due": AHEAD + DAY}, world.act("ann"))
    records.remove_one("tasks", row.pk, world.act("ann"))
    assert (heard(post), Invitation.objects.count()) == ([], 1)


def test_the_end_of_a_series_is_told_and_another_condition_is_not(world: World, sit: Sit, post: Post) -> None:
    about = {"entity": "customers", "id": world.customer("ann").pk}

    def when(name: str) -> dict[str, Any]:
        return {"all": [{"field": "name", "op": "is", "value": name}]}

    row = reminder(world, sit, post, rule="FREQ=WEEKLY", about=about, until=when("Q"))
    records.change("reminders", row.pk, {"until": when("R")}, world.act("ann"))
    assert heard(post) == []
    records.run_verb("reminders", [row.pk], "end", {}, world.act("ann"))
    assert heard(post) == [("CANCEL", "", 1, AHEAD)]


def test_a_snooze_is_of_its_owner_alone(world: World, sit: Sit, post: Post) -> None:
    row = reminder(world, sit, post)
    until = {"until": (AHEAD + DAY).isoformat()}
    assert records.run_verb("reminders", [row.pk], "snooze", until, world.act("ann"))[0].failure is None
    assert heard(post) == []
    sit("ann").send(f"/invite/reminders/{row.pk}", 204, emails="other@example.org")
    assert heard(post) == [("REQUEST", "", 0, AHEAD)]
