"""The pages: every surface of every entity, for each person, fragments included."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from bosun.kernel import access, registry
from bosun.platform.integrity import hashing
from tests.conformance.answers import absent, body, difference, without
from tests.conformance.conftest import ABSENT, Person

pytestmark = pytest.mark.django_db
ENTITIES = [entity.key for entity in registry.all_entities()]
RICH = ("customers", "contacts", "follow_ups")
each_entity = pytest.mark.parametrize("key", ENTITIES)
each_rich = pytest.mark.parametrize("key", RICH)
OF_LIST = ("", "/rows", "/counts", "/totals", "/filter", "/sort", "/columns", "/pick", "/new", "/export", "/view/save")
OF_RECORD = ("", "/panel", "/timeline", "/history", "/edit", "/remove", "/composer", "/verbs/transfer")
FINE = (200, 204, 302, 403, 404, 409, 422)


@each_entity
def test_lists(person: Person, key: str) -> None:
    seat = person.seat()
    for part in OF_LIST:
        for params in ({}, {"q": "CNRY"}, {"q": "tag"}) if key in RICH else ({"q": "CNRY"},):
            for fragment in (False, True) if part == "" else (part != "/new",):
                status, text = seat.get(f"/{key}{part}", fragment, **params)
                assert status in FINE, (part, params, status)
                assert person.leaks(text) == [], (part, params)
                assert person.names(text) == [], (part, params)


def some(ids: list[int]) -> list[int]:
    """From either end, where those that are shared, in the bin, or below a foreign parent are."""
    return sorted({*ids[:1], *ids[-2:]})


@each_rich
def test_records(person: Person, key: str) -> None:
    seat, said = person.seat(), ""
    specs = access.specs(registry.get(key), person.actor)
    looked_at = some(person.own(key))
    for pk in looked_at:
        cells = [f"/cell?field={name}" for name in specs] if pk == looked_at[0] else []
        for part in (*OF_RECORD, *cells):
            status, text = seat.get(f"/{key}/{pk}{part}", fragment=part != "")
            assert status in FINE, (part, status)
            assert person.leaks(text) == [], (pk, part)
            assert person.names(text) == [], (pk, part)
            said += text.casefold()
    open_ = [one for one in person.world.canaries if one.entity == key and one.id in looked_at]
    shown = [one for one in open_ if person.key in one.seen_by]
    assert shown
    assert [one for one in shown if not person.sings(one, said)] == []


@each_rich
def test_foreign_records_are_as_absent_ones(person: Person, key: str) -> None:
    seat = person.seat()
    for part in (*OF_RECORD, "/cell?field=name", "/pages/organisation"):
        for fragment in (False, True) if part == "" else (part != "/edit",):
            wanted, nothing = seat.get(f"/{key}/{ABSENT}{part}", fragment)
            assert wanted in (403, 404), part
            for pk in some(person.foreign(key)):
                status, text = seat.get(f"/{key}/{pk}{part}", fragment)
                assert status == wanted, (part, pk, status)
                assert person.leaks(text) == []
                assert difference(absent(text, f"/{key}/{pk}"), absent(nothing, f"/{key}/{ABSENT}")) == "", part


def writings(person: Person, key: str) -> list[tuple[str, dict[str, str]]]:
    """Every form that changes one record, by the end of its address."""
    title = registry.get(key).title_spec
    assert title is not None
    new = {title.name: "Taken", "version": "1"}
    verbs = [(f"/verbs/{verb}", {"owner": str(person.world.people["repA1"])}) for verb in registry.get(key).verbs]
    return [
        ("/edit", new),
        (f"/cell?field={title.name}", new),
        ("/remove", {"confirm": "yes"}),
        ("/composer", {"type": "note", "note": "Taken"}),
        ("/files", {"file": "Taken"}),
        ("/files/1/remove", {}),
        *verbs,
    ]


@each_rich
def test_writing_at_foreign_records_does_nothing(person: Person, key: str, untouched: str) -> None:
    seat = person.seat()
    for part, values in writings(person, key):
        wanted, nothing = seat.post(f"/{key}/{ABSENT}{part}", **values)
        assert wanted in (403, 404, 422), part
        for pk in some(person.foreign(key)):
            status, text = seat.post(f"/{key}/{pk}{part}", **values)
            assert status == wanted, (part, pk, status)
            assert person.leaks(text) == []
            assert difference(absent(text, f"/{key}/{pk}"), absent(nothing, f"/{key}/{ABSENT}")) == "", part
    assert hashing.content_hash() == untouched


@each_rich
def test_bulk_acts_touch_only_what_is_open(person: Person, key: str, untouched: str) -> None:
    seat, closed = person.seat(), person.foreign(key)
    for part in ("/bulk/edit?field=external_id&", "/bulk/tag?", "/bulk/remove?", "/bulk/verb?verb=transfer&"):
        for values in ({}, {"external_id": "X", "tags": "X", "owner": "ann", "confirm": "yes"}):
            said = []
            for ids in (closed, range(ABSENT, ABSENT + len(closed))):
                asked = ",".join(map(str, ids))
                if not asked:
                    continue
                address = f"/{key}{part}ids={asked}"
                status, text = seat.post(address, **values) if values else seat.get(address, fragment=True)
                assert status in FINE, (part, status)
                assert person.leaks(text) == []
                said.append((status, without(absent(text, address), asked, "IDS")))
            assert len(said) < 2 or said[0] == said[1], part
    assert hashing.content_hash() == untouched


ASKING: tuple[tuple[str, dict[str, str]], ...] = (
    ("", {"sort": "FIELD"}),
    ("", {"sort": "name,-FIELD"}),
    ("", {"filter": '{"field":"FIELD","op":"filled"}'}),
    ("", {"filter": '{"all":[{"field":"FIELD","op":"gte","value":"1"}]}'}),
    ("", {"columns": "name,FIELD"}),
    ("/rows", {"sort": "-FIELD"}),
    ("/counts", {"filter": '{"none":[{"field":"FIELD","op":"empty"}]}'}),
    ("/totals", {"columns": "FIELD"}),
    ("/totals", {"filter": '{"field":"FIELD","op":"filled"}'}),
    ("/words", {"field": "FIELD", "q": "C"}),
    ("/pick", {"by": "FIELD", "of": "1"}),
    ("/filter", {"field": "FIELD"}),
    ("/sort", {"sort": "FIELD"}),
    ("/columns", {"columns": "FIELD"}),
    ("/view/save", {"sort": "FIELD"}),
    ("/OWN/cell", {"field": "FIELD"}),
    ("/new", {"FIELD": "1"}),
    ("/bulk/edit", {"ids": "OWN", "field": "FIELD"}),
    ("/bulk/edit", {"all": "1", "filter": '{"filter":{"field":"FIELD","op":"filled"}}', "field": "external_id"}),
    ("/export", {"sort": "FIELD"}),
)


def test_a_hidden_field_is_as_one_that_does_not_exist(person: Person) -> None:
    seat = person.seat()
    for key, name in person.closed_fields():
        own = str(person.own(key)[0])
        for part, params in ASKING:
            said = []
            for asked in (name, "nonsense"):
                values: dict[str, Any] = {
                    word.replace("FIELD", asked): value.replace("FIELD", asked).replace("OWN", own)
                    for word, value in params.items()
                }
                status, text = seat.get(f"/{key}{part.replace('OWN', own)}", **values)
                assert status in FINE, (part, status)
                said.append((str(status), body(text).replace(asked, "FIELD")))
            assert [difference(*pair) for pair in zip(*said, strict=True)] == ["", ""], (part, params)


def test_a_hidden_field_is_not_written(person: Person, untouched: str) -> None:
    seat = person.seat()
    for key, name in person.closed_fields():
        own = person.own(key)[0]
        for address, values in (
            (f"/{key}/{own}/cell?field=FIELD", {"FIELD": "7", "FIELD_amount": "7", "FIELD_currency": "EUR"}),
            (f"/{key}/bulk/edit?ids={own}&field=FIELD", {"FIELD": "7", "FIELD_amount": "7"}),
            (f"/{key}/view/save?sort=FIELD", {"name": "Mine"}),
            (f"/{key}/export?sort=FIELD", {"how": "csv"}),
        ):
            said = []
            for asked in (name, "nonsense"):
                sent: dict[str, Any] = {word.replace("FIELD", asked): value for word, value in values.items()}
                status, text = seat.post(address.replace("FIELD", asked), **sent)
                said.append((str(status), body(text).replace(asked, "FIELD")))
            assert [difference(*pair) for pair in zip(*said, strict=True)] == ["", ""], address
    assert hashing.content_hash() == untouched


@each_rich
def test_pickers_and_words(person: Person, key: str) -> None:
    seat = person.seat()
    closed = [one for one in person.world.canaries if person.key not in one.seen_by and one.entity == key]
    for typed in {"CNRY", "tag-CNRY", *(one.text[:7] for one in closed[:4])}:
        for address in (f"/{key}/pick", f"/{key}/words", "/pick"):
            status, text = seat.get(address, q=typed, field="tags")
            assert status in FINE
            assert person.leaks(text) == [], (address, typed)
    for other in ("customers", "contacts"):
        for pk in (*person.foreign(other)[:3], ABSENT):
            _status, text = seat.get(f"/{key}/pick", by="customer", of=str(pk))
            assert person.leaks(text) == []


def test_search_tells_nothing_of_what_is_closed(person: Person) -> None:
    seat = person.seat()
    closed = [one for one in person.world.canaries if person.key not in one.seen_by]
    for address in ("/search", "/palette", "/pick", "/customers", "/contacts"):
        said = [seat.get(address, q="CNRY-ffffffffffff")]
        typed = ["CNRY-ffffffffffff"]
        for one in closed[::3]:
            said.append(seat.get(address, q=one.text))
            typed.append(one.text)
        told = [f"{status} {without(body(text), word)}" for (status, text), word in zip(said, typed, strict=True)]
        assert [difference(one, told[0]) for one in told[1:]] == [""] * (len(told) - 1), address
    for word in ("CNRY", "Halden", "cnry-", "Quay", "tag"):
        for address in ("/search", "/palette", "/pick"):
            status, text = seat.get(address, q=word)
            assert status == 200, (address, status)
            assert person.leaks(text) == [], (address, word)


def test_the_day_the_bin_and_what_is_kept(person: Person) -> None:
    seat = person.seat()
    for address in ("/", "/day", "/bin", "/bin?entity=customers", "/exports", "/imports", "/settings", "/me/rights"):
        for fragment in (False, True):
            status, text = seat.get(address, fragment)
            assert status in FINE, (address, status)
            assert person.leaks(text) == [], address
            assert person.names(text) == [], address


@each_rich
def test_exports_hold_only_what_is_open(person: Person, key: str) -> None:
    seat = person.seat()
    assert access.may(person.actor, registry.get(key), "export")
    closed, own = person.foreign(key), person.own(key)
    for query, most in (("", len(own)), (f"?ids={','.join(map(str, [*closed, *own]))}", len(own)), ("?q=CNRY", 50)):
        for which in ("all", "shown"):
            status, text = seat.post(f"/{key}/export{query}", how="csv", which=which)
            assert status == 200, query
            assert person.leaks(text) == [], query
            assert person.names(text) == [], query
            rows = list(csv.reader(io.StringIO(text.split("\n\n", 1)[1])))
            assert len(rows) - 1 <= most
            if not query:
                assert len(rows) - 1 == len(own)


def test_a_likeness_of_a_foreign_record_tells_nothing_of_it(person: Person) -> None:
    seat = person.seat()
    for pk in person.foreign("customers"):
        theirs: Any = registry.get("customers").model._default_manager.get(pk=pk)
        values = {"name": str(theirs.name), "email": str(theirs.email or ""), "phones": (theirs.phones or [""])[0]}
        for address in ("/customers/duplicates", "/customers/new"):
            status, text = seat.post(address, **values)
            assert status in (200, 302, 409, 422), (address, status)
            for sent in values.values():
                text = without(text, sent)
            assert person.leaks(text) == [], address
            assert re.search(rf"/customers/{pk}(?![0-9])", text) is None


def test_nobody_gets_the_sign_in_page(person: Person) -> None:
    seat = person.seat()
    seat.client.logout()
    pk = person.own("customers")[0]
    for address in ("/day", "/customers", f"/customers/{pk}", "/search?q=CNRY", "/bin", "/settings", "/files/1"):
        status, text = seat.get(address)
        assert status == 302, address
        assert "/account/login" in text
        assert person.leaks(text) == []
    for address in ("/day", f"/customers/{pk}/panel", "/customers/rows"):
        assert seat.get(address, fragment=True)[0] == 401, address
