"""The pages: every surface of every entity, for each person, fragments included."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from bosun.kernel import access, registry
from bosun.platform.integrity import hashing
from tests.conformance.conftest import ABSENT, Person

pytestmark = pytest.mark.django_db
ENTITIES = [entity.key for entity in registry.all_entities()]
RICH = ("customers", "contacts", "follow_ups")
each_entity = pytest.mark.parametrize("key", ENTITIES)
OF_LIST = ("", "/rows", "/counts", "/totals", "/filter", "/sort", "/columns", "/pick", "/new", "/duplicates", "/export")
OF_RECORD = ("", "/panel", "/timeline", "/history", "/edit", "/remove", "/composer")
FINE = (200, 204, 302, 403, 404, 422)
TOKENS = re.compile(r'(csrf[^"\']{0,40}["\'] (?:value|content)=["\'])[^"\']+|nonce-?[^"\' ]+|[0-9a-f-]{32,}')


def bare(text: str, *ids: int) -> str:
    """An answer's body without tokens and without the id that was asked for."""
    body = TOKENS.sub("", text.split("\n\n", 1)[1])
    for pk in ids:
        body = re.sub(rf"(?<![0-9]){pk}(?![0-9])", "ID", body)
    return body


@each_entity
def test_lists(person: Person, key: str) -> None:
    seat = person.seat()
    for part in OF_LIST:
        for params in ({}, {"q": "CNRY"}, {"view": "all"}):
            for fragment in (False, True):
                status, text = seat.get(f"/{key}{part}", fragment, **params)
                assert status in FINE, (part, params, status)
                assert person.leaks(text) == [], (part, params)
                for _key, name in person.closed_fields():
                    assert name not in text, (part, name)


@pytest.mark.parametrize("key", RICH)
def test_records(person: Person, key: str) -> None:
    seat = person.seat()
    specs = access.specs(registry.get(key), person.actor)
    for pk in person.own(key):
        cells = [f"/cell?field={name}" for name in specs]
        for part in (*OF_RECORD, *cells):
            status, text = seat.get(f"/{key}/{pk}{part}", fragment=part != "")
            assert status in FINE, (part, status)
            assert person.leaks(text) == [], (pk, part)
            for _key, name in person.closed_fields():
                assert name not in text, (part, name)


@pytest.mark.parametrize("key", RICH)
def test_foreign_records_are_as_absent_ones(person: Person, key: str) -> None:
    seat = person.seat()
    for part in (*OF_RECORD, "/cell?field=name", "/pages/organisation", "/verbs/transfer"):
        for fragment in (False, True):
            wanted, absent = seat.get(f"/{key}/{ABSENT}{part}", fragment)
            assert wanted in (403, 404), part
            for pk in person.foreign(key):
                status, text = seat.get(f"/{key}/{pk}{part}", fragment)
                assert status == wanted, (part, pk, status)
                assert person.leaks(text) == []
                assert bare(text, pk) == bare(absent, ABSENT), part


@pytest.mark.parametrize("key", RICH)
def test_writing_at_foreign_records_does_nothing(person: Person, key: str) -> None:
    seat, before = person.seat(), hashing.content_hash()
    name = registry.get(key).title_spec
    assert name is not None
    for pk in person.foreign(key):
        for part, values in (
            ("/edit", {name.name: "Taken", "version": "1"}),
            (f"/cell?field={name.name}", {name.name: "Taken", "version": "1"}),
            ("/remove", {"confirm": "yes"}),
            ("/composer", {"kind": "note", "text": "Taken"}),
            ("/verbs/transfer", {"owner": str(person.world.people["repA1"])}),
            ("/verbs/complete", {}),
        ):
            status, text = seat.post(f"/{key}/{pk}{part}", **values)
            assert status in (403, 404, 422), (part, status)
            assert person.leaks(text) == []
    for part in ("/bulk/edit?field=external_id&", "/bulk/tag?", "/bulk/remove?", "/bulk/verb?verb=transfer&"):
        closed = ",".join(map(str, person.foreign(key)))
        status, text = seat.post(f"/{key}{part}ids={closed}", external_id="X", tags="X", owner="ann", confirm="yes")
        assert status in FINE, (part, status)
        assert person.leaks(text) == []
    assert hashing.content_hash() == before


def test_a_hidden_field_is_as_one_that_does_not_exist(person: Person) -> None:
    seat = person.seat()
    for key, name in person.closed_fields():
        pk = person.own(key)[0]
        for part, params in (
            ("", {"sort": "FIELD"}),
            ("", {"filter": '{"field":"FIELD","op":"filled"}'}),
            ("/rows", {"sort": "-FIELD"}),
            ("/counts", {"filter": '{"none":[{"field":"FIELD","op":"empty"}]}'}),
            ("/totals", {"group": "FIELD"}),
            ("", {"columns": "name,FIELD"}),
            ("/words", {"field": "FIELD", "q": "C"}),
            ("/pick", {"by": "FIELD", "of": "1"}),
            ("/filter", {"field": "FIELD"}),
            (f"/{pk}/cell", {"field": "FIELD"}),
            ("/new", {"FIELD": "1"}),
            ("/bulk/edit", {"ids": str(pk), "field": "FIELD"}),
            ("/export", {"sort": "FIELD"}),
        ):
            said = []
            for asked in (name, "nonsense"):
                values = {word: value.replace("FIELD", asked) for word, value in params.items()}
                status, text = seat.get(f"/{key}{part}", **values)
                said.append((status, bare(text).replace(asked, "FIELD")))
            assert said[0] == said[1], (part, params)


@each_entity
def test_pickers_and_words(person: Person, key: str) -> None:
    seat = person.seat()
    for one in person.world.canaries:
        if person.key in one.seen_by:
            continue
        for part in ("/pick", "/words"):
            status, text = seat.get(f"/{key}{part}", q=one.text[:9], field="tags")
            assert status in FINE
            assert person.leaks(text) == [], part


def test_search_palette_and_day(person: Person) -> None:
    seat = person.seat()
    for address in ("/day", "/bin", "/exports", "/palette", "/search", "/pick", "/preferences", "/imports"):
        for typed in ("", "CNRY", "Halden", "cnry-"):
            status, text = seat.get(address, q=typed, of="customers")
            assert status in FINE, (address, status)
            assert person.leaks(text) == [], (address, typed)


@pytest.mark.parametrize("key", RICH)
def test_exports_hold_only_what_is_open(person: Person, key: str) -> None:
    seat = person.seat()
    if not access.may(person.actor, registry.get(key), "export"):
        assert seat.post(f"/{key}/export", how="csv", which="all")[0] in (403, 404)
        return
    closed = ",".join(map(str, person.foreign(key)))
    for address in (f"/{key}/export?view=all", f"/{key}/export?ids={closed}", f"/{key}/export?all=1"):
        status, text = seat.post(address, how="csv", which="all")
        assert status in FINE, (address, status)
        assert person.leaks(text) == [], address
        if status == 200 and "text/csv" in text:
            rows = list(csv.reader(io.StringIO(text.split("\n\n", 1)[1])))
            assert len(rows) - 1 <= len(person.own(key))


def test_a_likeness_of_a_foreign_record_tells_nothing_of_it(person: Person) -> None:
    seat = person.seat()
    for pk in person.foreign("customers"):
        theirs = registry.get("customers").model._default_manager.get(pk=pk)
        values = {"name": str(theirs.name), "email": str(theirs.email or "")}
        values |= {"phones": (theirs.phones or [""])[0]}
        for address in ("/customers/duplicates", "/customers/new"):
            status, text = seat.post(address, **values)
            assert status in (*FINE, 405), (address, status)
            for sent in values.values():
                text = text.replace(sent, "").replace(json.dumps(sent)[1:-1], "") if sent else text
            assert person.leaks(text) == [], address
            assert f"/customers/{pk}" not in text


def test_nobody_gets_the_sign_in_page(person: Person) -> None:
    seat = person.seat()
    seat.client.logout()
    pk = person.own("customers")[0]
    for address in ("/day", "/customers", f"/customers/{pk}", "/search?q=CNRY", "/bin", "/settings"):
        status, text = seat.get(address)
        assert status == 302, address
        assert "/account/login" in text
        status, text = seat.get(address, fragment=True)
        assert status == 401, address
