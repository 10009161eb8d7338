"""Rows on their way in: created, updated, left out or refused, each for itself, and what they refer to."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
import xlsxwriter

from bosun.kernel import history, records, registry
from bosun.kernel.ledger import Change
from bosun.lib.sheets import open_table, write_csv, write_xlsx
from bosun.platform.imports import services
from bosun.platform.imports.models import Import, ImportRow
from bosun.platform.integrity.hashing import content_hash
from tests.kernel.world import World, create
from tests.platform.importing import columns, counts, found, given, imported, names, problems, table

pytestmark = pytest.mark.django_db
NAMED: dict[str, Any] = {"entity": "customers", "columns": {"Name": "name", "Staff": "staff"}, "key": "name"}


def staff(world: World) -> list[tuple[Any, ...]]:
    return columns(world.actor("ada"), "customers", ["name", "staff"])


# the same record -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "said", "rows"),
    [
        ("update", {"create": 1, "update": 1}, [("Tidewater", 9), ("Harbour", 3)]),
        ("skip", {"create": 1, "same": 1}, [("Tidewater", 5), ("Harbour", 3)]),
        ("create", {"create": 2}, [("Tidewater", 5), ("Tidewater", 9), ("Harbour", 3)]),
        ("refuse", {"create": 1, "error": 1}, [("Tidewater", 5), ("Harbour", 3)]),
    ],
)
def test_a_row_that_is_there_is_met_as_chosen(
    world: World, how: str, said: dict[str, int], rows: list[tuple[Any, ...]]
) -> None:
    world.customer("ada", name="Tidewater", staff=5)
    made = imported(
        table("Name | Staff", "tidewater | 9", "Harbour | 3"), {**NAMED, "on_match": how}, world.actor("ada")
    )
    assert counts(made) == said
    assert [(name.capitalize(), number) for name, number in staff(world)] == rows


def test_an_empty_cell_keeps_what_stands_there_unless_told_to_clear(world: World) -> None:
    world.customer("ada", name="Tidewater", staff=5)
    imported(table("Name | Staff", "Tidewater |"), NAMED, world.actor("ada"))
    assert staff(world) == [("Tidewater", 5)]
    clear = {**NAMED, "columns": {"Name": "name", "Staff": {"field": "staff", "empty": "clear"}}}
    imported(table("Name | Staff", "Tidewater |"), clear, world.actor("ada"))
    assert staff(world) == [("Tidewater", None)]


def test_rows_of_one_key_in_one_file_are_one_record(world: World) -> None:
    content = table("Name | Staff", "Tidewater | 1", "Tidewater | 2", "Tidewater | 2", "TIDEWATER | 3")
    made = imported(content, NAMED, world.actor("ada"))
    assert counts(made) == {"create": 1, "update": 2, "same": 1}
    assert staff(world) == [("TIDEWATER", 3)]


def test_a_key_of_two_fields(world: World) -> None:
    one, two = (world.customer("ada", name=name) for name in ("Tidewater", "Harbour"))
    content = table(
        "Person | Company | Job", "Ana | Tidewater | Buyer", "Ana | Harbour | Boss", "Ana | Tidewater | Head"
    )
    raw = {"entity": "contacts", "columns": {"Person": "name", "Company": "customer", "Job": "title"}}
    made = imported(content, {**raw, "key": ["name", "customer"]}, world.actor("ada"))
    assert counts(made) == {"create": 2, "update": 1}
    rows = columns(world.actor("ada"), "contacts", ["name", "customer_id", "title"])
    assert rows == [("Ana", one.pk, "Head"), ("Ana", two.pk, "Boss")]


def test_a_key_that_several_records_have_is_refused(world: World) -> None:
    for _time in range(2):
        create("customers", name="Tidewater")
    made = imported(table("Name | Staff", "Tidewater | 1"), NAMED, world.actor("ada"))
    assert problems(made) == [(2, "error", [["name", "Several records have this key."]])]


def test_likely_duplicates_are_left_out_when_asked(world: World) -> None:
    world.customer("ada", name="Tidewater", phones=["+4969555014"], email="info@tidewater.example")
    content = table(
        "Name | Phone | Mail",
        "Tide Water | 0049 69 555 014 |", "TIDEWATER | |", "Harbour | | INFO@tidewater.example",
        "Quay | +34 915 550 199 | q@quay.example", "Quay Ltd | +34 915 550 199 |",
    )  # fmt: skip
    raw = {"entity": "customers", "columns": {"Name": "name", "Phone": "phones", "Mail": "email"}, "duplicates": "skip"}
    made = imported(content, raw, world.actor("ada"))
    assert counts(made) == {"create": 1, "skip": 4}
    left = {line: said for line, outcome, said in problems(made) if outcome == "skip"}
    assert left[2] == [["", "This looks like “Tidewater”."]]
    assert left[3] == left[4] == left[2]
    assert left[6] == [["", "This looks like row 5."]]


# what rows refer to ----------------------------------------------------------------------------------------------


FAMILY = {"entity": "customers", "columns": {"Name": "name", "Parent": "parent"}, "key": "name"}


def parents(world: World) -> dict[str, str]:
    return {row.name: str(row.parent or "") for row in found("customers", world.actor("ada"))}


def test_parents_come_in_any_order(world: World) -> None:
    content = table("Name | Parent", "Cog | Bolt", "Bolt | Axle", "Axle |", "Dial | Axle")
    made = imported(content, FAMILY, world.actor("ada"))
    assert counts(made) == {"create": 4}
    assert parents(world) == {"Cog": "Bolt", "Bolt": "Axle", "Axle": "", "Dial": "Axle"}
    assert not ImportRow.objects.filter(of=made).exists()


def test_circles_are_reported_and_not_made(world: World) -> None:
    content = table("Name | Parent", "A | B", "B | C", "C | A", "D | D", "E | A")
    made = imported(content, FAMILY, world.actor("ada"))
    assert counts(made)["create"] == 5
    held = parents(world)
    assert (held["D"], held["E"]) == ("", "A")
    assert sorted(held[name] == "" for name in "ABC") == [False, False, True]
    said = {message for _line, outcome, rows in problems(made) if outcome == "error" for _name, message in rows}
    assert said == {"A record cannot be above itself. Choose another one."}
    assert counts(made)["unlinked"] == 2


@pytest.mark.parametrize(
    ("missing", "said", "held"),
    [
        ("refuse", {"create": 1, "error": 1}, {"Axle": ""}),
        ("empty", {"create": 2, "noted": 1}, {"Cog": "", "Axle": ""}),
        ("create", {"create": 2}, {"Works": "", "Cog": "Works", "Axle": ""}),
    ],
)
def test_a_reference_to_nothing_is_met_as_chosen(
    world: World, missing: str, said: dict[str, int], held: dict[str, str]
) -> None:
    raw = {**FAMILY, "columns": {"Name": "name", "Parent": {"field": "parent", "missing": missing}}}
    made = imported(table("Name | Parent", "Cog | Works", "Axle |"), raw, world.actor("ada"))
    assert counts(made) == said
    assert parents(world) == held


def test_options_are_translated_added_emptied_or_refused(world: World) -> None:
    content = table("Name | Sector", "A | technolgy", "B | Zoo", "C | 制造业", "D | 动物园")
    for unknown, wanted in (
        ("refuse", {"A": "it", "C": "manufacturing"}),
        ("empty", {"A": "it", "B": None, "C": "manufacturing", "D": None}),
        ("add", {"A": "it", "B": "zoo", "C": "manufacturing", "D": "dong_wu_yuan"}),
    ):
        sector = {"field": "industry", "unknown": unknown, "values": {"technolgy": "it"}}
        raw = {"entity": "customers", "columns": {"Name": "name", "Sector": sector}}
        made = imported(content, raw, world.actor("ada"))
        assert {row.name: row.industry for row in found("customers", world.actor("ada"))} == wanted
        services.undo(made, world.actor("ada"))
        assert found("customers", world.actor("ada")) == []
    assert names("options", world.actor("ada"), key="zoo") == []


def test_who_may_not_add_options_is_told(world: World) -> None:
    raw = {"entity": "customers", "columns": {"Name": "name", "Sector": {"field": "industry", "unknown": "add"}}}
    made = imported(table("Name | Sector", "A | Zoo", "B | IT"), raw, world.actor("ann"))
    assert counts(made) == {"create": 1, "error": 1}
    assert problems(made)[0][2] == [["industry", "You do not have the right to do this. Ask an administrator."]]


def test_several_columns_make_one_field_and_one_column_several(world: World) -> None:
    content = table("First | Last | Home | Work | Box", "Ana | Ruiz | +34915550199 | +34915550198 | a; b")
    raw = {
        "entity": "customers",
        "columns": {
            "First": "name", "Last": ["name", {"field": "address", "text": "c/o {}"}], "Home": "phones",
            "Work": "phones", "Box": "tags",
        },
        "constants": {"kind": "person"},
    }  # fmt: skip
    imported(content, raw, world.actor("ada"))
    rows = columns(world.actor("ada"), "customers", ["name", "address", "phones", "tags", "kind"])
    assert rows == [("Ana Ruiz", "c/o Ruiz", ["+34915550199", "+34915550198"], ["a", "b"], "person")]


# how cells are written -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "numbers", "minor"),
    [
        ("1.100,04", "auto", 110004),
        ("1,100.04", "auto", 110004),
        ("1100.04", "auto", 110004),
        ("1.100,04", "es", 110004),
    ],
)
def test_numbers_are_read_as_the_file_writes_them(world: World, written: str, numbers: str, minor: int) -> None:
    raw = {
        "entity": "customers", "numbers": numbers,
        "columns": {"Name": "name", "Capital": {"field": "registered_capital", "currency": "EUR"}},
    }  # fmt: skip
    imported(table("Name | Capital", f"A | {written}"), raw, world.actor("ada"))
    assert columns(world.actor("ada"), "customers", ["registered_capital_minor"]) == [(minor,)]


@pytest.mark.parametrize(
    ("cells", "order", "wanted"),
    [
        (["03/02/1980", "25/12/1980"], "auto", date(1980, 2, 3)),
        (["03/02/1980", "12/25/1980"], "auto", date(1980, 3, 2)),
        (["03/02/1980"], "dmy", date(1980, 2, 3)),
        (["1980年2月3日"], "auto", date(1980, 2, 3)),
        (["19800203"], "auto", date(1980, 2, 3)),
    ],
)
def test_dates_are_read_in_the_order_of_the_whole_file(
    world: World, cells: list[str], order: str, wanted: date
) -> None:
    world.customer("ada", name="Tidewater")
    rows = [f"P{number} | Tidewater | {cell}" for number, cell in enumerate(cells)]
    raw = {
        "entity": "contacts", "dates": order,
        "columns": {"Name": "name", "Company": "customer", "Born": "birthday"},
    }  # fmt: skip
    imported(table("Name | Company | Born", *rows), raw, world.actor("ada"))
    assert columns(world.actor("ada"), "contacts", ["birthday"], name="P0") == [(wanted,)]


def test_formulas_arrive_as_what_they_show(world: World) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Name", "Staff"])
        sheet.write_string(1, 0, '=HYPERLINK("http://evil.example")')
        sheet.write_formula(1, 1, "=1+1", value=2)
        sheet.write_row(2, 0, ["Plain", 7])
    imported(out.getvalue(), NAMED, world.actor("ada"), "book.xlsx")
    assert staff(world) == [('=HYPERLINK("http://evil.example")', 2), ("Plain", 7)]


# history ---------------------------------------------------------------------------------------------------------


def test_the_files_dates_and_authors_count(world: World) -> None:
    content = table("Name | Entered | By", "A | 2019-03-04 10:30 | Ann", "B | 2018-01-02 | Somebody Gone", "C | |")
    raw = {"entity": "customers", "columns": {"Name": "name"}, "history": {"at": "Entered", "by": "By"}}
    imported(content, raw, world.actor("ada"))
    rows = found("customers", world.actor("ada"))
    assert [row.created_by_id for row in rows] == [world.people["ann"], None, world.people["ada"]]
    assert rows[0].created_at == datetime(2019, 3, 4, 9, 30, tzinfo=UTC)
    told = [
        history.of_record(registry.get("customers"), row.pk, records.environment(world.actor("ada")))[0] for row in rows
    ]
    assert [(entry.actor, entry.at.year, entry.door) for entry in told[:2]] == [
        ("Ann", 2019, "import"), ("Somebody Gone", 2018, "import"),
    ]  # fmt: skip
    assert told[2].actor == "Ada"
    assert {entry.cause.partition(":")[0] for entry in told} == {f"import {Import.objects.get().pk}"}


def test_follow_ups_of_old_reach_their_customers(world: World) -> None:
    world.customer("ada", name="Tidewater", external_id="T1")
    content = table(
        "Customer | When | Who | What | How", "T1 | 2024-05-06 09:00 | ann | Asked for a quote | call",
        "T1 | 2024-06-07 | ben | Sent it | mail",
    )  # fmt: skip
    raw = {
        "entity": "follow_ups",
        "columns": {
            "Customer": {"field": "about", "entity": "customers", "by": "external_id"}, "When": "at", "Who": "person",
            "What": "note", "How": "type",
        },
    }  # fmt: skip
    made = imported(content, raw, world.actor("ada"))
    assert counts(made) == {"create": 2}
    assert columns(world.actor("ada"), "customers", ["last_contact"]) == [(date(2024, 6, 7),)]
    people = columns(world.actor("ada"), "follow_ups", ["person_id", "subject"])
    assert people == [(world.people["ann"], "Asked for a quote"), (world.people["ben"], "Sent it")]


# what failed -----------------------------------------------------------------------------------------------------


def half_bad() -> bytes:
    rows = []
    for number in range(1000):
        phone = "nonsense" if number % 27 == 5 else f"+4969555{number:04d}"
        rows.append(f"=Firm {number} | {phone}")
    return table("Name | Phone", *rows)


PHONES = {"entity": "customers", "columns": {"Name": "name", "Phone": "phones"}, "key": "name"}


@pytest.mark.slow
@pytest.mark.parametrize("how", ["csv", "xlsx"])
def test_a_half_bad_file_goes_in_but_for_its_bad_rows_which_can_be_mended(world: World, how: str) -> None:
    made = imported(half_bad(), PHONES, world.actor("ada"))
    assert counts(made) == {"create": 963, "error": 37}
    out = io.BytesIO()
    assert services.error_file(made, out, how) == 37
    with open_table(out.getvalue()) as left:
        headers, rows = left.headers, list(left.rows)
    assert headers == ["Name", "Phone", "What is wrong"]
    assert rows[0] == [
        "=Firm 5", "nonsense",
        "Row 7: Phones: “nonsense” is not a phone number. Begin with + and the country code.",
    ]  # fmt: skip
    mended = io.BytesIO()
    write = write_xlsx if how == "xlsx" else write_csv
    write(mended, headers, [[name, f"+4930555{place:04d}", why] for place, (name, _bad, why) in enumerate(rows)])
    again = imported(mended.getvalue(), PHONES, world.actor("ada"), f"errors.{how}")
    assert counts(again) == {"create": 37}
    assert sorted(names("customers", world.actor("ada"))) == sorted(f"=Firm {number}" for number in range(1000))


def test_a_row_with_too_many_cells_is_refused(world: World) -> None:
    content = b"Name,Staff\nTidewater,5\nHarbour, Inc.,6\n"
    made = imported(content, NAMED, world.actor("ada"))
    assert problems(made) == [(3, "error", [["", "This row has more cells than the table has columns."]])]
    assert staff(world) == [("Tidewater", 5)]


def test_one_row_that_breaks_the_batch_costs_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    entity = registry.get("customers")

    def explode(draft: Any, env: Any) -> None:
        if draft.value("name") == "Bomb":
            raise ZeroDivisionError

    monkeypatch.setattr(entity, "rules", [*entity.rules, explode])
    made = imported(table("Name | Staff", "A | 1", "Bomb | 2", "C | 3"), NAMED, world.actor("ada"))
    assert counts(made) == {"create": 2, "error": 1}
    assert problems(made) == [(3, "error", [["", "This row could not be stored."]])]
    assert staff(world) == [("A", 1), ("C", 3)]


# looking first -------------------------------------------------------------------------------------------------------


def test_a_check_tells_what_would_happen_and_leaves_no_trace(world: World) -> None:
    world.customer("ada", name="Tidewater", staff=5)
    before, ledger = content_hash(), Change.objects.count()
    content = table("Name | Staff", "Tidewater | 9", "Harbour | 3", "Quay | many", "Tidewater | 9")
    made = given(content, NAMED, world.actor("ada"))
    seen = services.check(made, world.actor("ada"))
    assert (seen.total, seen.checked) == (4, 4)
    assert {name: number for name, number in seen.counts.items() if number} == {
        "create": 1, "update": 1, "same": 1, "error": 1,
    }  # fmt: skip
    assert [(row.line, row.outcome, row.title) for row in seen.rows] == [
        (2, "update", "Tidewater"), (3, "create", "Harbour"), (4, "error", "Quay"), (5, "same", "Tidewater"),
    ]  # fmt: skip
    assert seen.rows[0].changes == [("Staff", "5", "9")]
    assert seen.rows[2].problems == [("Staff", "This is not a number.")]
    made.refresh_from_db()
    assert (content_hash(), Change.objects.count(), made.state, made.position) == (before, ledger, "draft", 0)


def test_a_check_of_a_large_file_looks_at_its_beginning(world: World) -> None:
    made = given(table("Name | Staff", *(f"F{n} | {n}" for n in range(30))), NAMED, world.actor("ada"))
    seen = services.check(made, world.actor("ada"), limit=10, shown=4)
    assert (seen.total, seen.checked, seen.counts["create"], len(seen.rows)) == (30, 10, 10, 4)


def test_places_are_named_in_every_language(world: World) -> None:
    create("places", name="Nordmark", level="country", aliases=["北标", "Marca Norte"], code="XN")
    content = table("Name | Where", "A | Nordmark", "B | 北标", "C | Marca Norte", "D | XN")
    raw = {"entity": "customers", "columns": {"Name": "name", "Where": "region"}}
    made = imported(content, raw, world.actor("ada"))
    where = [str(row.region) for row in found("customers", world.actor("ada"))]
    assert (where, counts(made)) == (["Nordmark"] * 4, {"create": 4})
