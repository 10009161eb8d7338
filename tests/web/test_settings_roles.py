"""Roles and their matrix, rights of single people, and the page that says why."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bosun.kernel import records
from bosun.kernel.actor import Scope
from bosun.platform.org.models import Person, Role
from tests.kernel.world import REP, World
from tests.web.conftest import Seat


def form_of(page: str) -> dict[str, Any]:
    """What the browser would send of a matrix as it stands."""
    sent = {}
    for name, body in re.findall(r'<select class="inp" name="([a-z_.]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        first = re.search(r'<option value="([^"]*)"', body)
        sent[name] = chosen[1] if chosen else first[1] if first else ""
    version = re.search(r'name="version" value="(\d+)"', page)
    name = re.search(r'id="role-name" name="name" value="([^"]*)"', page)
    return {**sent, **({"version": version[1]} if version else {}), **({"name": name[1]} if name else {})}


def test_saving_what_is_shown_changes_nothing(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    pk = world.roles["rep"]
    before = Role.objects.get(pk=pk)
    seat.post(f"/settings/roles/{pk}", 302, **form_of(seat.get(f"/settings/roles/{pk}")))
    after = Role.objects.get(pk=pk)
    assert (after.grants, after.field_rights, after.version) == (before.grants, before.field_rights, before.version)
    assert after.grants == REP


def test_a_right_withdrawn_holds_at_the_next_click(world: World, sit: Callable[[str], Seat]) -> None:
    ada, ann = sit("ada"), sit("ann")
    made = world.customer("ann", name="Halden Paper")
    assert "Halden Paper" in ann.get(f"/customers/{made.pk}")
    address = f"/settings/roles/{world.roles['rep']}"
    form = form_of(ada.get(address))
    ada.post(address, 302, **{**form, "customers.read": "none", "customers.field.phones": "none"})
    ann.get(f"/customers/{made.pk}", 404)
    role = Role.objects.get(pk=world.roles["rep"])
    assert "read" not in role.grants["customers"]
    assert role.field_rights["customers"] == {"credit_limit": "none", "phones": "none"}


def test_a_role_is_made_copied_and_removed(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    rep = world.roles["rep"]
    form = form_of(seat.get(f"/settings/roles/new?like={rep}"))
    assert form["customers.read"] == "own"
    seat.post("/settings/roles/new", 302, **{**form, "name": "Assistants", "customers.remove": "none"})
    made = Role.objects.get(name="Assistants")
    assert made.grants["customers"] == {k: v for k, v in REP["customers"].items() if k != "remove"}
    page = seat.post("/settings/roles/new", 422, **{**form, "name": "Assistants"}).content.decode()
    assert 'aria-invalid="true"' in page
    assert Role.objects.filter(name="Assistants").count() == 1
    seat.send(f"/settings/roles/{made.pk}/remove", 204)
    assert Role.objects.get(pk=made.pk).deleted_at is not None
    seat.send(f"/settings/roles/{rep}/remove", 409)
    assert Role.objects.get(pk=rep).deleted_at is None


def test_words_that_are_no_rights_are_refused(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    address = f"/settings/roles/{world.roles['rep']}"
    form = form_of(seat.get(address))
    seat.post(address, 422, **{**form, "customers.read": "everything"})
    seat.post(address, 422, **{**form, "customers.field.name": "maybe"})
    assert Role.objects.get(pk=world.roles["rep"]).grants == REP


def test_two_who_edit_one_role_see_both(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    address = f"/settings/roles/{world.roles['rep']}"
    form = form_of(seat.get(address))
    world.grant("rep", {"customers": {"read": "all"}})
    page = seat.post(address, 409, **{**form, "customers.read": "below"}).content.decode()
    assert "keep_grants" in page
    assert Role.objects.get(pk=world.roles["rep"]).grants == {"customers": {"read": "all"}}


def test_one_person_gets_more_and_less_than_the_roles(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    ann = world.people["ann"]
    address = f"/settings/people/{ann}/rights"
    page = seat.get(address)
    form = form_of(page)
    assert form["customers.read"] == ""
    assert "By role: Own" in page
    seat.post(address, 302, **{**form, "customers.read": "department", "customers.remove": "none"})
    person = Person.objects.get(pk=ann)
    assert person.extra_grants == {"customers": {"read": "department"}}
    assert person.withdrawn_grants == {"customers": {"remove": "none"}}
    actor = world.actor("ann")
    assert actor.scope("customers", "read") == Scope.DEPARTMENT
    assert actor.scope("customers", "remove") == Scope.NONE
    assert actor.scope("customers", "change") == Scope.OWN
    page = seat.get(address)
    assert "extra right of this person" in page
    assert "withdrawn from this person" in page
    seat.post(address, 302, **{**form_of(page), "customers.read": "", "customers.remove": ""})
    assert world.actor("ann").scope("customers", "read") == Scope.OWN
    assert world.actor("ann").scope("customers", "remove") == Scope.OWN


def lines_of(page: str) -> list[tuple[str, ...]]:
    found = re.findall(r"<tr><td[^>]*>(.*?)</td><td><b>(.*?)</b></td><td class=\"f\">(.*?)</td></tr>", page)
    return [tuple(re.sub(r"<[^>]+>", "", part) for part in line) for line in found]


def test_the_page_says_what_is_seen_and_why(world: World, sit: Callable[[str], Seat]) -> None:
    world.customer("ann", name="Halden Paper")
    world.customer("cyd", name="Orkla")
    mine = sit("ann").get("/me/rights")
    assert ("See", "Own", "Test rep") in lines_of(mine)
    assert "Credit limit" not in mine
    hers = sit("ada").get(f"/settings/people/{world.people['ann']}/rights")
    assert ("Field “Credit limit”", "Hidden", "Test rep") in lines_of(hers)
    assert re.search(r'Customers <span class="n">1</span>', mine)
    assert "Orkla" not in mine
    theirs = sit("ada").get(f"/settings/people/{world.people['ben']}/rights")
    assert ("See", "Dept. + below", "Test manager") in lines_of(theirs)
    assert "“Department” means Team A" in theirs
    everything = sit("ada").get(f"/settings/people/{world.people['ada']}/rights")
    assert "Sees and does everything, as “Test administrator”." in everything


def test_who_cannot_sign_in_sees_nothing(world: World, sit: Callable[[str], Seat]) -> None:
    records.change("users", world.people["cyd"], {"active": False}, world.act("ada"))
    page = sit("ada").get(f"/settings/people/{world.people['cyd']}/rights")
    assert "This person cannot sign in, and sees nothing." in page
