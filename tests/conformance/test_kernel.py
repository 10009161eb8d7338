"""The door itself: nothing that is closed comes out, and asking for it is as asking for nothing."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from bosun.kernel import access, conditions, history, records, registry
from bosun.kernel.actor import Act
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, Invalid, NotFound
from bosun.platform.integrity import checks, hashing
from tests.conformance.conftest import ABSENT, INVENTED, Person

ENTITIES = [*dict.fromkeys([*(entity.key for entity in registry.all_entities()), *INVENTED])]
pytestmark = pytest.mark.django_db
each_entity = pytest.mark.parametrize("key", ENTITIES)


def everything_said(entity: Entity, rows: list[Any], env: Env) -> str:
    """All that surfaces can say about records."""
    records.preload(entity, rows, env)
    said: list[Any] = []
    for row in rows:
        for spec in access.specs(entity, env.actor).values():
            value = spec.get(row)
            said += [spec.kind.to_json(value, env), spec.kind.text(value, env), spec.kind.export(value, env)]
            said += [spec.kind.form(value, env)]
    return json.dumps(said, default=str, ensure_ascii=False)


@each_entity
def test_records(person: Person, key: str) -> None:
    entity, env = registry.get(key), records.environment(person.actor)
    rows = records.query(entity, person.actor, env).page(200).items
    assert person.leaks(everything_said(entity, rows, env)) == []
    assert person.leaks(" ".join(access.specs(entity, person.actor))) == []


def test_the_canaries_sing_where_they_may(person: Person) -> None:
    said = ""
    for key in sorted({one.entity for one in person.world.canaries}):
        entity, env = registry.get(key), records.environment(person.actor)
        rows = [row for page in records.query(entity, person.actor, env).walk() for row in page]
        said += everything_said(entity, rows, env)
    open_ = [one for one in person.world.canaries if person.key in one.seen_by and one.id in person.own(one.entity)]
    assert len(open_) >= 3
    amounts = [one.text for one in open_ if one.text.isdigit()]
    assert [one.text for one in open_ if one.text not in said and one.text not in amounts] == []


@each_entity
def test_foreign_records_are_as_absent_ones(person: Person, key: str) -> None:
    for pk in [*person.foreign(key), ABSENT]:
        with pytest.raises(NotFound) as caught:
            records.get(key, pk, person.actor)
        assert person.leaks(caught.value.title) == []


def answers(person: Person, key: str, name: str) -> list[str]:
    """What every way of asking for a field says, with the field's name taken out."""
    query = records.query(key, person.actor)
    asked = [
        lambda: query.filter({"field": name, "op": "filled"}),
        lambda: query.filter({"field": name, "op": "gte", "value": 1}),
        lambda: query.filter({"none": [{"field": name, "op": "empty"}]}),
        lambda: query.sort([name]),
        lambda: query.sort([f"-{name}"]),
        lambda: query.sums([name]),
        lambda: query.groups(name),
        lambda: records.create(key, {name: 1}, Act(person.actor, "api")),
    ]
    said = []
    for ask in asked:
        with pytest.raises(DoorError) as caught:
            ask()  # type: ignore[no-untyped-call]
        errors = [f"{error.field}: {error.message}" for error in getattr(caught.value, "errors", ())]
        mine = [line for line in errors if name in line]
        said.append(f"{type(caught.value).__name__} {mine or errors}".replace(name, "NAME"))
    return said


def test_a_hidden_field_is_as_one_that_does_not_exist(person: Person) -> None:
    for key, name in person.closed_fields():
        assert answers(person, key, name) == answers(person, key, "nonsense")
        for child in registry.all_entities():
            for spec in child.references():
                if registry.of(spec.kind.model).key != key:  # type: ignore[attr-defined]
                    continue
                query = records.query(child, person.actor)
                for path in (f"{spec.name}.{name}", f"{spec.name}.nonsense"):
                    with pytest.raises(Invalid) as caught:
                        query.filter({"field": path, "op": "filled"})
                    assert "There is no field called" in caught.value.title


@each_entity
def test_filters_find_no_canary(person: Person, key: str) -> None:
    entity, env = registry.get(key), records.environment(person.actor)
    query = records.query(entity, person.actor, env)
    own = set(person.own(key))
    for name, spec in access.specs(entity, person.actor).items():
        for op in {"contains", "starts", "filled", "empty"} & set(spec.kind.operators):
            found = query.filter({"field": name, "op": op, "value": "cn"})
            ids = set(found.rows().values_list("pk", flat=True))
            assert ids <= own, (name, op)
            assert found.count(0)[0] == len(ids)


@each_entity
def test_paths_into_foreign_records_lead_nowhere(person: Person, key: str) -> None:
    entity, env = registry.get(key), records.environment(person.actor)
    for spec in entity.references():
        target = registry.of(spec.kind.model)  # type: ignore[attr-defined]
        title = target.title_spec
        if title is None or spec.name not in access.specs(entity, person.actor):
            continue
        if title.name not in access.specs(target, person.actor):
            continue
        closed = person.foreign(target.key)
        parsed = conditions.parse({"field": f"{spec.name}.{title.name}", "op": "filled"}, entity, env)
        found = records.query(entity, person.actor, env).filter(parsed).rows()
        assert not found.filter(spec.q(key, "in", closed)).exists()
        for row in records.query(entity, person.actor, env).sort([spec.name]).page(200).items:
            if spec.get(row) in closed:
                assert row._s0 is None


@each_entity
def test_page_markers_hold_nothing_closed(person: Person, key: str) -> None:
    entity = registry.get(key)
    for name, spec in access.specs(entity, person.actor).items():
        if spec.kind.sortable:
            marker = records.query(entity, person.actor).sort([name]).page(1).next
            text = base64.urlsafe_b64decode(marker + "=" * (-len(marker) % 4)).decode("utf-8", "replace")
            assert person.leaks(text) == []


@each_entity
def test_totals_and_groups_count_what_is_open(person: Person, key: str) -> None:
    entity = registry.get(key)
    query = records.query(entity, person.actor)
    own = len(person.own(key))
    assert query.count(0) == (own, True)
    for name, spec in access.specs(entity, person.actor).items():
        if spec.kind.groupable:
            groups = query.groups(name)
            assert sum(count for _value, count, _sums in groups) == own
            assert person.leaks(str(groups)) == []


def test_search_finds_no_canary(person: Person) -> None:
    for key in ENTITIES:
        if not registry.get(key).search:
            continue
        own = set(person.own(key))
        closed = [one for one in person.world.canaries if person.key not in one.seen_by]
        for text in ("CNRY", *(one.text for one in closed if one.entity == key), *(one.text[:9] for one in closed[:3])):
            hits = set(records.query(key, person.actor).search(text).rows().values_list("pk", flat=True))
            assert hits <= own
            assert not {one.id for one in closed if one.entity == key and one.text == text} & hits


@each_entity
def test_history_tells_nothing_closed(person: Person, key: str) -> None:
    entity, env = registry.get(key), records.environment(person.actor)
    for pk in person.own(key)[-40:]:
        said = []
        for entry in history.of_record(entity, pk, env):
            said += [entry.title, entry.actor, entry.cause]
            for line in entry.lines:
                kind = line.spec.kind
                said += [kind.text(line.before, env), kind.text(line.after, env), kind.to_json(line.after, env)]
        assert person.leaks(json.dumps(said, default=str, ensure_ascii=False)) == []


@each_entity
def test_writing_at_foreign_records_does_nothing(person: Person, key: str, untouched: str) -> None:
    act = Act(person.actor, "api")
    entity = registry.get(key)
    closed = person.foreign(key)
    name = entity.title_spec.name if entity.title_spec else "name"
    said = []
    for pk in [*closed, ABSENT]:
        draft = records.bulk_change(key, [pk], {name: "Taken"}, act)[0]
        said.append(f"{type(draft.failure).__name__} {draft.failure.title if draft.failure else ''}")
        with pytest.raises(DoorError) as caught:
            records.remove_one(key, pk, act)
        assert person.leaks(caught.value.title) == []
    assert len(set(said)) == 1
    assert "None" not in said[0]
    assert person.leaks(" ".join(said)) == []
    assert hashing.content_hash() == untouched


def test_a_reference_to_a_foreign_record_is_refused_as_one_to_nothing(person: Person) -> None:
    env = records.environment(person.actor)
    for key in ("customers", "contacts", "follow_ups", "opportunities", *INVENTED):
        entity = registry.get(key)
        for pk in person.foreign(key):
            said = []
            for raw in (pk, ABSENT):
                with pytest.raises(Invalid) as caught:
                    env.refs.resolve(entity.model, raw)
                said.append(caught.value.title)
            assert said[0] == said[1]
            assert env.refs.card(entity.model, pk) is None


def test_the_world_is_whole(person: Person) -> None:
    assert list(checks.breaches()) == []
