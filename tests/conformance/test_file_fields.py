"""Files in fields: handed out where record and field are open to the reader, else as if there were none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bosun.config.demo.fixture import Canary
from bosun.platform.integrity import hashing
from tests.conformance.answers import absent, body, difference
from tests.conformance.conftest import ABSENT, Person

pytestmark = pytest.mark.django_db
FIELDS = ("x_file", "x_paper", "x_deed")


def held(person: Person) -> Iterator[tuple[Canary, bool]]:
    """Every file in a field, and whether it is open to somebody."""
    for one in person.world.canaries:
        if one.field in FIELDS:
            yield one, person.key in one.seen_by and one.id in person.own(one.entity)


def test_a_file_is_handed_out_where_record_and_field_are_open(person: Person, untouched: str) -> None:
    seat, program, opened, closed = person.desk, person.program(), 0, 0
    for one, is_open in held(person):
        addresses = (
            (seat, f"/files/{one.entity}/{one.id}/{one.field}", f"/files/{one.entity}/{ABSENT}/{one.field}"),
            (program, f"/{one.entity}/{one.id}/files/{one.field}", f"/{one.entity}/{ABSENT}/files/{one.field}"),
        )
        opened, closed = opened + is_open, closed + (not is_open)
        for who, there, nowhere in addresses:
            status, text = who.get(there)
            if is_open:
                assert (status, body(text)) == (200, one.text), there
                assert f'filename="{one.text}.txt"' in text
                continue
            assert status == 404, there
            assert person.leaks(text) == []
            _status, nothing = who.get(nowhere)
            assert difference(absent(text, who.base + there), absent(nothing, who.base + nowhere)) == ""
    assert opened >= 3
    assert (closed == 0) == (person.name == "admin")
    assert hashing.content_hash() == untouched


def test_no_answer_names_the_address_of_a_closed_file(person: Person) -> None:
    program, said = person.program(), ""
    for key in ("customers", "x_samples"):
        said += program.get(f"/{key}", limit="200")[1]
        for pk in person.own(key):
            said += "".join(program.get(f"/{key}/{pk}{part}")[1] for part in ("", "/history", "/timeline"))
    for one, is_open in held(person):
        address = f'"url":"/api/v1/{one.entity}/{one.id}/files/{one.field}"'
        assert (address in said) == is_open, address
    assert person.names(said) == []


def test_a_hidden_file_is_not_written(person: Person, untouched: str) -> None:
    program = person.program()
    for key, name in person.closed_fields():
        if name not in FIELDS:
            continue
        pk = person.own(key)[0]
        for value in ({"name": "a.txt", "content": "QQ=="}, {"name": "a.txt"}, None):
            said = []
            for asked in (name, "nonsense"):
                status, text = program.send("PATCH", f"/{key}/{pk}", {asked: value})
                said.append((status, body(text).replace(asked, "NAME")))
            assert said[0] == said[1]
            assert said[0][0] == 422
    assert hashing.content_hash() == untouched
