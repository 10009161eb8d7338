"""Words are found wherever they may be read, and nowhere else."""

import argparse

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bosun.config.commands import reindex
from bosun.kernel import loading, records, registry
from bosun.kernel.actor import Act, new_batch, system_actor
from bosun.kernel.drafts import Draft
from bosun.platform.search import finding, index, services, words
from bosun.platform.search.models import Document, Indexed
from tests.kernel.world import REP, SYSTEM, World

CUSTOMERS = "customers"


def names(world: World, who: str, typed: str, entity: str = CUSTOMERS) -> list[str]:
    """What somebody finds within a list, by name."""
    rows = records.query(entity, world.actor(who)).search(typed).sort(["name"]).page().items
    return [row.name for row in rows]


def hits(world: World, who: str, typed: str, limit: int = 10) -> list[str]:
    """What somebody finds everywhere, in order."""
    return [hit.title for hit in services.find(typed, records.environment(world.actor(who)), limit=limit)]


@pytest.mark.parametrize("typed", ["平安", "中国平安", "zgpa", "zhongguo pingan", "pingan", "ZHONGGUO", "中 平"])
def test_a_chinese_name_is_found_by_signs_sound_and_initials(world: World, typed: str) -> None:
    world.customer("ann", name="中国平安")
    world.customer("ann", name="中国石油")
    assert "中国平安" in names(world, "ann", typed)
    assert names(world, "ann", "平安") == ["中国平安"]
    assert hits(world, "ann", "zgpa") == ["中国平安"]


def test_every_word_must_begin_a_word_of_the_record(world: World) -> None:
    world.customer("ann", name="Tidewater Pumps", phones=["+34 612 345 678"], tags=["fair"], external_id="000123")
    world.customer("ann", name="Tidewater Valves", email="José@Example.com")
    assert names(world, "ann", "tide") == ["Tidewater Pumps", "Tidewater Valves"]
    assert names(world, "ann", "PUMP tide") == ["Tidewater Pumps"]
    assert names(world, "ann", "5678") == ["Tidewater Pumps"]
    assert names(world, "ann", "612 345 678") == ["Tidewater Pumps"]
    assert names(world, "ann", "fair") == ["Tidewater Pumps"]
    assert names(world, "ann", "000123") == ["Tidewater Pumps"]
    assert names(world, "ann", "jose") == ["Tidewater Valves"]
    assert names(world, "ann", "water") == []
    assert names(world, "ann", "tide nothing") == []


@pytest.mark.parametrize(
    "name", ["𠮷野家", "Łódź ÆØÅ", "Ｐｕｍｐ", "🚀 Rocket", "𰀀𰀁", "O'Brien & Söhne", "राम", "İstanbul"]
)
def test_names_of_every_script_are_found_as_they_are_written(world: World, name: str) -> None:
    made = world.customer("ann", name=name)
    world.customer("ann", name="Other")
    assert names(world, "ann", name) == [made.name]


def test_signs_are_looked_up_as_they_are(world: World) -> None:
    for name in ("100% Organic", "Under___score", 'The "Quote"', "Plain", "Back\\slash", "🚀🚀"):
        world.customer("ann", name=name)
    assert hits(world, "ann", "%") == names(world, "ann", "%") == ["100% Organic"]
    assert hits(world, "ann", "___") == ["Under___score"]
    assert hits(world, "ann", "__ _") == []
    assert hits(world, "ann", '"') == ['The "Quote"']
    assert hits(world, "ann", "\\") == ["Back\\slash"]
    assert hits(world, "ann", "🚀") == ["🚀🚀"]
    assert hits(world, "ann", "' OR 7=7 --") == hits(world, "ann", "a* NEAR(b)") == hits(world, "ann", '") AND (') == []
    assert hits(world, "ann", 'plain"') == ["Plain"]
    assert hits(world, "ann", "  ") == hits(world, "ann", "\u200b") == []


def test_only_rows_that_are_open_are_found(world: World) -> None:
    world.customer("ann", name="Tidewater")
    world.customer("cyd", name="Tidewater Canary")
    assert names(world, "ann", "tide") == hits(world, "ann", "tide") == ["Tidewater"]
    assert hits(world, "ann", "Tidewater Canary") == []
    assert hits(world, "cyd", "tide") == ["Tidewater Canary"]
    assert sorted(hits(world, "ada", "tide")) == ["Tidewater", "Tidewater Canary"]
    assert records.query(CUSTOMERS, world.actor("ann")).search("canary").count() == (0, True)


def test_a_field_that_is_hidden_does_not_match(world: World) -> None:
    world.customer("ann", name="Tidewater", email="canary@example.com", tax_number="CNRY77", website="example.org")
    hidden = {CUSTOMERS: {"email": "none", "tax_number": "none", "credit_limit": "none"}}
    assert names(world, "ann", "canary") == names(world, "ann", "cnry") == ["Tidewater"]
    records.change("roles", world.roles["rep"], {"field_rights": hidden}, SYSTEM)
    for typed in ("canary", "can", "c", "CNRY77", "tide canary", "example.com"):
        assert names(world, "ann", typed) == hits(world, "ann", typed) == []
    assert names(world, "ann", "example.org") == names(world, "ben", "canary") == ["Tidewater"]


def test_a_hidden_title_is_neither_found_nor_shown(world: World) -> None:
    made = world.customer("ann", name="Tidewater %", phones=["+34612345678"])
    records.change("roles", world.roles["rep"], {"field_rights": {CUSTOMERS: {"name": "none"}}}, SYSTEM)
    assert hits(world, "ann", "Tidewater %") == hits(world, "ann", "%") == []
    assert hits(world, "ann", "5678") == [f"Customer {made.pk}"]


def test_a_change_a_removal_and_a_return_are_followed(world: World) -> None:
    made = world.customer("ann", name="Tidewater")
    records.change(CUSTOMERS, made.pk, {"name": "Windward"}, world.act("ann"))
    assert names(world, "ann", "tidewater") == []
    assert names(world, "ann", "windw") == ["Windward"]
    removal = records.remove_one(CUSTOMERS, made.pk, world.act("ann"))
    assert not Document.objects.filter(entity=CUSTOMERS).exists()
    records.restore(removal.pk, world.act("ann"))
    assert names(world, "ann", "windw") == ["Windward"]
    records.purge(registry.get(CUSTOMERS), [made.pk], SYSTEM)
    assert not Document.objects.filter(entity=CUSTOMERS).exists()


def test_an_undone_change_is_found_as_before(world: World) -> None:
    made = world.customer("ann", name="Tidewater")
    batch = new_batch()
    records.change(CUSTOMERS, made.pk, {"name": "Windward"}, world.act("ann", batch=batch))
    records.create(CUSTOMERS, {"name": "Windfall"}, world.act("ann", batch=batch))
    records.undo(batch, SYSTEM)
    assert names(world, "ann", "wind") == []
    assert names(world, "ann", "tide") == ["Tidewater"]


def test_what_is_not_searched_costs_nothing(world: World) -> None:
    made = world.customer("ann", name="Tidewater")
    act = world.act("ann")
    with CaptureQueriesContext(connection) as queries:
        records.change(CUSTOMERS, made.pk, {"grade": "A"}, act)
    assert [query["sql"] for query in queries if "search_document" in query["sql"]] == []


def test_a_batch_is_indexed_in_as_many_queries_as_one_record(world: World) -> None:
    def indexing(count: int) -> int:
        drafts = [Draft(registry.get(CUSTOMERS), {"name": f"Tide {n}"}, verb="created") for n in range(count)]
        with CaptureQueriesContext(connection) as queries:
            records.save(drafts, Act(system_actor(), "import"))
        return len([query for query in queries if "search_document" in query["sql"]])

    assert indexing(1) == indexing(60)
    assert Document.objects.filter(entity=CUSTOMERS).count() == 61


def test_the_exact_title_stands_first_of_everything(world: World) -> None:
    exact = world.customer("ann", name="An")
    for number in range(30):
        about = world.customer("ann", name=f"Anchor {number}")
        records.create("contacts", {"name": f"An {number}", "customer": about.pk}, world.act("ann"))
    found = services.find("aN", records.environment(world.actor("ann")), limit=5)
    assert (found[0].entity, found[0].id, found[0].exact) == (CUSTOMERS, exact.pk, True)
    assert [hit.entity for hit in found].count(CUSTOMERS) == [hit.entity for hit in found].count("contacts") == 5
    assert found[0].icon == registry.get(CUSTOMERS).icon


def test_a_hit_says_what_tells_it_from_its_namesakes_as_far_as_that_may_be_read(world: World) -> None:
    world.customer("ann", name="Tidewater", grade="A")
    env = records.environment(world.actor("ann"))
    assert services.find("tide", env)[0].subtitle == "A · Ann"
    records.change("roles", world.roles["rep"], {"field_rights": {CUSTOMERS: {"grade": "none"}}}, SYSTEM)
    assert "A" not in services.find("tide", records.environment(world.actor("ann")))[0].subtitle.split(" · ")


def test_an_entity_that_may_not_be_read_is_not_looked_into(world: World) -> None:
    world.customer("ann", name="Tidewater")
    world.grant("rep", {key: part for key, part in REP.items() if key != CUSTOMERS})
    assert hits(world, "ann", "tidewater") == []
    named = [registry.get(CUSTOMERS)]
    assert services.find("tidewater", records.environment(world.actor("ann")), named) == []


@pytest.mark.parametrize("typed", ["t", "ti", "tide", "王", "tide 0", "612345678", "1", "here"])
def test_however_it_is_asked_the_answer_is_the_same(world: World, typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many hits of which few are open are tested one by one; few hits are gathered."""
    for number in range(12):
        who = "ann" if number % 3 else "cyd"
        world.customer(
            who, name=f"Tide {number} 王", website="https://here.com", phones=["+34612345678"] if number % 2 else []
        )
    gathered, everything = names(world, "ann", typed), names(world, "ada", typed)
    monkeypatch.setattr(finding, "MANY", 9)
    assert names(world, "ann", typed) == gathered
    monkeypatch.setattr(finding, "MANY", 1)
    assert names(world, "ada", typed) == everything
    monkeypatch.setattr(services, "WINDOW", 2)
    assert sorted(hits(world, "ann", typed, limit=50)) == gathered


def test_words_behind_a_reference_follow_the_record_they_stand_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = registry.get("contacts")
    monkeypatch.setattr(contacts, "search", [*contacts.search, "customer.name"])
    about = world.customer("ann", name="Tidewater")
    records.create("contacts", {"name": "Eva", "customer": about.pk}, world.act("ann"))
    assert names(world, "ann", "tidew", "contacts") == ["Eva"]
    records.change(CUSTOMERS, about.pk, {"name": "Windward"}, world.act("ann"))
    assert names(world, "ann", "tidew", "contacts") == []
    assert names(world, "ann", "windw eva", "contacts") == ["Eva"]
    records.change("roles", world.roles["rep"], {"field_rights": {CUSTOMERS: {"name": "none"}}}, SYSTEM)
    assert names(world, "ann", "windw", "contacts") == []


def test_a_changed_declaration_is_noticed_after_a_migration(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    customers = registry.get(CUSTOMERS)
    world.customer("ann", name="Tidewater", address="Harbour Street")
    monkeypatch.setattr(customers, "search", [*customers.search, "address"])
    assert names(world, "ann", "harbour") == []
    index.renew()
    assert names(world, "ann", "harbour") == ["Tidewater"]
    assert Indexed.objects.get(entity=CUSTOMERS).made_from == index.signature(customers)


def test_the_index_is_made_anew(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(index, "CHUNK", 2)
    rows = [{"name": f"Tide {number}", "kind": "company"} for number in range(5)]
    made = loading.load(registry.get(CUSTOMERS), rows, indexed=False)
    gone = world.customer("ann", name="Tide gone")
    records.remove_one(CUSTOMERS, gone.pk, SYSTEM)
    assert names(world, "ada", "tide") == []
    assert services.reindex([CUSTOMERS]) == {CUSTOMERS: 5}
    assert names(world, "ada", "tide") == [row.name for row in made]
    assert reindex.run(argparse.Namespace(entity=[CUSTOMERS])) == 0
    assert capsys.readouterr().out == "customers: 5\n"
    assert Document.objects.filter(entity=CUSTOMERS).count() == 5


def test_a_text_without_end_keeps_its_first_words() -> None:
    made = words.document(1, {0: ["first"], 1: [" ".join(f"word{number}" for number in range(9000))]}, 0)
    assert len(made) == 3000
    assert "01afirst" in made


def test_what_is_typed_cannot_leave_its_quotes() -> None:
    groups = words.alternatives(1, words.Asked((), ('"', "'", "\\")), [0])
    assert words.fts5(groups) == '("01a""") AND ("01a\'") AND ("01a\\")'
    assert words.tsquery(groups) == "('01a\"') & ('01a''') & ('01a\\\\')"
