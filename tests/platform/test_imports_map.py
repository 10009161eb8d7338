"""The map: every word is checked, against the file and against what the actor may do."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.platform.imports import files, mapping, propose, services
from bosun.platform.imports.analysis import analyse
from tests.kernel.world import REP, World
from tests.platform.importing import columns, counts, given, imported, problems, table

pytestmark = pytest.mark.django_db

FILE = table("Name | Phone | Mail | Since", "Tidewater | +49 69 555 014 | info@tidewater.example | 03/02/2024")


def refused(raw: Any, world: World, who: str = "ada") -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        mapping.read(raw, ["Name", "Phone"], world.actor(who))
    return [(error.field, error.message) for error in caught.value.errors]


@pytest.mark.parametrize(
    ("raw", "field", "message"),
    [
        ([], "", "This map cannot be read."),
        ({"entity": "nothing", "columns": {}}, "entity", "There is nothing called “nothing”."),
        ({"entity": "customers", "columns": {}}, "columns", "Choose at least one column."),
        ({"entity": "customers", "columns": {"Nam": "name"}}, "Nam", "The file has no column “Nam”."),
        ({"entity": "customers", "columns": {"Name": "nome"}}, "Name", "There is no field called “nome”."),
        ({"entity": "customers", "columns": {"Name": "name"}, "match": "skip"}, "map", "“match” means nothing here."),
        (
            {"entity": "customers", "columns": {"Name": "name"}, "on_match": "merge"},
            "on_match",
            "“merge” is not one of: update, skip, create, refuse.",
        ),
        (
            {"entity": "customers", "columns": {"Name": {"field": "kind", "unknown": "add"}}},
            "Name",
            "Nothing can be added to the choices of “Kind”.",
        ),
        (
            {"entity": "customers", "columns": {"Name": "name"}, "key": "external_id"},
            "key",
            "No column fills the key “external_id”.",
        ),
        (
            {"entity": "customers", "columns": {"Name": "name"}, "history": {"at": "Seit"}},
            "history",
            "The file has no column “Seit”.",
        ),
        (
            {"entity": "customers", "columns": {"Name": "name"}, "new": {"colour": "red"}},
            "new",
            "There is no field called “colour”.",
        ),
        (
            {"entity": "follow_ups", "columns": {"Name": {"field": "about"}}},
            "Name",
            "Say which kind of record this column names.",
        ),
    ],
)  # fmt: skip
def test_every_word_is_checked(world: World, raw: Any, field: str, message: str) -> None:
    assert (field, message) in refused(raw, world)


@pytest.mark.parametrize(
    "name", ["id", "created_at", "created_by", "updated_at", "is_deleted", "deleted_at", "department"]
)
def test_what_the_software_sets_no_file_sets(world: World, name: str) -> None:
    said = refused({"entity": "customers", "columns": {"Name": "name", "Phone": name}}, world)
    assert [field for field, _message in said] == ["Phone"]


@pytest.mark.parametrize("name", ["owner", "credit_limit"])
def test_what_a_rep_may_not_write_a_reps_file_does_not_write(world: World, name: str) -> None:
    raw = {"entity": "customers", "columns": {"Name": "name", "Phone": name}}
    assert [field for field, _message in refused(raw, world, "ann")] == ["Phone"]
    assert mapping.read(raw, ["Name", "Phone"], world.actor("ada")).steps[0].entity.key == "customers"


def test_a_hidden_field_looks_like_one_that_is_not_there(world: World) -> None:
    hidden = refused({"entity": "customers", "columns": {"Name": "credit_limit"}}, world, "ann")
    absent = refused({"entity": "customers", "columns": {"Name": "absent"}}, world, "ann")
    assert [(field, message.replace("credit_limit", "absent")) for field, message in hidden] == absent


def test_the_right_to_import_is_needed_for_every_step(world: World) -> None:
    one = {"entity": "customers", "columns": {"Name": "name"}}
    world.grant("rep", {**REP, "customers": {"read": "own", "create": "own", "change": "own"}})
    with pytest.raises(Denied):
        mapping.read(one, ["Name"], world.actor("ann"))
    world.grant("rep", REP)
    with pytest.raises(Denied):
        mapping.read({"steps": [one, {**one, "entity": "users"}]}, ["Name"], world.actor("ann"))


def test_dates_and_authors_are_for_those_who_may_import_everything(world: World) -> None:
    raw = {"entity": "customers", "columns": {"Name": "name"}, "history": {"at": "Phone"}}
    assert [field for field, _message in refused(raw, world, "ann")] == ["history"]
    world.grant("rep", {**REP, "customers": {**REP["customers"], "import": "all"}})
    assert mapping.read(raw, ["Name", "Phone"], world.actor("ann")).steps[0].at == 1


def test_columns_that_go_nowhere_are_told(world: World) -> None:
    made = given(FILE, {"entity": "customers", "columns": {"Name": "name"}}, world.actor("ann"))
    assert services.check(made, world.actor("ann")).ignored == ["Phone", "Mail", "Since"]


def test_a_reps_rows_are_the_reps(world: World) -> None:
    imported(FILE, {"entity": "customers", "columns": {"Name": "name", "Phone": "phones"}}, world.actor("ann"))
    rows = columns(world.actor("ann"), "customers", ["name", "owner_id", "phones", "created_by_id"])
    assert rows == [("Tidewater", world.people["ann"], ["+4969555014"], world.people["ann"])]


def test_a_foreign_record_is_not_found_by_its_key_nor_by_its_number(world: World) -> None:
    foreign = world.customer("cyd", name="Harbour")
    content = table("Name | Parent", "Quay | Harbour", f"Dock | {foreign.pk}", "Harbour |")
    raw = {"entity": "customers", "columns": {"Name": "name", "Parent": "parent"}, "key": "name"}
    made = imported(content, raw, world.actor("ann"))
    assert counts(made) == {"create": 2, "error": 1}
    records_of_cyd = columns(world.actor("cyd"), "customers", ["name", "version"])
    assert records_of_cyd == [("Harbour", 1)]
    assert [(line, outcome) for line, outcome, _said in problems(made)] == [(3, "error")]
    assert [row[0] for row in columns(world.actor("ann"), "customers", ["name"])] == ["Quay", "Harbour"]
    assert str(columns(world.actor("ann"), "customers", ["parent"])[0][0]) == "Harbour"


def test_only_ones_own_imports_are_open(world: World) -> None:
    made = given(FILE, {"entity": "customers", "columns": {"Name": "name"}}, world.actor("ann"))
    for use in (services.start, services.cancel, services.undo, services.start_undo):
        with pytest.raises(NotFound):
            use(made, world.actor("cyd"))
    with pytest.raises(NotFound):
        services.get(made.pk, world.actor("cyd"))
    assert services.get(made.pk, world.actor("ada")) == made


# proposing -----------------------------------------------------------------------------------------------------------


def proposal(content: bytes, entity: str, world: World, who: str = "ada") -> dict[str, Any]:
    return propose.propose(entity, analyse(content), world.actor(who)).map


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ("Customer | E-mail | Phones | Web site", ["name", "email", "phones", "website"]),
        ("客户名称 | 邮箱 | 手机号 | 官网", ["name", "email", "phones", "website"]),
        ("Empresa | Correo electrónico | Teléfono | Página web", ["name", "email", "phones", "website"]),
        ("account_name | E_MAIL | mobile phone | URL", ["name", "email", "phones", "website"]),
        ("Company | Sector | Employees | Province", ["name", "industry", "staff", "region"]),
    ],
)
def test_headers_are_known_in_three_languages(world: World, headers: str, fields: list[str]) -> None:
    found = proposal(table(headers, "a | b | c | d"), "customers", world)["columns"]
    assert [said["field"] if isinstance(said, dict) else said for said in found.values()] == fields


def test_columns_without_a_name_are_known_by_what_stands_in_them(world: World) -> None:
    rows = [f"Firm {n} | +49 69 5550{n}00 | a{n}@b.example | www.site{n}.example | 广东 | IT" for n in range(10, 16)]
    found = proposal(table("Name | 1 | 2 | 3 | 4 | 5", *rows), "customers", world)["columns"]
    assert [said["field"] if isinstance(said, dict) else said for said in found.values()] == [
        "name", "phones", "email", "website", "region", "industry",
    ]  # fmt: skip


def test_numbers_are_taken_for_nothing_else(world: World) -> None:
    rows = [f"Firm {n} | {n}.95 | {n} | {n * 1000}" for n in range(10, 40)]
    assert list(proposal(table("Name | pe | n | k", *rows), "customers", world)["columns"]) == ["Name"]


def test_the_key_is_the_code_where_there_is_one_else_the_name(world: World) -> None:
    assert proposal(table("Code | Name", "1 | a"), "customers", world)["key"] == "external_id"
    assert proposal(table("Name | Town", "a | b"), "customers", world)["key"] == "name"
    assert proposal(table("Username | Name", "a | b"), "users", world)["key"] == "username"


def test_dates_are_read_in_the_one_order_that_fits(world: World) -> None:
    content = table("Contact | Customer | Birthday", "Ana | x | 03/02/1980", "Eva | x | 25/02/1980")
    assert proposal(content, "contacts", world)["dates"] == "dmy"


def test_misspelt_options_are_proposed(world: World) -> None:
    found = proposal(table("Name | Industry", "a | Manufactoring", "b | Logistics", "c | Zoo"), "customers", world)
    assert found["columns"]["Industry"] == {
        "field": "industry", "unknown": "add", "values": {"Manufactoring": "manufacturing"},
    }  # fmt: skip


def test_what_is_closed_to_the_actor_is_not_proposed_but_told(world: World) -> None:
    content = table("Name | Owner | Created | Credit limit", "a | Ann | 2024-01-01 | 5")
    found = propose.propose("customers", analyse(content), world.actor("ann"))
    assert list(found.map["columns"]) == ["Name"]
    assert found.ignored == ["Owner", "Created"]
    with pytest.raises(Denied):
        propose.propose("contacts", analyse(content), world.actor("ann"))


def test_the_map_of_the_last_file_of_these_columns_is_remembered(world: World) -> None:
    raw = {"entity": "customers", "columns": {"Name": "name"}}
    made = imported(FILE, raw, world.actor("ann"))
    assert services.remembered("customers", made.headers, world.actor("ann")) == raw
    assert services.remembered("customers", ["Name"], world.actor("ann")) is None
    assert services.remembered("customers", made.headers, world.actor("cyd")) is None


def test_an_analysis_shows_the_file(world: World) -> None:
    found = analyse("A;B\n1;ä\n;x\n".encode("cp1252"), "a.csv")
    assert (found.headers, found.rows, found.delimiter, found.encoding) == (["A", "B"], 2, ";", "cp1252")
    assert [(column.header, column.values, column.filled) for column in found.columns] == [
        ("A", ["1"], 1), ("B", ["ä", "x"], 2),
    ]  # fmt: skip
    assert world.people
    with pytest.raises(Invalid, match="not a table"):
        analyse(b"%PDF-1.7 nothing", "a.csv")


def test_a_file_is_kept_under_its_digest_whatever_it_is_called(world: World) -> None:
    made = services.receive(FILE, "../../etc/passwd.csv", world.actor("ann"))
    again = services.receive(FILE, "b.csv", world.actor("ann"))
    assert made.digest == again.digest
    assert files.path_of(made.digest) == f"imports/{made.digest[:2]}/{made.digest}"
    assert files.content(made.digest) == FILE
    files.discard(made.digest)
    with pytest.raises(Invalid, match="Choose it again"):
        files.content(made.digest)
