"""Subscriptions as mail: the table, the whole as a file, in the reader's rights; against a real mail server."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from bosun.kernel import records, stamps
from bosun.lib import clock
from bosun.platform.away.models import Delegation
from bosun.platform.deliveries import configured, sending
from bosun.platform.deliveries.models import Delivery, Preference
from bosun.platform.jobs import running
from bosun.platform.reminders.models import Notice
from bosun.platform.subscriptions import letters, planning, services
from bosun.platform.subscriptions.models import Issue, Subscription
from tests.kernel.world import MANAGER, REP, SYSTEM, World, create
from tests.platform.delivering import choose, people, states
from tests.platform.outside import serving as listening
from tests.platform.post import Post, serving

pytestmark = pytest.mark.django_db
OWN = dict.fromkeys(("read", "create", "change", "remove"), "own")
EXPORT = {**REP["customers"], "export": "own"}
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = timedelta(days=1)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def post(world: World) -> Iterator[Post]:
    """A mail server that Bosun uses, and people with addresses who may subscribe."""
    world.grant("rep", {**REP, "customers": EXPORT, "subscriptions": OWN})
    world.grant("manager", {**MANAGER, "subscriptions": OWN})
    people(world, "ann", "ben", "cyd")
    with serving() as found:
        found.set_up()
        stamps.refresh()
        yield found


def subscribe(world: World, who: str = "ann", **values: Any) -> Any:
    raw: dict[str, Any] = {
        "name": "Customers", "entity": "customers", "rule": "FREQ=DAILY", "starts": MONDAY, "columns": "grade",
        "sort": "name", "format": "xlsx",
    }  # fmt: skip
    with clock.fixed(SUNDAY):
        raw |= values
        return records.create("subscriptions", {name: each for name, each in raw.items() if each}, world.act(who))


def made(now: datetime = MONDAY) -> None:
    """Issues are made; nothing is sent yet."""
    with clock.fixed(now):
        planning.tick()
        running.drain()


def sent(now: datetime = MONDAY) -> None:
    with clock.fixed(now):
        sending.drain()


class Table(HTMLParser):
    """The rows of the table in a mail, and where their first cells lead."""

    def __init__(self, mail: EmailMessage) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self.open = False
        body = mail.get_body(("html",))
        assert body is not None
        self.feed(body.get_content())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.open = True
        if tag == "a" and self.open:
            self.links.append(str(dict(attrs)["href"]))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.open = False

    def handle_data(self, data: str) -> None:
        if self.open:
            self.rows[-1][-1] += data


def file_of(mail: EmailMessage) -> tuple[str, str, bytes]:
    """Name, kind and content of the one file."""
    (part,) = mail.iter_attachments()
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return str(part.get_filename()), part.get_content_type(), content


def sheet(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_a_list_comes_with_its_table_and_the_whole_as_a_spreadsheet(world: World, post: Post) -> None:
    first = world.customer("ann", grade="A", name="=HYPERLINK(1)")
    second = world.customer("ann", grade="B", name="海登 & Söhne")
    world.customer("cyd", name="Foreign")
    row = subscribe(world)
    made()
    sent()
    [(to, mail)] = post.taken
    assert to == ("ann@house.example",)
    assert str(mail["Subject"]) == "Customers: 2 records"
    table = Table(mail)
    assert table.rows == [["Customer", "Grade"], ["海登 & Söhne", "B"], ["=HYPERLINK(1)", "A"]]
    assert table.links == [f"http://localhost:8000/customers/{each.pk}" for each in (second, first)]
    name, kind, content = file_of(mail)
    assert (name, kind) == ("customers-2026-11-23.xlsx", XLSX)
    # A text stays a text: no formula.
    assert sheet(content) == [["Customer", "Grade"], ["海登 & Söhne", "B"], ["=HYPERLINK(1)", "A"]]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert f"海登 & Söhne | B | http://localhost:8000/customers/{second.pk}" in plain.get_content()
    cancel = f"http://localhost:8000/unsubscribe/{services.token(row)}"
    assert str(mail["List-Unsubscribe"]).replace(" ", "") == f"<{cancel}>"
    assert str(mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert states() == {"sent": 1}


def test_the_file_as_text_cannot_become_a_formula(world: World, post: Post) -> None:
    world.customer("ann", grade="A", name="=1+1")
    subscribe(world, format="csv")
    made()
    sent()
    name, kind, content = file_of(post.taken[0][1])
    assert (name, kind) == ("customers-2026-11-23.csv", "text/csv")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == [["Customer", "Grade"], ["'=1+1", "A"]]


def test_more_rows_than_a_mail_shows_are_counted_and_all_in_the_file(
    world: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MAILED", 2)
    for number in range(5):
        world.customer("ann", name=f"Number {number}")
    subscribe(world, columns="name")
    made()
    sent()
    mail = post.taken[0][1]
    assert Table(mail).rows == [["Customer"], ["Number 0"], ["Number 1"]]
    html = mail.get_body(("html",))
    assert html is not None
    assert "and 3 more" in html.get_content()
    assert sheet(file_of(mail)[2]) == [["Customer"], *([f"Number {number}"] for number in range(5))]


def test_figures_come_as_a_table_and_a_file_of_numbers(world: World, post: Post) -> None:
    for who, name, grade in (("ann", "a", "A"), ("ann", "b", "B"), ("ann", "c", "A"), ("cyd", "d", "A")):
        world.customer(who, name=name, grade=grade)
    subscribe(world, name="By grade", group="grade", columns=None)
    made()
    sent()
    mail = post.taken[0][1]
    assert str(mail["Subject"]) == "By grade: 3 records"
    assert Table(mail).rows == [["Grade", "Customers"], ["A", "2"], ["B", "1"]]
    assert sheet(file_of(mail)[2]) == [["Grade", "Customers"], ["A", 2], ["B", 1]]


def test_what_figures_sum_up_to_is_what_is_compared(world: World, post: Post) -> None:
    for name, grade, staff, money in (("a", "A", 10, "100.50"), ("b", "B", 5, "1"), ("c", "A", 20, "0.25")):
        capital = {"amount": money, "currency": "EUR"}
        world.customer("ann", name=name, grade=grade, staff=staff, registered_capital=capital)
    figures: dict[str, Any] = {"group": "grade", "columns": None, "only_if": "above"}
    subscribe(world, name="Staff", sum="staff", above=34, **figures)
    subscribe(world, name="Few", sum="staff", above=35, **figures)
    subscribe(world, name="Capital", sum="registered_capital", above=101, **figures)
    made()
    sent()
    mails = {str(mail["Subject"]): mail for _to, mail in post.taken}
    assert sorted(mails) == ["Capital: 3 records", "Staff: 3 records"]
    assert Table(mails["Staff: 3 records"]).rows[1:] == [["A", "2", "30"], ["B", "1", "5"]]
    assert sheet(file_of(mails["Staff: 3 records"])[2])[1:] == [["A", 2, 30], ["B", 1, 5]]
    assert [row[:2] for row in sheet(file_of(mails["Capital: 3 records"])[2])[1:]] == [["A", 2], ["B", 1]]
    assert Issue.objects.get(state="skipped").why == "35 is not above 35."


def test_it_speaks_its_readers_language(world: World, post: Post) -> None:
    records.change("users", world.people["ann"], {"language": "es"}, SYSTEM)
    world.customer("ann", grade="A")
    subscribe(world)
    made()
    sent()
    mail = post.taken[0][1]
    assert mail["Content-Language"] == "es"
    html = mail.get_body(("html",))
    assert html is not None
    assert 'lang="es"' in html.get_content()
    assert ">Abrir</a>" in html.get_content()


def test_a_try_that_failed_is_repeated_with_the_same_bytes(world: World, post: Post) -> None:
    world.customer("ann", grade="A")
    subscribe(world)
    post.to_message = lambda _id: "451 try later"
    held: list[bytes] = []
    take = post.handle_DATA

    async def keep(server: Any, session: Any, envelope: Any) -> str:
        held.append(envelope.content)
        return await take(server, session, envelope)

    post.handle_DATA = keep  # type: ignore[method-assign]
    made()
    sent()
    assert states() == {"queued": 1}
    # What has changed in between is of the next issue.
    world.customer("ann", name="Later")
    post.to_message = lambda _id: "250 OK"
    sent(MONDAY + timedelta(hours=1))
    assert states() == {"sent": 1}
    assert len(held) == 2
    assert held[0] == held[1]
    assert post.offered[0] == post.offered[1] == post.ids[0]


def test_a_column_that_is_hidden_is_in_neither_table_nor_file(world: World, post: Post) -> None:
    world.customer("ann", grade="A")
    subscribe(world, columns="grade industry")
    records.change("roles", world.roles["rep"], {"field_rights": {"customers": {"grade": "none"}}}, SYSTEM)
    made()
    sent()
    mail = post.taken[0][1]
    assert Table(mail).rows[0] == ["Customer", "Industry"]
    assert sheet(file_of(mail)[2])[0] == ["Customer", "Industry"]
    html = mail.get_body(("html",))
    assert html is not None
    assert "Grade" not in html.get_content()


def test_rights_taken_away_before_the_issue_is_made(world: World, post: Post) -> None:
    world.customer("ann", grade="A")
    subscribe(world)
    world.grant("rep", {**REP, "customers": {"read": "own"}, "subscriptions": OWN})
    made()
    sent()
    mail = post.taken[0][1]
    assert list(mail.iter_attachments()) == []
    assert Table(mail).rows == [["Customer", "Grade"], ["Tidewater", "A"]]
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "You may not export this list, so that no file can be made." in plain.get_content()
    world.grant("rep", {"subscriptions": OWN})
    made(MONDAY + DAY)
    sent(MONDAY + DAY)
    last = post.taken[1][1]
    assert all("Tidewater" not in str(part.get_content()) for part in last.walk() if not part.is_multipart())
    assert Table(last).rows == []
    assert "could not be made" in str(last["Subject"])


def test_rights_taken_away_between_making_and_sending(world: World, post: Post) -> None:
    """A5.01."""
    world.customer("ann", grade="A")
    subscribe(world)
    made()
    before = Issue.objects.get().stored
    records.change("roles", world.roles["rep"], {"field_rights": {"customers": {"grade": "none"}}}, SYSTEM)
    sent()
    mail = post.taken[0][1]
    assert Table(mail).rows == [["Customer"], ["Tidewater"]]
    assert sheet(file_of(mail)[2]) == [["Customer"], ["Tidewater"]]
    held = Issue.objects.get()
    assert (held.key, held.count, held.stored != before) == (Notice.objects.get().key.rpartition(":")[0], 1, True)


@pytest.mark.parametrize("how", ["xlsx", "table"])
def test_a_record_given_away_between_making_and_sending(world: World, post: Post, how: str) -> None:
    """A5.01: the mail waited, and the customer is another's by now."""
    customer = world.customer("ann", grade="A")
    world.customer("ann", name="Mine")
    subscribe(world, columns="name", format=how)
    made()
    before = Issue.objects.get().stored
    records.change("customers", customer.pk, {"owner": world.people["cyd"]}, SYSTEM)
    sent()
    mail = post.taken[0][1]
    assert Table(mail).rows == [["Customer"], ["Mine"]]
    assert Issue.objects.get().count == 1
    if how == "xlsx":
        assert sheet(file_of(mail)[2]) == [["Customer"], ["Mine"]]
        assert Issue.objects.get().stored != before


def test_a_row_of_another_is_in_neither_table_nor_file(world: World, post: Post) -> None:
    customer = world.customer("ann", grade="A")
    world.customer("ann", name="Mine")
    subscribe(world, columns="name")
    records.change("customers", customer.pk, {"owner": world.people["cyd"]}, SYSTEM)
    made()
    sent()
    mail = post.taken[0][1]
    assert Table(mail).rows == [["Customer"], ["Mine"]]
    assert sheet(file_of(mail)[2]) == [["Customer"], ["Mine"]]


def test_nothing_is_mailed_that_is_not_wanted(world: World, post: Post) -> None:
    subscribe(world, only_if="filled")
    subscribe(world, name="Above", only_if="above", above=3)
    row = subscribe(world, name="Cancelled")
    made()
    with clock.fixed(MONDAY):
        services.cancel(row, world.actor("ann"))
    sent()
    assert post.taken == []
    assert states() == {"cancelled": 1}


def test_it_waits_for_no_digest_and_goes_to_nobody_else(world: World, post: Post) -> None:
    ann, ben = world.people["ann"], world.people["ben"]
    Preference.objects.create(pk=ann, digest_at="18:00")
    create("delegations", person=ann, delegate=ben, first_day="2026-11-22", last_day="2026-11-27")
    assert Delegation.objects.exists()
    world.customer("ann")
    subscribe(world)
    made()
    sent()
    told = [to for to, mail in post.taken if str(mail["Subject"]).startswith("Customers")]
    assert told == [("ann@house.example",)]
    assert not Notice.objects.filter(person_id=ben, kind="subscription").exists()


def test_a_person_chooses_otherwise(world: World, post: Post) -> None:
    choose(world.people["ann"], when="never", kind="subscription")
    subscribe(world)
    made()
    sent()
    assert (post.taken, Notice.objects.count()) == ([], 1)


def test_a_chat_is_told_the_figures_and_the_link(world: World, post: Post) -> None:
    for name, grade in (("a", "A"), ("b", "B"), ("c", "A")):
        world.customer("ann", name=name, grade=grade)
    subscribe(world, name="By grade", group="grade", columns=None)
    with listening() as robot:
        robot.allow()
        robot.answers = [(200, {}, b'{"errcode": 0, "errmsg": "ok"}')]
        configured.save("wecom", {"url": robot.url}, True)
        stamps.refresh()
        choose(world.people["ann"], "wecom", kind="subscription")
        made()
        sent()
        row = Delivery.objects.get(channel="wecom")
        [heard] = robot.heard
    said = json.loads(heard.body)["text"]["content"].splitlines()
    assert said == ["By grade: 3 records", "A: 2", "B: 1", f"http://localhost:8000/told/{row.pk}"]


def test_the_link_of_the_mail_cancels_with_a_press(world: World, post: Post) -> None:
    row = subscribe(world)
    made()
    sent()
    found = re.search(r"<(http://localhost:8000)?(/unsubscribe/[^>]+)>", str(post.taken[0][1]["List-Unsubscribe"]))
    assert found is not None
    page = Client(enforce_csrf_checks=True)
    assert page.get(found[2]).status_code == 200
    assert Subscription.objects.get(pk=row.pk).deleted_at is None
    assert page.post(found[2], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Subscription.objects.get(pk=row.pk).deleted_at is not None
    made(MONDAY + DAY)
    sent(MONDAY + DAY)
    assert len(post.taken) == 1
