"""Markup that people type is text on every page, for its writer, for a colleague and for the administrator."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from bosun.kernel import records, registry
from bosun.kernel.actor import Act
from bosun.kernel.kinds import LongText, Text
from bosun.kernel.kinds.contact import Email, Url
from bosun.platform.accounts import services
from bosun.platform.accounts.models import User
from bosun.platform.views import services as views
from tests.kernel.world import SYSTEM, World, create
from tests.web.conftest import Seat

MARKUP = '"><img src=x onerror=alert(1)><b hx-get=/x hx-on:click=x x-init=x _="on load">{{constructor}}'
ACTS = re.compile(r"<img src=x|<b hx-get|<svg onload|<script>alert")
HEADER = "Mozilla/5.0 Chrome/1 <script>alert(1)</script>"


def filled(entity: str, **fixed: Any) -> dict[str, Any]:
    """Values for a record: the markup in every field that takes words."""
    found: dict[str, Any] = {}
    for name, spec in registry.get(entity).specs().items():
        wordy = isinstance(spec.kind, Text | LongText) and not isinstance(spec.kind, Email | Url)
        if spec.read_only or spec.internal or name in ("external_id", "recurrence", "key", "username"):
            continue
        if wordy and (spec.kind.max_length or 0) >= len(MARKUP):  # type: ignore[attr-defined]
            found[name] = MARKUP
        elif spec.kind.key == "tags":
            found[name] = [MARKUP[:50]]
    return {**found, **fixed}


def furnished(world: World) -> dict[str, int]:
    """A record of everything that people name, named with markup."""
    ann = world.people["ann"]
    made = {"customers": create("customers", **filled("customers", owner=ann)).pk}
    firm = made["customers"]
    made["contacts"] = create("contacts", **filled("contacts", customer=firm)).pk
    made["opportunities"] = create("opportunities", **filled("opportunities", customer=firm, owner=ann)).pk
    about = {"entity": "customers", "id": firm}
    made["follow_ups"] = create("follow_ups", **filled("follow_ups", about=about, person=ann)).pk
    made["tasks"] = create("tasks", **filled("tasks", about=about, owner=ann, due="2026-01-01T10:00:00Z")).pk
    once: dict[str, Any] = {"rule": None, "channels": [], "due_at": "2026-01-01T10:00:00Z"}
    create("reminders", **filled("reminders", about=about, owner=ann, **once))
    create("departments", name=MARKUP)
    create("positions", name=MARKUP[:80])
    create("roles", name=MARKUP[:80], grants={"customers": {"read": "own"}})
    create("options", list_key="grade", key="odd", label=MARKUP[:80])
    invented = {"entity": "customers", "name": "x_odd", "label": MARKUP[:80], "kind": "text"}
    records.create("custom_fields", invented, SYSTEM)
    views.keep(registry.get("customers"), MARKUP[:60], Act(world.actor("ann"), "form"), columns=["name", "x_odd"])
    records.change("customers", firm, {"grade": "odd"}, SYSTEM)
    return made


PAGES = (
    "/day", "/search?q=img", "/notices", "/palette?q=img", "/pick?q=img", "/customers/pick?q=img", "/exports", "/bin",
    "/customers/words?field=tags&q=im", "/customers/chart", "/opportunities/board", "/opportunities/forecast",
    "/customers/filter", "/customers/columns", "/me", "/me/rights", "/me/devices", "/customers/new",
    "/tasks?columns=subject,note,customer,owner",
)  # fmt: skip
SETTINGS = (
    "/settings", "/settings/departments", "/settings/roles", "/settings/roles/new", "/settings/options/grade",
    "/settings/fields/customers", "/settings/people", "/settings/pipelines", "/settings/system", "/settings/jobs",
)  # fmt: skip


def test_markup_is_text_on_every_page(world: World, sit: Callable[[str], Seat]) -> None:
    made = furnished(world)
    pages = [*PAGES, *(f"/{key}" for key in made)]
    for key, pk in made.items():
        pages += [
            f"/{key}/{pk}",
            f"/{key}/{pk}/panel",
            f"/{key}/{pk}/history",
            f"/{key}/{pk}/timeline",
            f"/{key}/{pk}/edit",
        ]
        pages += [f"/{key}/{pk}/remove", f"/{key}/{pk}/composer?kind=call"]
    shown = 0
    for who in ("ann", "ben", "ada"):
        client = sit(who).client
        for address in [*pages, *(SETTINGS if who == "ada" else ())]:
            answer = client.get(address, follow=True)
            assert answer.status_code in (200, 403, 404, 405), (who, address, answer.status_code)
            text = answer.content.decode()
            if answer.headers["Content-Type"].startswith("text/html"):
                assert ACTS.findall(text) == [], (who, address)
                shown += "&lt;img src=x" in text
            else:
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert shown > 60


@pytest.mark.parametrize(
    "address",
    [
        "/customers?q={}", "/customers?view={}", "/customers?sort={}", "/customers?columns={}", "/customers?filter={}",
        "/customers/1?tab={}", "/search?q={}", "/{}", "/customers/{}", "/settings/{}", "/account/login/?next={}",
        "/account/login/?next=/{}", "/customers/new?name={}", "/customers/new?back={}", "/imports/{}", "/palette?q={}",
        "/static/{}", "/api/v1/{}", "/api/v1/customers?filter={}",
    ],
)  # fmt: skip
def test_what_the_address_says_is_text(world: World, sit: Callable[[str], Seat], address: str) -> None:
    for client in (sit("ann").client, Client()):
        client.raise_request_exception = False
        for said in ('"><img src=x onerror=alert(1)>', "'><svg onload=alert(1)>", "<script>alert(1)</script>"):
            answer = client.get(address.format(said))
            assert answer.status_code < 500
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                assert ACTS.findall(answer.content.decode()) == []


def test_what_a_browser_says_of_itself_is_text(world: World, sit: Callable[[str], Seat]) -> None:
    user = User.objects.get(person_id=world.people["ann"])
    services.set_password(user, "correct horse 9")
    client = Client()
    headers = {"User-Agent": HEADER, "Referer": f"http://x/{HEADER}", "X-Forwarded-For": HEADER}
    wrong = client.post("/account/login/", {"login": HEADER, "password": "wrong"}, headers=headers)
    assert ACTS.findall(wrong.content.decode()) == []
    assert (
        client.post("/account/login/", {"login": "ann", "password": "correct horse 9"}, headers=headers).status_code
        == 302
    )
    page = client.get("/me/devices").content.decode()
    assert "Chrome" in page
    assert ACTS.findall(page) == []
    assert ACTS.findall(sit("ada").get("/settings/system")) == []
