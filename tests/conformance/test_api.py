"""The API: foreign records are as absent ones, hidden fields as ones that do not exist, in every answer."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from bosun.kernel import registry
from bosun.platform.integrity import hashing
from tests.conformance.conftest import ABSENT, INVENTED, Person, Seat

pytestmark = pytest.mark.django_db
ENTITIES = [*dict.fromkeys([*(entity.key for entity in registry.all_entities()), *INVENTED])]
RICH = ("customers", "contacts", "follow_ups", "opportunities", *INVENTED)
each_entity = pytest.mark.parametrize("key", ENTITIES)


def body_of(text: str) -> str:
    """The body alone: headers carry times and numbers of the request."""
    return text.split("\n\n", 1)[1]


@each_entity
def test_lists_totals_and_pages(person: Person, key: str) -> None:
    program = person.program()
    seen = []
    for address, params in (
        (f"/{key}", {"limit": "200"}),
        (f"/{key}", {"sort": "-id"}),
        (f"/{key}", {"q": "CNRY"}),
        (f"/{key}", {"q": "Halden", "limit": "1"}),
        (f"/{key}/totals", {}),
        (f"/{key}/totals", {"q": "CNRY"}),
    ):
        status, text = program.get(address, **params)  # type: ignore[arg-type]
        assert status in (200, 404, 422), text
        assert person.leaks(text) == [], (address, params)
        seen.append(status)
    if registry.get(key).open_to_all or key in RICH:
        assert seen[0] == 200


@pytest.mark.parametrize("key", RICH)
def test_one_record_by_every_door(person: Person, key: str) -> None:
    program = person.program()
    absent = {part: program.get(f"/{key}/{ABSENT}{part}") for part in ("", "/history", "/timeline")}
    for pk in person.own(key):
        for part in absent:
            status, text = program.get(f"/{key}/{pk}{part}")
            assert status == 200, text
            assert person.leaks(text) == [], (pk, part)
    for pk in person.foreign(key):
        for part, (status, text) in absent.items():
            found, said = program.get(f"/{key}/{pk}{part}")
            assert (found, body_of(said)) == (status, body_of(text))
            assert status == 404


@pytest.mark.parametrize("key", RICH)
def test_writing_at_foreign_records(person: Person, key: str, untouched: str) -> None:
    program = person.program()
    verbs = list(registry.get(key).verbs)
    calls: list[tuple[str, str, Any]] = [("PATCH", "", {"external_id": "TAKEN"}), ("DELETE", "", None)]
    calls += [("POST", f"/verbs/{verb}", {}) for verb in verbs]
    for method, part, body in calls:
        status, text = program.send(method, f"/{key}/{ABSENT}{part}", body)
        assert status in (403, 404, 422), text
        for pk in person.foreign(key):
            found, said = program.send(method, f"/{key}/{pk}{part}", body)
            assert found == status, said
            assert body_of(said) == body_of(text)
    assert hashing.content_hash() == untouched


@pytest.mark.parametrize("key", RICH)
def test_bulk_touches_only_what_is_open(person: Person, key: str) -> None:
    program, closed = person.program(), person.foreign(key)
    model = registry.get(key).model
    before = dict(model._default_manager.filter(pk__in=closed).values_list("pk", "version"))
    bodies = [
        {"ids": [*closed, ABSENT], "set": {"external_id": None}},
        {"filter": {"field": "created_at", "op": "filled"}, "set": {"external_id": None}},
        {"ids": closed, "verb": "transfer", "owner": "ann"},
    ]
    for body in bodies:
        _status, text = program.send("POST", f"/{key}/bulk", body)
        assert person.leaks(text) == []
    assert dict(model._default_manager.filter(pk__in=closed).values_list("pk", "version")) == before


def asked(program: Seat, key: str, name: str, pk: int) -> list[tuple[int, str]]:
    """Every way of asking for a field, with its name taken out of the answers."""
    leaf = {"field": name, "op": "filled"}
    found = [
        program.get(f"/{key}", fields=name),
        program.get(f"/{key}", filter=json.dumps(leaf)),
        program.get(f"/{key}", filter=json.dumps({"none": [leaf]})),
        program.get(f"/{key}", sort=name),
        program.get(f"/{key}", sort=f"-{name}"),
        program.get(f"/{key}/totals", group=name),
        program.get(f"/{key}/totals", sum=name),
        program.get(f"/{key}/totals", filter=json.dumps(leaf)),
        program.get(f"/{key}/{pk}", fields=name),
        program.send("PATCH", f"/{key}/{pk}", {name: "1"}),
        program.send("POST", f"/{key}", {name: "1"}),
        program.send("POST", f"/{key}/bulk", {"ids": [pk], "set": {name: "1"}}),
    ]
    return [(status, body_of(text).replace(name, "NAME")) for status, text in found]


def test_a_hidden_field_is_as_one_that_does_not_exist(person: Person) -> None:
    program = person.program()
    for key, name in person.closed_fields():
        pk = person.own(key)[0]
        hidden, nonsense = asked(program, key, name, pk), asked(program, key, "nonsense", pk)
        assert hidden == nonsense
        assert all(status >= 400 or "errors" in text or "failed" in text for status, text in hidden)


def test_what_describes_the_api_names_nothing_closed(person: Person) -> None:
    program = person.program()
    for address in ("/schema", "/openapi.json", "/me", "/bin"):
        status, text = program.get(address)
        assert status == 200, text
        assert person.leaks(text) == [], address
        for _key, name in person.closed_fields():
            assert f'"{name}"' not in text, (address, name)


def test_search_finds_nothing_closed(person: Person) -> None:
    program = person.program()
    texts = [one.text for one in person.world.canaries if person.key not in one.seen_by]
    for text in ("CNRY", "Halden", *texts):
        status, said = program.get("/search", q=text)
        assert status == 200, said
        echoed = said.replace(text, "").replace(json.dumps(text)[1:-1], "")
        assert person.leaks(echoed) == [], text
        assert not ids_found(said) & closed_ids(person)


def ids_found(text: str) -> set[tuple[str, int]]:
    """Entity and id of every hit in an answer."""
    found = set()

    def walk(part: Any, entity: str) -> None:
        if isinstance(part, dict):
            here = str(part.get("entity", entity))
            if isinstance(part.get("id"), int):
                found.add((here, part["id"]))
            for name, inner in part.items():
                walk(inner, name if name in ENTITIES else here)
        elif isinstance(part, list):
            for inner in part:
                walk(inner, entity)

    walk(json.loads(body_of(text)), "")
    return found


def closed_ids(person: Person) -> set[tuple[str, int]]:
    """Entity and id of what is not open."""
    return {(key, pk) for key in RICH for pk in person.foreign(key)}


def test_making_a_likeness_of_a_foreign_record_tells_nothing_of_it(person: Person) -> None:
    program = person.program()
    model = registry.get("customers").model
    for pk in person.foreign("customers"):
        theirs: Any = model._default_manager.get(pk=pk)
        told = {name: getattr(theirs, name) for name in ("phones", "email", "external_id") if getattr(theirs, name)}
        _status, text = program.send("POST", "/customers", {"name": "Quite another", **told})
        sent = text.replace(str(theirs.email), "").replace(json.dumps(theirs.phones), "")
        assert person.leaks(sent) == []
        # People have numbers of their own, which may be the same.
        assert not re.search(rf'"id": ?{pk}\b(?!,"name":"[^"]*","username")|/customers/{pk}\b', sent)


def test_a_reference_to_a_foreign_record_is_refused_as_one_to_nothing(person: Person) -> None:
    program = person.program()
    for pk in person.foreign("customers"):
        said = []
        for target in (pk, ABSENT):
            status, text = program.send("POST", "/contacts", {"name": "X", "customer": target})
            assert status == 422, text
            said.append(body_of(text))
        assert said[0] == said[1]


@pytest.mark.parametrize("address", ["/customers", "/customers/1", "/search?q=a", "/openapi.json", "/schema", "/bin"])
def test_without_a_token_there_is_nothing(person: Person, address: str) -> None:
    nobody = Seat(person.program().client, {}, "/api/v1")
    status, text = nobody.get(address)
    assert status == 401
    assert person.leaks(text) == []


def test_tokens_of_those_who_left_are_dead(person: Person) -> None:
    gone = Seat(person.program().client, {"Authorization": f"Bearer {person.world.tokens['tokExA']}"}, "/api/v1")
    assert gone.get("/customers")[0] == 401


def test_a_read_token_writes_nothing(person: Person, untouched: str) -> None:
    token = {"Authorization": f"Bearer {person.world.tokens['tokRO']}"}
    reader = Seat(person.program().client, token, "/api/v1")
    pk = person.world.records["repA1"]["customers"][0]
    calls = [("POST", "/customers"), ("PATCH", f"/customers/{pk}"), ("DELETE", f"/customers/{pk}")]
    for method, address in calls:
        assert reader.send(method, address, {"name": "X"})[0] == 403
    assert hashing.content_hash() == untouched
