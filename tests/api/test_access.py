"""Who may do what: tokens, sessions, strangers, and the same answer for what is hidden and what is not there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bosun.api import limits
from bosun.kernel import records, stamps
from bosun.lib import clock
from bosun.platform.accounts import services
from bosun.platform.accounts.models import Token, User
from bosun.platform.org.models import Person
from tests.api.conftest import Api
from tests.kernel.world import SYSTEM, World, create

Caller = Callable[..., Api]
NOBODY = 987_654_321
CALLS: list[tuple[str, str, Any]] = [
    ("GET", "customers/{id}", None),
    ("HEAD", "customers/{id}", None),
    ("GET", "customers/{id}?fields=name", None),
    ("PATCH", "customers/{id}", {"grade": "B"}),
    ("PATCH", "customers/{id}", {"grade": "B", "version": 1}),
    ("PATCH", "customers/{id}", {"grade": "nonsense", "colour": 1}),
    ("PATCH", "customers/{id}", {}),
    ("DELETE", "customers/{id}", None),
    ("GET", "customers/{id}/history", None),
    ("GET", "customers/{id}/timeline", None),
    ("POST", "customers/{id}/verbs/transfer", {"owner": "cyd"}),
    ("POST", "customers/{id}/verbs/transfer", {}),
    ("POST", "customers/{id}/verbs/nonsense", {}),
    ("POST", "contacts", {"name": "Ida", "customer": "{id}"}),
    ("POST", "follow_ups", {"about": {"entity": "customers", "id": "{id}"}, "type": "call"}),
    ("PATCH", "customers/{own}", {"parent": "{id}"}),
    ("GET", 'customers?filter={{"field":"parent","op":"is","value":{id}}}', None),
    ("POST", "customers/bulk", {"ids": ["{id}"], "set": {"grade": "B"}}),
    ("POST", "customers/bulk", {"ids": ["{id}"], "remove": True}),
]


def rows() -> list[dict[str, Any]]:
    """Everything that is stored of customers, contacts and follow-ups."""
    found = []
    for key in ("customers", "contacts", "follow_ups"):
        found += list(records.entity_of(key).model._default_manager.order_by("pk").values())
    return found


def filled(part: Any, pk: int, own: int) -> Any:
    if isinstance(part, dict):
        return {name: filled(value, pk, own) for name, value in part.items()}
    if isinstance(part, list):
        return [filled(value, pk, own) for value in part]
    return pk if part == "{id}" else part


def without_ids(text: str, pk: int) -> str:
    """An answer but for the id asked about, and the key of its batch."""
    if '"batch"' not in text:
        return re.sub(rf"\b{pk}\b", "ID", text)
    body = json.loads(text)
    lines = [{**line, "id": line["id"] == pk} for line in body["failed"]]
    return json.dumps({**body, "batch": "", "failed": lines})


@pytest.mark.parametrize(("method", "address", "body"), CALLS)
def test_hidden_and_absent_answer_alike(api: Caller, world: World, method: str, address: str, body: Any) -> None:
    hidden = world.customer("ann", name="CNRY-hidden", grade="A", email="cnry@example.com").pk
    own = world.customer("cyd", name="Own").pk
    cyd = api("cyd")
    before = rows()
    answers = []
    for pk in (hidden, NOBODY):
        answer = cyd(method, address.format(id=pk, own=own), filled(body, pk, own))
        text = without_ids(answer.content.decode(), pk)
        answers.append((answer.status_code, text, sorted(set(answer.headers) - {"Content-Length"})))
    assert answers[0] == answers[1]
    assert "cnry" not in answers[0][1].lower()
    assert answers[0][0] in (200, 404, 422)
    assert rows() == before


def test_the_owner_may_and_her_manager_may_and_a_stranger_may_not(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater", grade="A")
    for who, status in [("ann", 200), ("ben", 200), ("cyd", 404), ("ada", 200)]:
        assert api(who)("GET", f"customers/{row.pk}").status_code == status
        assert api(who)("PATCH", f"customers/{row.pk}", {"grade": "B"}).status_code == status
    denied = api("ann").send("POST", f"customers/{row.pk}/verbs/transfer", {"owner": "cyd"}, 403)
    assert denied["code"] == "denied"
    body = api("ben").send("POST", f"customers/{row.pk}/verbs/transfer", {"owner": "cyd"})
    assert body == {"id": row.pk}
    assert api("cyd").get(f"customers/{row.pk}")["owner"]["username"] == "cyd"


def test_fields_that_decide_are_not_written_by_hand(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater")
    ann = api("ann")
    before = rows()
    for name, value in [
        ("owner", world.people["cyd"]),
        ("created_by", world.people["cyd"]),
        ("created_at", "2020-01-01T00:00:00Z"),
        ("department", world.departments["team b"]),
        ("deleted_at", None),
        ("is_superuser", True),
        ("last_contact", "2026-01-01"),
        ("name_sort", "a"),
        ("custom", {"a": 1}),
        ("removal", 1),
    ]:
        assert ann.send("PATCH", f"customers/{row.pk}", {name: value}, 422)["errors"][0]["field"] == name
    assert ann.send("PATCH", f"customers/{row.pk}", {"id": 5, "version": 7})["id"] == row.pk
    assert rows() == before


def test_people_do_not_raise_themselves(api: Caller, world: World) -> None:
    before = Person.objects.order_by("pk").values_list("roles", "extra_grants", "version")
    held = list(before)
    ann = api("ann")
    me = world.people["ann"]
    assert ann("PATCH", f"users/{me}", {"roles": [world.roles["admin"]]}).status_code == 403
    assert ann("PATCH", f"users/{me}", {"extra_grants": {"customers": {"read": "all"}}}).status_code == 403
    assert ann("POST", "roles", {"name": "Mine", "administrator": True}).status_code == 404
    assert list(before.all()) == held


# tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_that_reads_writes_nothing(api: Caller, world: World) -> None:
    row = world.customer("ann", name="Tidewater")
    before = rows()
    reader = api("ann", "read")
    assert reader.get(f"customers/{row.pk}")["name"] == "Tidewater"
    assert reader.get("me")["read_only"] is True
    for method, address, body in [
        ("POST", "customers", {"name": "New"}),
        ("PATCH", f"customers/{row.pk}", {"grade": "B"}),
        ("DELETE", f"customers/{row.pk}", None),
        ("POST", f"customers/{row.pk}/verbs/transfer", {"owner": "cyd"}),
        ("POST", "customers/bulk", {"ids": [row.pk], "set": {"grade": "B"}}),
        ("POST", "customers/bulk", {"ids": [row.pk], "remove": True}),
        ("POST", "customers/bulk", {"ids": [row.pk], "verb": "transfer", "params": {"owner": "cyd"}}),
    ]:
        assert reader(method, address, body).status_code == 403, address
    batch = api("ann").send("POST", "customers/bulk", {"ids": [row.pk], "set": {"address": "Pier"}})["batch"]
    assert reader("POST", "undo", {"batch": batch}).status_code == 403
    api("ann").send("PATCH", f"customers/{row.pk}", {"address": None})
    assert [r["address"] for r in rows()] == [r["address"] for r in before]
    reader_of_all = api("ada", "read")
    assert reader_of_all("PATCH", f"customers/{row.pk}", {"grade": "B"}).status_code == 403


@pytest.mark.parametrize("how", ["unknown", "expired", "revoked", "deactivated", "removed", "scheme", "empty", "nul"])
def test_tokens_that_are_dead(api: Caller, world: World, how: str) -> None:
    ann, later = api("ann"), clock.now()
    header = f"Bearer {ann.token}"
    ann.get("me")
    if how == "unknown":
        header = "Bearer bsn_nonsense"
    elif how == "expired":
        person = Person.objects.get(pk=world.people["ann"])
        secret = services.make_token(person, expires_at=clock.now() + timedelta(seconds=1))
        header = f"Bearer {secret}"
        assert ann("GET", "me", None, Authorization=header).status_code == 200
        later += timedelta(seconds=2)
    elif how == "revoked":
        assert services.revoke_token(world.people["ann"], Token.objects.get().pk)
    elif how == "deactivated":
        records.change("users", world.people["ann"], {"active": False}, SYSTEM)
    elif how == "removed":
        records.remove_one("users", world.people["ann"], SYSTEM)
    else:
        header = {"scheme": f"Basic {ann.token}", "empty": "Bearer", "nul": "Bearer a\0b"}[how]
    with clock.fixed(later):
        answer = ann("GET", "customers", None, Authorization=header)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="Bosun"'
    assert json.loads(answer.content)["code"] == "unauthorized"


def test_a_token_that_another_process_ended_is_dead_at_the_next_call(api: Caller, world: World) -> None:
    ann, other = api("ann"), api("ann")
    assert [ann("GET", "me").status_code, other("GET", "me").status_code] == [200, 200]
    kept = dict(stamps._held)
    assert services.revoke_token(world.people["ann"], Token.objects.order_by("pk")[0].pk)
    stamps._held.update(kept)
    assert [ann("GET", "me").status_code, other("GET", "me").status_code] == [401, 200]


def test_secrets_that_nobody_has_are_not_remembered(api: Caller) -> None:
    ann = api("ann")
    assert ann("GET", "me").status_code == 200
    before = len(stamps._held)
    for number in range(3):
        assert ann("GET", "me", None, Authorization=f"Bearer bsn_{number}").status_code == 401
    assert len(stamps._held) == before


def test_rights_taken_away_end_with_the_next_call(api: Caller, world: World) -> None:
    world.customer("ann", name="Tidewater")
    ann = api("ann")
    assert len(ann.get("customers")["items"]) == 1
    world.grant("rep", {"contacts": {"read": "own"}})
    ann.get("customers", 404)
    assert ann.get("me")["rights"].get("customers") is None


def test_a_token_in_the_address_is_no_token(api: Caller, world: World) -> None:
    token = api("ann").token
    for name in ("token", "access_token", "api_key"):
        assert Client().get(f"/api/v1/customers?{name}={token}").status_code == 401
    assert api("ann")("GET", f"customers?token={token}").status_code == 400


# sessions --------------------------------------------------------------------------------------------------------


def signed_in(world: World, name: str, check: bool) -> Client:
    user = User.objects.get(person_id=world.people[name])
    services.set_password(user, "a long enough phrase")
    client = Client(enforce_csrf_checks=check)
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_session_reads_and_writes_with_its_csrf_token(world: World) -> None:
    row = world.customer("ann", name="Tidewater")
    client = signed_in(world, "ann", True)
    address = f"/api/v1/customers/{row.pk}"
    assert client.get(address).json()["name"] == "Tidewater"
    before = rows()
    for kind in ("application/json", "text/plain"):
        answer = client.generic("PATCH", address, '{"grade":"B"}', kind)
        assert answer.status_code == 403
        assert answer["Content-Type"] == "application/problem+json"
    assert rows() == before
    client.cookies["bosun-csrf"] = "a" * 32
    sent = client.generic("PATCH", address, '{"grade":"B"}', "application/json", headers={"X-CSRFToken": "a" * 32})
    assert sent.status_code == 200
    assert json.loads(sent.content)["grade"] == "B"


def test_a_session_of_somebody_who_left_is_over(world: World) -> None:
    client = signed_in(world, "ann", False)
    assert client.get("/api/v1/me").json()["username"] == "ann"
    records.change("users", world.people["ann"], {"active": False}, SYSTEM)
    assert client.get("/api/v1/me").status_code == 401


def test_a_bad_token_is_not_saved_by_a_session(world: World) -> None:
    client = signed_in(world, "ann", False)
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_nobody_gets_nothing(world: World) -> None:
    client = Client()
    for method in ("GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"):
        for address in ("customers", "customers/1", "me", "openapi.json", "nonsense/1/2/3", "bin"):
            answer = client.generic(method, f"/api/v1/{address}")
            assert answer.status_code == 401, (method, address)


def test_me_names_the_rights(api: Caller, world: World) -> None:
    body = api("ann").get("me")
    assert (body["username"], body["administrator"], body["zone"]) == ("ann", False, "Europe/Madrid")
    assert body["rights"]["customers"] == ["read", "create", "change", "remove", "export", "import"]
    assert "roles" not in body["rights"]


def test_one_greedy_token_slows_itself_alone(api: Caller, world: World, settings: Any) -> None:
    settings.BOSUN_API_RATE = 5
    limits.forget()
    ann, ben = api("ann"), api("ben")
    answers = [ann("GET", "me") for _number in range(30)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 10
    assert [answer.status_code for answer in answers[:10]] == [200] * 10
    assert int(refused[0]["Retry-After"]) >= 1
    assert ben("GET", "me").status_code == 200


def test_shared_records_are_read_and_not_written(api: Caller, world: World) -> None:
    row = create("customers", name="Shared", owner=world.people["ann"])
    assert api("cyd")("GET", f"customers/{row.pk}").status_code == 404
