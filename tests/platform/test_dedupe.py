"""Likely duplicates: asked about before they are made, and no way to look into what belongs to others."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bosun.kernel import loading, records, registry
from bosun.kernel.actor import Act, new_batch
from bosun.kernel.drafts import Draft
from bosun.kernel.errors import Objected
from bosun.kernel.ledger import Change
from bosun.platform.dedupe import guards, keys, limits, services
from bosun.platform.dedupe.models import Key
from tests.kernel.world import SYSTEM, World, build

CUSTOMERS = "customers"
PHONE = "+34612345678"


def refused(world: World, who: str, **values: Any) -> Objected:
    """What somebody is told who makes a customer that is there."""
    with pytest.raises(Objected) as caught:
        records.create(CUSTOMERS, values, world.act(who))
    return caught.value


def likely(world: World, who: str, **raw: Any) -> list[services.Match]:
    """What the form hints at while somebody types."""
    env = records.environment(world.actor(who), strict=False)
    return services.likely(registry.get(CUSTOMERS), raw, env)


@pytest.mark.parametrize(
    ("held", "typed"),
    [
        ({"phones": [PHONE]}, {"phones": ["0034 612 345 678"]}),
        ({"email": "Info@Tidewater.example"}, {"email": "info@tidewater.EXAMPLE"}),
        ({"tax_number": "ES B-1234"}, {"tax_number": "esb1234"}),
        ({"name": "Tidewater Pumps Ltd."}, {"name": "TIDEWATER  PUMPS GmbH"}),
        ({"name": "青岛泵业有限公司"}, {"name": "青岛泵业股份有限公司"}),
        ({"name": "José Söhne"}, {"name": "Ｊose\u0301 Söhne"}),
        ({"name": "ＡＢＣ Pumps"}, {"name": "ABC Pumps"}),
        ({"name": "İstanbul Boru"}, {"name": "ISTANBUL boru"}),
        ({"name": "Kırık Boru"}, {"name": "KIRIK BORU"}),
    ],
)
def test_a_second_record_of_the_same_is_asked_about(
    world: World, held: Mapping[str, Any], typed: Mapping[str, Any]
) -> None:
    first = records.create(CUSTOMERS, {"name": "Windward", **held}, world.act("ann"))
    before = registry.get(CUSTOMERS).model._default_manager.count()
    error = refused(world, "ann", **{"name": "Leeward", **typed})
    assert [(o.rule, o.confirm) for o in error.objections] == [("duplicate", "duplicate")]
    assert str(first) in error.objections[0].reason
    assert error.objections[0].details["matches"][0]["id"] == first.pk
    assert registry.get(CUSTOMERS).model._default_manager.count() == before
    confirmed = world.act("ann", confirm=frozenset({"duplicate"}))
    assert records.create(CUSTOMERS, {"name": "Leeward", **typed}, confirmed).pk != first.pk


def test_different_records_are_not_asked_about(world: World) -> None:
    records.create(CUSTOMERS, {"name": "Tidewater", "phones": [PHONE], "tax_number": "1234"}, world.act("ann"))
    made = records.create(CUSTOMERS, {"name": "Tidewaters", "phones": ["+34612345679"]}, world.act("ann"))
    assert made.pk
    assert likely(world, "ann", name="Tidewate", phones="612", tax_number="12345") == []


def test_of_what_belongs_to_others_only_the_holder_is_told(world: World) -> None:
    records.create(CUSTOMERS, {"name": "CNRY-name", "phones": [PHONE], "tax_number": "CNRY9"}, world.act("cyd"))
    error = refused(world, "ann", name="Leeward", phones=[PHONE])
    assert error.objections[0].reason == "This record is there already. Cyd has it; ask there, or an administrator."
    assert error.objections[0].details == {"matches": [{"entity": CUSTOMERS, "id": None, "title": "", "owner": "Cyd"}]}
    assert "CNRY" not in f"{error.objections} {likely(world, 'ann', phones=PHONE)}"
    assert likely(world, "ann", phones=PHONE) == [services.Match(CUSTOMERS, None, "", (), "Cyd")]
    assert likely(world, "ada", phones=PHONE)[0].title == "CNRY-name"


def test_a_hidden_field_is_compared_neither_in_forms_nor_at_the_door(world: World) -> None:
    records.create(CUSTOMERS, {"name": "Tidewater", "tax_number": "CNRY9"}, world.act("ann"))
    rights = {CUSTOMERS: {"tax_number": "none"}}
    assert len(likely(world, "ann", tax_number="CNRY9")) == 1
    records.change("roles", world.roles["rep"], {"field_rights": rights}, SYSTEM)
    assert likely(world, "ann", tax_number="CNRY9") == []


def test_the_hint_names_open_records_and_leaves_out_the_one_on_the_page(world: World) -> None:
    made = records.create(CUSTOMERS, {"name": "Tidewater", "phones": [PHONE]}, world.act("ann"))
    assert likely(world, "ann", name="tidewater inc", phones="612 345 678; nonsense", email="not an address") == [
        services.Match(CUSTOMERS, made.pk, "Tidewater", ("name",), "")
    ]
    assert likely(world, "ann", name="tidewater", phones=PHONE)[0].fields == ("name", "phones")
    env = records.environment(world.actor("ann"))
    assert services.likely(registry.get(CUSTOMERS), {"name": "Tidewater"}, env, exclude=made.pk) == []


def test_keys_follow_changes_removals_and_undo(world: World) -> None:
    made = records.create(CUSTOMERS, {"name": "Tidewater", "phones": [PHONE]}, world.act("ann"))
    records.change(CUSTOMERS, made.pk, {"name": "Windward"}, world.act("ann"))
    assert likely(world, "ann", name="Tidewater") == []
    assert len(likely(world, "ann", name="Windward")) == 1
    batch = new_batch()
    records.change(CUSTOMERS, made.pk, {"phones": []}, world.act("ann", batch=batch))
    assert likely(world, "ann", phones=PHONE) == []
    records.undo(batch, SYSTEM)
    assert len(likely(world, "ann", phones=PHONE)) == 1
    removal = records.remove_one(CUSTOMERS, made.pk, world.act("ann"))
    assert not Key.objects.exists()
    records.restore(removal.pk, world.act("ann"))
    assert len(likely(world, "ann", phones=PHONE)) == 1
    records.purge(registry.get(CUSTOMERS), [made.pk], SYSTEM)
    assert not Key.objects.exists()


@time_machine.travel("2026-11-24T09:00:00Z", tick=False)
def test_only_so_many_looks_a_minute_and_the_rest_is_written_down(world: World) -> None:
    records.create(CUSTOMERS, {"name": "Foreign", "phones": [PHONE]}, world.act("cyd"))
    for number in range(limits.PER_MINUTE):
        assert likely(world, "ann", phones=f"+346000000{number:02d}") == []
        assert likely(world, "ann", phones=f"+346000000{number:02d}") == []
    notes = Change.objects.filter(verb="probed", actor_id=world.people["ann"])
    assert not notes.exists()
    for _more in range(5):
        assert likely(world, "ann", phones=PHONE) == []
    assert notes.count() == 1
    assert len(likely(world, "ben", phones=PHONE)) == 1


@time_machine.travel("2026-11-24T09:00:00Z", tick=False)
def test_the_door_tells_no_more_than_the_hint(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PER_MINUTE", 3)
    for number in range(6):
        records.create(CUSTOMERS, {"name": f"Foreign {number}", "phones": [f"+3461234560{number}"]}, world.act("cyd"))
    told = []
    for number in range(6):
        try:
            values = {"name": f"Mine {number}", "phones": [f"+3461234560{number}"]}
            records.create(CUSTOMERS, values, world.act("ann"))
        except Objected:
            told.append(number)
    assert told == [0, 1, 2]


@pytest.mark.parametrize("door", ["import", "system", "rule", "merge", "command"])
def test_nobody_is_asked_where_nobody_can_answer(world: World, door: str) -> None:
    act = Act(world.actor("ann"), door)
    first = records.create(CUSTOMERS, {"name": "Tidewater"}, act)
    assert records.create(CUSTOMERS, {"name": "Tidewater"}, act).pk != first.pk
    loaded = loading.load(registry.get(CUSTOMERS), [{"name": "Tidewater", "kind": "company"}])
    assert Key.objects.filter(record_id=loaded[0].pk, key="tidewater").exists()


def test_a_batch_asks_with_one_query_for_each_field_and_sees_itself(world: World) -> None:
    def drafts(count: int) -> list[Draft]:
        rows = [{"name": f"Tide {n}", "phones": [f"+34612{n:06d}"], "email": f"a{n}@example.com"} for n in range(count)]
        return [Draft(registry.get(CUSTOMERS), row, verb="created") for row in rows]

    def asking(count: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            records.save(drafts(count), world.act("ann", door="bulk"))
        return len([query for query in queries if 'FROM "dedupe_key"' in query["sql"]])

    assert asking(1) == asking(50)
    twins = [Draft(registry.get(CUSTOMERS), {"name": "Same"}, verb="created") for _n in range(3)]
    records.save(twins, world.act("ann"))
    assert [draft.alive for draft in twins] == [True, False, False]


def test_locks_of_the_same_form_are_the_same_and_few() -> None:
    assert keys.bucket("a", ("name", "x")) == keys.bucket("a", ("name", "x"))
    assert len({keys.bucket("a", ("name", str(n))) for n in range(20_000)}) == 1024
    assert keys.bucket("a", ("name", "x")) < 2**63


@pytest.mark.django_db(transaction=True)
def test_of_many_who_enter_one_company_at_once_one_wins() -> None:
    world = build()
    acts = [world.act("ann"), world.act("cyd")]

    def enter(number: int) -> str:
        try:
            values = {"name": f"Company {number}", "tax_number": "ES-B 777", "phones": [PHONE]}
            records.create(CUSTOMERS, values, acts[number % 2])
        except Objected as error:
            return error.objections[0].rule
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(enter, range(20)))
    assert sorted(outcomes) == ["duplicate"] * 19 + ["made"]
    assert registry.get(CUSTOMERS).model._default_manager.filter(tax_number="ES-B 777").count() == 1
    assert guards.CONFIRM == "duplicate"
