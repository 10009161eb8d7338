"""An administrator invents fields; everybody else finds them on every surface, as far as the rights go."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from bosun.kernel import access, history, records, registry, stamps
from bosun.kernel.actor import Act
from bosun.platform.accounts.services import make_token
from bosun.platform.customize import kindlist, services
from bosun.platform.customize.models import CustomField, SpentKey
from bosun.platform.jobs.models import Job
from bosun.platform.org.models import Person
from tests.kernel.world import SYSTEM, World
from tests.web.conftest import Seat

Sit = Callable[[str], Seat]
NEW = "/settings/fields/customers/new"
MORE: dict[str, dict[str, str]] = {
    "number": {"digits": "2"},
    "choice": {"new_options": "Diesel\nPetrol"},
    "multichoice": {"new_options": "Diesel\nPetrol"},
    "ref": {"target": "users"},
}
TYPED: dict[str, Any] = {
    "text": "Quay", "longtext": "Long quay", "number": "12.50", "boolean": "true", "date": "2026-11-30",
    "datetime": "2026-11-30T09:30", "choice": "diesel", "multichoice": ["diesel", "petrol"], "tags": ["quay"],
    "phones": ["+34612345678"], "email": "quay@example.com", "url": "https://quay.example.com/",
}  # fmt: skip
SEEN = {
    "text": "Quay", "longtext": "Long quay", "number": "12.5", "boolean": "Yes", "choice": "Diesel",
    "multichoice": "Diesel", "tags": "quay", "phones": "612 34 56 78", "email": "quay@example.com",
    "url": "quay.example.com", "money": "12.5", "ref": "Ben", "date": "2026", "datetime": "2026",
}  # fmt: skip
WORDED = {"text", "longtext", "tags", "email", "url"}


def add(seat: Seat, kind: str, **more: Any) -> CustomField:
    """A field made in the panel."""
    seat.send(NEW, 204, **{"label": "New", "kind": kind, **MORE.get(kind, {}), **more})
    stamps.refresh()
    made: CustomField = CustomField.objects.latest("pk")
    return made


def api_of(world: World, name: str) -> Client:
    """A program with somebody's token."""
    token = make_token(Person.objects.get(pk=world.people[name]))
    return Client(headers={"authorization": f"Bearer {token}"}, raise_request_exception=False)


@pytest.mark.parametrize("kind", sorted(kindlist.MAKERS))
def test_a_field_of_every_kind_is_on_every_surface(world: World, sit: Sit, kind: str) -> None:
    ada, ann = sit("ada"), sit("ann")
    row = add(ada, kind)
    name = row.name
    assert name == "x_new"
    typed: dict[str, Any] = {name: TYPED.get(kind, "")}
    if kind == "money":
        typed = {name: "12.50", f"{name}_currency": "EUR"}
    if kind == "ref":
        typed = {name: str(world.people["ben"])}
    assert f'data-field="{name}"' in ann.get("/customers/new")
    ann.post("/customers/new", 302, name="Halden", owner=str(world.people["ann"]), **typed)
    made = records.query("customers", world.actor("ann")).page().items[0]
    assert name in made.custom, made.custom
    assert SEEN[kind] in ann.get("/customers", columns=f"grade,{name}")
    assert SEEN[kind] in ann.get(f"/customers/{made.pk}")
    assert f'name="{name}' in ann.get(f"/customers/{made.pk}/cell", field=name)
    for dialog in ("columns", "filter"):
        assert name in ann.get(f"/customers/{dialog}")
    assert (name in ann.get("/customers/sort")) == access.specs(registry.get("customers"), world.actor("ann"))[
        name
    ].kind.sortable

    api = api_of(world, "ann")
    answer = api.get(f"/api/v1/customers/{made.pk}").json()
    assert name in answer
    assert f'"{name}"' in api.get("/api/v1/openapi.json").content.decode()
    again = api.patch(f"/api/v1/customers/{made.pk}", json.dumps({name: answer[name]}), "application/json")
    assert again.status_code == 200, again.content
    leaf = json.dumps({"field": name, "op": "is" if kind == "boolean" else "filled", "value": True})
    assert [item["id"] for item in api.get("/api/v1/customers", {"filter": leaf}).json()["items"]] == [made.pk]
    kindly = access.specs(registry.get("customers"), world.actor("ann"))[name].kind
    if kindly.groupable:
        assert api.get(f"/api/v1/customers/totals?group={name}").status_code == 200
    if "sum" in kindly.aggregates:
        assert "12.5" in api.get(f"/api/v1/customers/totals?sum={name}").content.decode()
    if kind in WORDED:
        found = api.get("/api/v1/customers?q=quay").json()["items"]
        assert [item["id"] for item in found] == [made.pk]
    env = records.environment(world.actor("ann"))
    past = history.of_record(registry.get("customers"), made.pk, env)
    assert name in [line.spec.name for line in past[-1].lines]
    removal = records.remove_one("customers", made.pk, world.act("ann"))
    records.restore(removal.pk, world.act("ann"))
    assert name in records.get("customers", made.pk, world.actor("ann")).custom


def test_rights_by_role_are_set_in_the_panel_and_hold_everywhere(world: World, sit: Sit) -> None:
    rep = world.roles["rep"]
    row = add(sit("ada"), "text", **{f"right_{rep}": "none"})
    made = world.customer("ada", name="Halden", owner=world.people["ann"], **{row.name: "Hidden quay"})
    ann = sit("ann")
    for page in ("/customers", f"/customers/{made.pk}", "/customers/new", "/customers/filter", "/customers/columns"):
        assert row.name not in ann.get(page)
    api = api_of(world, "ann")
    assert row.name not in api.get("/api/v1/openapi.json").content.decode()
    assert api.get("/api/v1/customers?q=hidden").json()["items"] == []
    assert len(api_of(world, "ada").get("/api/v1/customers?q=hidden").json()["items"]) == 1
    sit("ada").send(f"/settings/fields/{row.pk}", 204, label="New", version=row.version, **{f"right_{rep}": "read"})
    assert f"/customers/{made.pk}" in ann.get("/customers", columns=row.name)
    answer = api.patch(f"/api/v1/customers/{made.pk}", json.dumps({row.name: "x"}), "application/json")
    assert answer.status_code == 422


def test_a_field_is_renamed_and_put_in_order_and_only_by_those_who_may(world: World, sit: Sit) -> None:
    ada = sit("ada")
    first, second = add(ada, "text"), add(ada, "number", label="Second")
    ada.send(
        f"/settings/fields/{first.pk}", 204, label="Renamed", labels_es="Otro", required="on", version=first.version
    )
    first.refresh_from_db()
    assert (first.label, first.labels, first.required, first.name) == ("Renamed", {"es": "Otro"}, True, "x_new")
    ada.post("/settings/fields/customers", 302, id=[second.pk, first.pk])
    custom = [name for name, spec in registry.get("customers").specs().items() if spec.custom]
    assert custom == ["x_second", "x_new"]
    for address in ("/settings/fields/customers", NEW, f"/settings/fields/{first.pk}"):
        sit("ann").get(address, 403)
    sit("ann").send(f"/settings/fields/{first.pk}/retire", 403)
    assert CustomField.objects.filter(deleted_at__isnull=True).count() == 2


@pytest.mark.parametrize(
    ("sent", "place", "said"),
    [
        ({"kind": "choice"}, "new_options", "Write at least one option."),
        ({"kind": "ref"}, "target", "Say which option list or entity this field takes."),
        ({"kind": "formula", "gives": "number", "formula": "1 +"}, "formula", ""),
    ],
)
def test_what_is_wrong_stands_at_its_field(world: World, sit: Sit, sent: dict[str, str], place: str, said: str) -> None:
    page = sit("ada").send(NEW, 422, label="New", **sent).content.decode()
    assert f'id="field_{place}-err"' in page
    assert said in page
    assert "fsum" not in page
    assert not CustomField.objects.exists()


def test_a_field_refers_to_what_people_know(world: World, sit: Sit) -> None:
    page = sit("ada").fragment(NEW)
    offered = set(re.findall(r'<option value="(\w+)"', page.split('name="target"', 1)[1].split("</select>", 1)[0]))
    assert {"customers", "contacts", "users", "departments", "positions"} <= offered
    assert not {"options", "places", "rates", "company", "stages", "pipelines", "contact_cycles"} & offered


def test_a_default_required_and_unique_are_kept_to(world: World, sit: Sit) -> None:
    ada = sit("ada")
    add(ada, "text", label="Number plate", unique="on", required="on")
    add(ada, "number", label="Seats", digits="1", default="2.5")
    add(ada, "choice", label="Fuel", default="Petrol")
    made = world.customer("ann", name="Halden", x_number_plate="OK 1")
    assert made.custom == {"x_number_plate": "OK 1", "x_seats": 25, "x_fuel": "petrol"}
    ann = sit("ann")
    assert "Fill in" in ann.client.post("/customers/new", {"name": "Moss"}).content.decode()
    answer = ann.client.post("/customers/new", {"name": "Moss", "x_number_plate": "OK 1"})
    assert answer.status_code == 422
    assert "the same" in answer.content.decode()
    again = records.bulk_change("customers", [made.pk], {"x_number_plate": "OK 1"}, world.act("ann"))
    assert again[0].failure is None


def test_a_retired_field_is_gone_everywhere_and_comes_back_with_its_values(world: World, sit: Sit) -> None:
    ada = sit("ada")
    row = add(ada, "text")
    made = world.customer("ann", name="Halden", x_new="Quay")
    assert "1 record holds a value" in ada.get(f"/settings/fields/{row.pk}/retire")
    ada.send(f"/settings/fields/{row.pk}/retire", 204)
    stamps.refresh()
    assert "x_new" not in sit("ann").get(f"/customers/{made.pk}")
    assert records.get("customers", made.pk, SYSTEM.actor).custom == {"x_new": "Quay"}
    assert "x_new" in ada.get("/settings/fields/customers")
    assert ada.client.post(NEW, {"label": "New", "kind": "text", "name": "x_new"}).status_code == 422
    ada.send(f"/settings/fields/{row.pk}/restore", 204)
    stamps.refresh()
    assert "Quay" in sit("ann").get(f"/customers/{made.pk}")


def test_removing_for_good_takes_the_values_and_the_key(world: World, sit: Sit) -> None:
    ada = sit("ada")
    row = add(ada, "tags")
    kept = add(ada, "text", label="Kept")
    made = world.customer("ann", name="Halden", **{row.name: ["quay"], kept.name: "stays"})
    ada.send(f"/settings/fields/{row.pk}/retire", 204)
    assert "1 record holds a value" in ada.get(f"/settings/fields/{row.pk}/remove")
    ada.send(f"/settings/fields/{row.pk}/remove", 204)
    assert records.get("customers", made.pk, SYSTEM.actor).custom == {kept.name: "stays"}
    assert not CustomField.objects.filter(pk=row.pk).exists()
    assert SpentKey.objects.filter(entity="customers", name=row.name).exists()
    assert add(ada, "number", label="New").name == "x_new_2"


def test_many_values_are_taken_by_a_job(world: World, sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 0)
    row = add(sit("ada"), "text")
    world.customer("ann", name="Halden", x_new="Quay")
    act = Act(world.actor("ada"), "form")
    records.remove_one("custom_fields", row.pk, act)
    assert services.remove_for_good(row.pk, act) == 1
    assert list(Job.objects.filter(kind=services.STRIP).values_list("args", flat=True)) == [
        {"entity": "customers", "name": "x_new"}
    ]


def test_the_panel_shows_what_the_input_will_be(world: World, sit: Sit) -> None:
    ada = sit("ada")
    shown = ada.send("/settings/fields/customers/preview", label="燃料", kind="choice", new_options="Diesel\nPetrol")
    text = shown.content.decode()
    assert "x_ran_liao" in text
    assert "<option" in text
    assert "Petrol" in text
    assert CustomField.objects.count() == 0
    assert "x_" not in ada.send("/settings/fields/customers/preview", label="", kind="text").content.decode()
    wrong = ada.client.post(NEW, {"label": "Seats", "kind": "number", "default": "many"})
    assert wrong.status_code == 422
    assert "This is not a number." in wrong.content.decode()


def test_options_of_a_choice_are_edited_with_the_other_lists(world: World, sit: Sit) -> None:
    ada = sit("ada")
    row = add(ada, "choice", label="Fuel")
    key = row.settings["options"]
    assert key in ada.get(f"/settings/fields/{row.pk}")
    page = ada.get(f"/settings/options/{key}")
    assert "Diesel" in page
    assert "Customers: Fuel" in page
