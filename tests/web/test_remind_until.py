"""Until when a reminder comes: chosen in its form, built as a condition on what it is about, in words on its page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest

from bosun.kernel import records
from bosun.platform.reminders.models import Reminder
from tests.kernel.world import World
from tests.platform.reminding import grant, remind
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]
GRADED = {"all": [{"field": "grade", "op": "is", "value": "A"}]}


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def filled(world: World, **values: Any) -> dict[str, Any]:
    """The form of a weekly reminder of a customer."""
    customer = world.customer("ann", name="Halden Paper", grade="B")
    return {
        "text": "Ask for the order", "about": f"customers:{customer.pk}", "due_at": "2030-11-25T10:00",
        "rule_choice": "WEEKLY", "rule_n": "1", "nag_minutes": "0", "until_shown": "1", **values,
    }  # fmt: skip


def test_a_condition_is_chosen_kept_and_shown_in_words(world: World, sit: Sit) -> None:
    ann = sit("ann")
    form = filled(world, until_choice="when", until_when=json.dumps(GRADED), until_day="2030-12-24")
    ann.post("/reminders/new", **form)
    row = Reminder.objects.get()
    assert (row.until, row.until_when) == (None, GRADED)
    page = ann.get(f"/reminders/{row.pk}")
    assert "Until Grade is A" in page
    assert "It is not true yet." in page
    edit = ann.get(f"/reminders/{row.pk}/edit")
    assert '<option value="when" selected>' in edit
    sent = unescape(re.search(r'hx-vals="([^"]*)"', edit)[1])  # type: ignore[index]
    assert json.loads(json.loads(sent)["tree"]) == GRADED
    records.change("customers", row.about_id, {"grade": "A"}, world.act("ann"))
    assert "It is true now." in ann.get(f"/reminders/{row.pk}")


def test_a_day_or_never_takes_its_place(world: World, sit: Sit) -> None:
    ann = sit("ann")
    form = filled(world, until_choice="day", until_day="2030-12-24", until_when=json.dumps(GRADED))
    ann.post("/reminders/new", **form)
    row = Reminder.objects.get()
    assert (str(row.until), row.until_when) == ("2030-12-24", None)
    assert "It is not true yet." not in ann.get(f"/reminders/{row.pk}")
    ann.post(f"/reminders/{row.pk}/edit", **{**form, "until_choice": "", "version": row.version})
    row.refresh_from_db()
    assert (row.until, row.until_when) == (None, None)


def test_a_condition_that_says_nothing_is_refused_in_the_form(world: World, sit: Sit) -> None:
    ann = sit("ann")
    for tree in ("", json.dumps({"all": []})):
        page = ann.post("/reminders/new", 422, **filled(world, until_choice="when", until_when=tree)).content.decode()
        assert "Say which condition ends it." in page
        assert '<option value="when" selected>' in page
    about = {**filled(world, until_choice="when", until_when=json.dumps(GRADED)), "about": ""}
    assert "Say what it is about" in ann.post("/reminders/new", 422, **about).content.decode()
    assert not Reminder.objects.exists()


def test_the_builder_offers_what_the_reader_may_see(world: World, sit: Sit) -> None:
    customer = world.customer("ann")
    ann = sit("ann")
    records.change("roles", world.roles["rep"], {"field_rights": {"customers": {"grade": "none"}}}, world.act("ada"))
    about = f"/remind/until?about=customers:{customer.pk}"
    drawn = ann.fragment(about)
    names = [each["name"] for each in json.loads(unescape(re.search(r'data-fields="([^"]*)"', drawn)[1]))]  # type: ignore[index]
    assert "name" in names
    assert not {"grade", "id_no"} & set(names)
    stale = ann.fragment(f"{about}&tree={quote(json.dumps(GRADED))}")
    assert 'data-tree="{}"' in stale
    assert "Say first what it is about" in ann.fragment("/remind/until?about=")
    assert ann.client.get("/remind/until?about=planets:1").status_code == 404
    assert ann.client.get("/remind/until?about=customers:1&tree=%7B").status_code == 200


def test_whether_it_is_true_is_told_to_those_who_may_see_the_record(world: World, sit: Sit) -> None:
    customer = world.customer("ann", grade="A")
    row = remind(world, about={"entity": "customers", "id": customer.pk}, until=GRADED, follows_owner=False)
    assert "It is true now." in sit("ann").get(f"/reminders/{row.pk}")
    records.change("customers", customer.pk, {"owner": world.people["cyd"]}, world.act("ada"))
    page = sit("ann").get(f"/reminders/{row.pk}")
    assert "Until Grade is A" in page
    assert "It is true now." not in page
    assert "It is not true yet." not in page


def test_a_condition_that_fits_no_more_is_said(world: World, sit: Sit) -> None:
    about = {"entity": "customers", "id": world.customer("ann").pk}
    row = remind(world, about=about, until=GRADED)
    Reminder.objects.filter(pk=row.pk).update(until_when={"field": "gone", "op": "filled"})
    assert "does not fit what it is about any more" in sit("ann").get(f"/reminders/{row.pk}")
