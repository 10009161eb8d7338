"""Conditions: SQL and Python say the same of every record, for every kind, operator and grouping."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bosun.kernel import access, conditions, entity, kinds, loading, records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.specs import FieldSpec, JsonKey
from bosun.lib import clock
from bosun.lib.money import Money
from bosun.platform import wording
from tests.kernel.world import World, create

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
CALM = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
DAYS = [date(2026, 11, 20) + timedelta(days=n) for n in (-400, -40, -8, -1, 0, 1, 3, 40)]
MOMENTS = [NOW + timedelta(hours=n) for n in (-9000, -30, -2, -1, 0, 1, 2, 30)]
TEXTS = ["A%b_c", "ÄRGER", "ärger", "青岛", "a", "İi", "100%"]
FREE = {
    "x_text": kinds.Text(60),
    "x_long": kinds.LongText(),
    "x_whole": kinds.Number(),
    "x_exact": kinds.Number(digits=3),
    "x_money": kinds.Money(),
    "x_day": kinds.Date(),
    "x_moment": kinds.Moment(),
    "x_flag": kinds.Boolean(),
    "x_grade": kinds.Choice("grade"),
    "x_grades": kinds.MultiChoice("grade"),
    "x_tags": kinds.Tags(),
    "x_phones": kinds.Phones(),
    "x_email": kinds.Email(),
    "x_url": kinds.Url(),
    "x_person": kinds.Reference("org.Person"),
    "x_people": kinds.References("org.Person"),
}


def free_specs(key: str) -> dict[str, FieldSpec]:
    """One invented field of every kind on positions."""
    if key != "positions":
        return {}
    return {
        name: FieldSpec(name, name, kind, JsonKey(kind, name), custom=True, order=number)
        for number, (name, kind) in enumerate(FREE.items())
    }


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Invented fields for one test."""
    monkeypatch.setattr(entity, "_custom_source", [free_specs])


@pytest.fixture
def filled(world: World, invented: None) -> World:
    """Records of five entities that between them have every kind, filled and empty."""
    rng = random.Random(11)
    with clock.fixed(NOW):
        top = create("places", name="Testland", level="country", code="T1", aliases=["Terra"])
        city = create("places", name="Testville", level="city", code="T2", parent=top.pk)
        regions = [None, top.pk, city.pk]
        loading.load(registry.get("customers"), [_customer(rng, world, regions) for _n in range(30)])
        customers = list(registry.get("customers").model._default_manager.values_list("pk", flat=True))
        loading.load(registry.get("follow_ups"), [_follow_up(rng, world, customers) for _n in range(20)])
        loading.load(registry.get("positions"), [_position(rng, world) for _n in range(30)])
    return world


def _customer(rng: random.Random, world: World, regions: list[int | None]) -> dict[str, Any]:
    return {
        "name": rng.choice(TEXTS), "kind": rng.choice(("company", "person")), "grade": rng.choice(("A", "B", None)),
        "owner": rng.choice((None, *world.people.values())), "region": rng.choice(regions),
        "staff": rng.choice((None, 0, 5, 9)),
        "registered_capital": rng.choice((None, Money(0, "EUR"), Money(999, "EUR"))),
        "phones": rng.choice((None, ("+4969555014",), ("+4969555014", "+34915550199"))),
        "tags": rng.choice((None, ("fair",), ("fair", "大客户"))), "email": rng.choice((None, "Ana@Example.com")),
        "website": rng.choice((None, "https://example.com/A")), "next_contact": rng.choice((None, *DAYS)),
        "created_at": rng.choice(MOMENTS), "external_id": None,
    }  # fmt: skip


def _follow_up(rng: random.Random, world: World, customers: list[int]) -> dict[str, Any]:
    pk = rng.choice(customers)
    return {
        "about": kinds.AnyValue("customers", pk), "customer": pk, "type": rng.choice(("call", "visit")),
        "at": rng.choice(MOMENTS), "person": rng.choice((None, world.people["ann"])), "subject": "S",
        "note": rng.choice((None, "Ärger %")), "result": rng.choice((None, "positive")),
    }  # fmt: skip


def _position(rng: random.Random, world: World) -> dict[str, Any]:
    people = [world.people["ann"], world.people["cyd"]]
    values: dict[str, list[Any]] = {
        "x_text": TEXTS, "x_long": ["Line\nTwo", "ÄRGER"], "x_whole": [-3, 0, 7], "x_moment": MOMENTS, "x_day": DAYS,
        "x_money": [Money(0, "EUR"), Money(500, "EUR")], "x_flag": [True, False], "x_grade": ["A", "B"],
        "x_grades": [("A",), ("A", "B")], "x_tags": [("fair",), ("大客户", "fair")], "x_phones": [("+4969555014",)],
        "x_email": ["a@example.com"], "x_url": ["https://example.com/"], "x_person": people,
        "x_people": [(people[0],), tuple(people)], "x_exact": [FREE["x_exact"].from_db(n) for n in (-1500, 0, 1)],
    }  # fmt: skip
    return {"name": "P", **{name: rng.choice([None, *some]) for name, some in values.items()}}


OPERANDS: dict[str, list[Any]] = {
    "text": [*TEXTS, "rg", "%", "_"], "longtext": ["ärger", "%", "line"], "number": [-3, 0, 5, 7, "0.001"],
    "money": [{"amount": "0", "currency": "EUR"}, {"amount": "9.99", "currency": "EUR"}, "5.00 EUR"],
    "date": ["today", *(day.isoformat() for day in DAYS)], "datetime": ["today", *(day.isoformat() for day in DAYS)],
    "boolean": [True, False], "state": ["due", "overdue", "soon", "good"],
    "multichoice": ["A", "B"], "tags": ["fair", "大客户", "nobody"],
    "phones": ["+4969555014", "+34915550199"],
    "email": ["ana@example.com", "a@example.com", "Ana"], "url": ["https://example.com/A", "example"],
    "ref": ["ann", "cyd"], "refs": ["ann", "cyd"],
}  # fmt: skip
OF_EVERY_RECORD = ("external_id", "created_at", "updated_at", "created_by", "updated_by", "department", "owner")
ALIKE = {(key, name) for key in ("follow_ups", "positions", "users", "places") for name in OF_EVERY_RECORD}
KEYS = ("customers", "follow_ups", "positions", "users", "places")


def operand_for(spec: FieldSpec, op: str, draw: Any) -> Any:
    """A raw right side that fits."""
    if op in ("empty", "filled"):
        return None
    if op in ("last_days", "next_days"):
        return draw(st.sampled_from((0, 1, 8, 400)))
    if op == "this":
        return draw(st.sampled_from(("day", "week", "month", "quarter", "year")))
    some = st.sampled_from(_operands(spec))
    if op == "between":
        return [draw(some), draw(some)]
    return draw(st.lists(some, min_size=0, max_size=3)) if op in ("in", "not_in", "within") else draw(some)


def _operands(spec: FieldSpec) -> list[Any]:
    kind = spec.kind
    if kind.key == "choice":
        return list(kind.options())[:3]  # type: ignore[attr-defined]
    if kind.key == "ref" and kind.model.__name__ == "Place":  # type: ignore[attr-defined]
        return ["T1", "T2"]
    if kind.key in ("ref", "refs") and kind.model.__name__ != "Person":  # type: ignore[attr-defined]
        return []
    if kind.key == "number" and getattr(kind, "digits", 0) == 0:
        return [n for n in (-3, 0, 5, 7) if kind.low <= n <= kind.high]  # type: ignore[attr-defined]
    return OPERANDS.get(kind.key, [])


@st.composite
def leaves(draw: Any, target: Entity, known: dict[str, FieldSpec]) -> dict[str, Any]:
    """A leaf on any field that has operands here."""
    names = [name for name, spec in known.items() if _operands(spec) and spec.kind.operators]
    name = draw(st.sampled_from(names))
    op = draw(st.sampled_from(known[name].kind.operators))
    return {"field": name, "op": op, "value": operand_for(known[name], op, draw)}


def trees(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Leaves and groups of them."""
    return st.recursive(
        leaf,
        lambda inner: st.tuples(st.sampled_from(("all", "any", "none")), st.lists(inner, max_size=3)).map(
            lambda part: {part[0]: part[1]}
        ),
        max_leaves=5,
    )


def both(target: Entity, raw: Any, env: Env) -> tuple[set[int], set[int]]:
    """The ids that SQL finds, and those that Python does."""
    parsed = conditions.parse(raw, target, env)
    rows = list(access.visible(target, env.actor))
    found = access.visible(target, env.actor).filter(conditions.to_q(parsed, env))
    return set(found.values_list("pk", flat=True)), {row.pk for row in rows if conditions.matches(parsed, row, env)}


@CALM
@given(data=st.data())
def test_sql_and_python_agree(filled: World, data: st.DataObject) -> None:
    target = registry.get(data.draw(st.sampled_from(KEYS)))
    with clock.fixed(NOW):
        env = records.environment(filled.actor("ada"))
        raw = data.draw(trees(leaves(target, access.specs(target, env.actor))))
        in_sql, in_python = both(target, raw, env)
    assert in_sql == in_python


def test_every_operator_of_every_kind_agrees(filled: World) -> None:
    checked: set[tuple[str, str]] = set()
    with clock.fixed(NOW):
        env = records.environment(filled.actor("ada"))
        for key in KEYS:
            target = registry.get(key)
            rows = list(access.visible(target, env.actor))
            for name, spec in access.specs(target, env.actor).items():
                some = _operands(spec)[:2]
                for op in spec.kind.operators if some and (key, name) not in ALIKE else ():
                    for leaf in _all_leaves(name, op, some):
                        parsed = conditions.parse({"none": [leaf]}, target, env)
                        found = access.visible(target, env.actor).filter(conditions.to_q(parsed, env))
                        left = {row.pk for row in rows if conditions.matches(parsed, row, env)}
                        assert set(found.values_list("pk", flat=True)) == left, leaf
                        checked.add((spec.kind.key, op))
    assert {kind for kind, _op in checked} == {*OPERANDS, "choice"}


def _all_leaves(name: str, op: str, some: list[Any]) -> Iterator[dict[str, Any]]:
    if op in ("empty", "filled"):
        yield {"field": name, "op": op}
    elif op in ("last_days", "next_days"):
        yield from ({"field": name, "op": op, "value": count} for count in (0, 1, 8))
    elif op == "this":
        yield from ({"field": name, "op": op, "value": unit} for unit in ("day", "week", "month", "quarter", "year"))
    elif op == "between":
        yield {"field": name, "op": op, "value": [some[0], some[-1]]}
    elif op in ("in", "not_in", "within"):
        yield from ({"field": name, "op": op, "value": part} for part in ([], some[:1], some))
    else:
        yield from ({"field": name, "op": op, "value": part} for part in some)


def test_paths_through_references_agree(filled: World) -> None:
    raws = [
        {"field": "owner.username", "op": "is", "value": "ann"},
        {"field": "owner.department.name", "op": "contains", "value": "team"},
        {"none": [{"field": "owner.username", "op": "is", "value": "ann"}]},
        {"field": "owner.username", "op": "is_not", "value": "ann"},
        {"field": "region.parent", "op": "empty"},
        {"none": [{"field": "region.parent", "op": "empty"}, {"field": "owner.email", "op": "filled"}]},
        {"field": "region", "op": "within", "value": ["T1"]},
    ]
    with clock.fixed(NOW):
        env = records.environment(filled.actor("ada"))
        for raw in raws:
            in_sql, in_python = both(registry.get("customers"), raw, env)
            assert in_sql == in_python, raw
        raw = {"field": "x_person.username", "op": "is", "value": "ann"}
        in_sql, in_python = both(registry.get("positions"), raw, env)
        assert in_sql == in_python


def test_a_path_sees_only_what_the_reader_sees(world: World) -> None:
    hidden = world.customer("cyd", name="CNRY parent")
    made = world.customer("ann", name="Ours")
    records.change("customers", made.pk, {"parent": hidden.pk}, world.act("ada"))
    env = records.environment(world.actor("ann"))
    raw = {"field": "parent.name", "op": "starts", "value": "cnry"}
    assert both(registry.get("customers"), raw, env) == (set(), set())
    env = records.environment(world.actor("ada"))
    assert both(registry.get("customers"), raw, env) == ({made.pk}, {made.pk})


@pytest.mark.parametrize(
    "raw",
    [
        "x", 4, {"field": "name"}, {"all": {}}, {"all": [1]}, {"every": []}, {"all": [], "any": []},
        {"field": "name", "op": "regex", "value": "(a+)+$"}, {"field": "name__regex", "op": "is", "value": "a"},
        {"field": "owner__password", "op": "starts", "value": "p"}, {"field": "_connector", "op": "is", "value": "OR"},
        {"field": "owner.password", "op": "starts", "value": "p"}, {"field": "id", "op": "in", "value": [1]},
        {"field": "tags.name", "op": "is", "value": "a"}, {"field": "staff", "op": "is", "value": "1); drop"},
        {"field": "staff", "op": "between", "value": [1]}, {"field": "created_at", "op": "this", "value": "now"},
        {"field": "staff", "op": "is", "value": None}, {"field": "name", "op": "is", "value": "a\x00"},
        {"field": "a.b.c.d.e", "op": "empty"}, {"field": "next_contact", "op": "last_days", "value": 10**9},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(world: World, raw: Any) -> None:
    with pytest.raises(Invalid):
        records.query("customers", world.actor("ada")).filter(raw)


def test_depth_and_size_have_limits(world: World) -> None:
    leaf: dict[str, Any] = {"field": "staff", "op": "filled"}
    query = records.query("customers", world.actor("ada"))
    deep: dict[str, Any] = leaf
    for _n in range(7):
        deep = {"all": [deep]}
    for raw in (deep, {"any": [leaf] * 61}):
        with pytest.raises(Invalid):
            query.filter(raw)
    assert query.filter({"any": [leaf] * 60}).count() == (0, True)


def test_a_condition_is_said_in_words(world: World) -> None:
    env = records.environment(world.actor("ann"))
    raw = {
        "all": [
            {"field": "grade", "op": "in", "value": ["A", "B"]},
            {"any": [{"field": "owner", "op": "is", "value": "me"}, {"field": "staff", "op": "gte", "value": 100}]},
            {"none": [{"field": "tags", "op": "in", "value": ["fair"]}]},
        ]
    }
    parsed = conditions.parse(raw, registry.get("customers"), env)
    assert wording.words(parsed, env) == (
        "Grade is one of A, B and (Owner is Ann or Staff is at least 100) and none of: Tags is one of fair"
    )
