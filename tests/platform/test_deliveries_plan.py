"""Which channel a notice takes and when: at once, when unread, after quiet hours, once a day, up the ladder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.deliveries import addresses, configured, services
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.channels.email import Email
from bosun.platform.deliveries.models import Delivery, Preference
from bosun.platform.reminders import notices
from bosun.platform.reminders import services as telling
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform.delivering import choose, company, look, people, remind, states
from tests.platform.post import Post, serving
from tests.platform.reminding import NINE

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def post(world: World) -> Iterator[Post]:
    """A mail server that Bosun uses; Ann wants mails at once."""
    with serving() as found:
        found.set_up()
        people(world, "ann", "ben", "cyd", "ada")
        choose(world.people["ann"])
        yield found


def told(person: int) -> list[str]:
    """What stands in somebody's bell, the first one first."""
    return list(Notice.objects.filter(person_id=person).order_by("pk").values_list("text", flat=True))


@contextmanager
def second(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """A second mail server stands for another channel."""

    class Second(Email):
        key = "second"

    monkeypatch.setitem(CHANNELS, "second", Second())
    with serving() as found:
        held = {"host": "127.0.0.1", "port": found.port, "security": "none", "sender": "crm@house.example"}
        configured.save("second", held, True)
        yield found


def test_the_next_channel_is_tried_at_once_when_one_is_refused(
    world: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F2.07: the manager is not told before the time is over."""
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    company(channels={"email": "now", "second": "then"}, minutes=60, ladder=True)
    post.to_recipient = lambda _to: "550 5.1.1 no such user"
    with second(monkeypatch) as other:
        remind(world.people["ann"], NINE)
        look(NINE)
        look(NINE + MINUTE)
        assert [to for to, _mail in other.taken] == [("ann@house.example",)]
    assert list(Delivery.objects.exclude(channel="app").order_by("step").values_list("channel", "state")) == [
        ("email", "failed"),
        ("second", "sent"),
        ("ladder", "queued"),
    ]


def test_an_address_that_died_while_it_waited_is_left_and_the_next_channel_tried(
    world: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(world.people["ann"], when="then")
    company(channels={"second": "then"}, minutes=30)
    with second(monkeypatch) as other:
        remind(world.people["ann"], NINE)
        look(NINE)
        addresses.mark_dead(world.people["ann"], "email", "ann@house.example", "550")
        look(NINE + 30 * MINUTE)
        look(NINE + 31 * MINUTE)
        assert (post.offered, [to for to, _mail in other.taken]) == ([], [("ann@house.example",)])
    held = Delivery.objects.exclude(channel="app").order_by("step").values_list("channel", "state", "failed_at", "said")
    said = "No address that takes anything is known."
    assert list(held) == [("email", "failed", NINE + 30 * MINUTE, said), ("second", "sent", None, "250 OK")]


def test_whoever_has_another_address_than_the_dead_one_is_told_there(world: World, post: Post) -> None:
    choose(world.people["ann"], when="then")
    remind(world.people["ann"], NINE)
    look(NINE)
    addresses.mark_dead(world.people["ann"], "email", "ann@house.example", "550")
    records.change("users", world.people["ann"], {"email": "new@house.example"}, SYSTEM)
    look(NINE + 30 * MINUTE)
    assert [to for to, _mail in post.taken] == [("new@house.example",)]
    assert states() == {"sent": 1}


def test_the_next_channel_is_taken_when_nobody_read_it(world: World, post: Post) -> None:
    company(channels={"email": "then"}, minutes=20)
    for name in ("ben", "cyd"):
        remind(world.people[name], NINE)
    look(NINE)
    with clock.fixed(NINE + MINUTE):
        mine = Notice.objects.get(person_id=world.people["cyd"])
        notices.seen(world.actor("cyd"), mine.pk)
    look(NINE + 19 * MINUTE)
    assert post.taken == []
    look(NINE + 20 * MINUTE)
    assert [to for to, _mail in post.taken] == [("ben@house.example",)]
    assert states() == {"sent": 1, "cancelled": 1}


def test_a_nag_does_not_put_the_next_channel_off_for_ever(world: World, post: Post) -> None:
    company(channels={"email": "then"}, minutes=20)
    remind(world.people["ben"], NINE, nag_minutes=5)
    for minutes in range(0, 21, 5):
        look(NINE + minutes * MINUTE)
    assert len(post.taken) == 1
    assert states() == {"sent": 1, "cancelled": 4}


def test_what_nobody_reads_climbs_to_the_manager(world: World, post: Post) -> None:
    company(channels={"email": "never"}, minutes=30, ladder=True)
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    customer = world.customer("ann", name="Halden")
    about = {"entity": "customers", "id": customer.pk}
    remind(world.people["ann"], NINE, text="Call Halden", about=about)
    remind(world.people["ann"], NINE, text="See the doctor")
    Preference.objects.all().delete()
    for minutes in (0, 29):
        look(NINE + minutes * MINUTE)
        assert told(world.people["ben"]) == []
    look(NINE + 30 * MINUTE)
    look(NINE + 31 * MINUTE)
    assert told(world.people["ben"]) == ["Ann has not read: Call Halden", "Ann has not read a notice."]
    assert sorted(Delivery.objects.filter(channel="ladder", state="delivered").values_list("said", flat=True)) == [
        "Ben",
        "Ben",
    ]
    look(NINE + timedelta(hours=5))
    assert len(Notice.objects.exclude(person_id__in=[world.people["ann"], world.people["ben"]])) == 0


@pytest.mark.parametrize(("above", "heard"), [(True, "cyd"), (False, "ada")])
def test_it_climbs_past_a_manager_who_left(world: World, post: Post, above: bool, heard: str) -> None:
    """To the next one up, and where all have left to an administrator."""
    company(channels={"email": "never"}, minutes=30, ladder=True)
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    if above:
        records.change("departments", world.departments["sales"], {"head": world.people["cyd"]}, SYSTEM)
    with clock.fixed(NINE - MINUTE):
        records.change("users", world.people["ben"], {"active": False}, SYSTEM)
    remind(world.people["ann"], NINE)
    look(NINE)
    look(NINE + 30 * MINUTE)
    held = Notice.objects.filter(kind="unread", closed_at=None).values_list("person_id", "text")
    assert list(held) == [(world.people[heard], "Ann has not read a notice.")]
    assert Delivery.objects.get(channel="ladder", person_id=world.people["ann"]).said == heard.title()


def test_nobody_switches_off_what_the_company_fixed(world: World, post: Post) -> None:
    company(channels={"email": "now"}, fixed=["email"])
    choose(world.people["ann"], when="never")
    company("rule", channels={"email": "now"})
    choose(world.people["ben"], when="never", kind="rule")
    remind(world.people["ann"], NINE)
    look(NINE)
    assert states() == {"sent": 1}


def test_kinds_that_nobody_chooses_by_are_told_as_reminders_are(world: World, post: Post) -> None:
    company(channels={"email": "now"})
    choose(world.people["ben"], when="never")
    choose(world.people["ben"], when="now", kind="rule")
    for kind in ("given", "day", "rule"):
        telling.tell(world.people["ben"], f"{kind}:1", "Call Priya", "", 0, NINE)
    assert list(Delivery.objects.exclude(channel="app").values_list("notice__kind", "state")) == [("rule", "queued")]


def test_quiet_hours_hold_mails_back_and_lose_none(world: World, post: Post) -> None:
    """Madrid is an hour ahead: quiet there from 20:00 to 07:30 is 19:00 to 06:30."""
    Preference.objects.filter(pk=world.people["ann"]).update(quiet_from="20:00", quiet_until="07:30")
    evening = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
    remind(world.people["ann"], evening)
    look(evening)
    assert told(world.people["ann"]) == ["Call Priya"]
    look(evening.replace(day=24, hour=6, minute=29))
    assert post.taken == []
    look(evening.replace(day=24, hour=6, minute=30))
    assert states() == {"sent": 1}


def test_a_mail_that_was_held_back_says_nothing_of_a_record_that_was_given_away(world: World, post: Post) -> None:
    ann = world.people["ann"]
    choose(ann, kind="rule")
    Preference.objects.filter(pk=ann).update(quiet_from="08:00", quiet_until="13:00")
    customer = world.customer("ann", name="Halden Paper")
    with clock.fixed(NINE):
        telling.tell(ann, "rule:1", "Halden Paper: grade A", "customers", customer.pk, NINE)
        records.change("customers", customer.pk, {"owner": world.people["cyd"]}, SYSTEM)
    look(NINE)
    assert post.taken == []
    look(NINE + 4 * 60 * MINUTE)
    [(_to, mail)] = post.taken
    assert mail["Subject"] == "A notice about what is not open to you"
    assert "Halden" not in mail.as_string()


def test_nobody_is_reported_for_quiet_hours(world: World, post: Post) -> None:
    records.change("departments", world.departments["team a"], {"head": world.people["ben"]}, SYSTEM)
    company(channels={"email": "then"}, minutes=30, ladder=True)
    Preference.objects.filter(pk=world.people["ann"]).update(quiet_from="20:00", quiet_until="07:30")
    evening, morning = (datetime(2026, 11, day, hour, 30, tzinfo=UTC) for day, hour in ((23, 19), (24, 6)))
    remind(world.people["ann"], evening)
    for moment in (evening, evening + timedelta(hours=2), morning, morning + timedelta(minutes=29)):
        look(moment)
    assert told(world.people["ben"]) == []
    look(morning + timedelta(minutes=30))
    assert told(world.people["ben"]) == ["Ann has not read a notice."]


def test_a_digest_tells_all_of_a_day_in_one_mail(world: World, post: Post) -> None:
    Preference.objects.filter(pk=world.people["ann"]).update(digest_at="08:00")
    for hour in (9, 15):
        remind(world.people["ann"], NINE.replace(hour=hour), text=f"At {hour}")
        look(NINE.replace(hour=hour))
    look(NINE.replace(day=24, hour=6, minute=59))
    assert post.taken == []
    look(NINE.replace(day=24, hour=7))
    [(_to, mail)] = post.taken
    assert str(mail["Subject"]) == "2 notices"
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert [text in plain.get_content() for text in ("At 9", "At 15")] == [True, True]
    assert states() == {"sent": 2}


def test_a_receipt_counts_people(world: World, post: Post) -> None:
    row = remind(world.people["ann"], NINE)
    look(NINE)
    assert services.receipt(row.pk) == services.Receipt(1, 0, 0)
    Delivery.objects.filter(channel="email").update(state="failed")
    assert services.receipt(row.pk) == services.Receipt(1, 0, 1)
    services.opened(Delivery.objects.get(channel="email"), world.actor("ann"))
    assert services.receipt(row.pk) == services.Receipt(1, 1, 0)
