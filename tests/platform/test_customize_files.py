"""An invented field for a file: written, read, found, taken back; its content stays while anything may need it."""

import base64
import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from bosun.kernel import access, history, records, registry, stamps
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import Invalid, NotFound
from bosun.platform.customize import services as customize
from bosun.platform.customize.models import CustomField, SpentKey
from bosun.platform.files import keeping, services, store
from bosun.platform.files.keeping import Held
from bosun.platform.files.models import Content, FieldFile
from bosun.platform.integrity import checks, hashing
from bosun.platform.search import index
from tests.kernel.world import SYSTEM, World, build

CUSTOMERS = registry.get("customers")
NAME = "x_contract"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A store of its own for each test."""
    settings.BOSUN_FILES = tmp_path
    yield tmp_path
    stamps.forget()
    stamps._seen.clear()


def invent(**more: Any) -> CustomField:
    """A field for a contract on customers."""
    values = {"entity": "customers", "name": NAME, "label": "Contract", "kind": "file"}
    made: CustomField = records.create("custom_fields", {**values, **more}, SYSTEM)
    stamps.refresh()
    return made


def sent(content: bytes = b"signed", name: str = "contract.pdf") -> dict[str, str]:
    """A file as programs send it."""
    return {"name": name, "content": base64.b64encode(content).decode()}


def digest(content: bytes = b"signed") -> str:
    return hashlib.sha256(content).hexdigest()


def stored(folder: Path) -> list[str]:
    """The contents that lie in the store."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def value_of(world: World, pk: int) -> Any:
    return CUSTOMERS.specs()[NAME].get(records.get(CUSTOMERS, pk, world.actor("ann")))


def grow_old(folder: Path) -> None:
    """All that lies in the store has been there for long."""
    for path in folder.rglob("*"):
        os.utime(path, (0, 0))


def found_unsound() -> list[str]:
    return [line for name, line in checks.breaches() if name == "files"]


def test_a_file_is_like_any_other_value(world: World, folder: Path) -> None:
    invent()
    actor = world.actor("ann")
    env = records.environment(actor)
    empty = world.customer("ann", name="Empty")
    made = world.customer("ann", name="Filled", x_contract=sent(name="../Käse “2026”.pdf"))
    spec = access.specs(CUSTOMERS, actor)[NAME]
    row = records.get(CUSTOMERS, made.pk, actor)
    assert row.custom == {NAME: {"digest": digest(), "name": "Käse “2026”.pdf", "size": 6}}
    held = spec.get(row)
    assert (held, held.of) == (Held(digest(), "Käse “2026”.pdf", 6), made.pk)
    url = f"/api/v1/customers/{made.pk}/files/{NAME}"
    assert spec.kind.to_json(held, env) == {"name": "Käse “2026”.pdf", "size": 6, "url": url}
    assert spec.kind.text(held, env) == spec.kind.export(held, env) == spec.kind.form(held, env) == "Käse “2026”.pdf"
    assert stored(folder) == [digest()]
    query = records.query(CUSTOMERS, actor, env)
    for op, value, wanted in (
        ("filled", None, [made.pk]), ("empty", None, [empty.pk]), ("contains", "kÄSE", [made.pk]),
        ("contains", digest()[:6], []), ("contains", "size", []),
    ):  # fmt: skip
        asked = query.filter({"field": NAME, "op": op, "value": value})
        assert [each.pk for each in asked.page().items] == wanted, (op, value)
        operand = spec.kind.operand(op, value, env)
        assert [each.pk for each in (empty, row) if spec.test(each, op, operand)] == wanted, (op, value)
    for op in ("is", "starts", "gte"):
        with pytest.raises(Invalid):
            query.filter({"field": NAME, "op": op, "value": "a"})
    for ask in (lambda: query.sort([NAME]), lambda: query.groups(NAME)):
        with pytest.raises(Invalid):
            ask()
    index.rebuild(CUSTOMERS)
    assert query.search("Käse").page().items == []
    before = hashing.content_hash()
    records.change(CUSTOMERS, made.pk, {NAME: sent(b"other", "other.pdf")}, world.act("ann"))
    assert hashing.content_hash() != before
    assert found_unsound() == []


def test_the_history_goes_from_name_to_name(world: World) -> None:
    invent()
    made = world.customer("ann", x_contract=sent())
    records.change(CUSTOMERS, made.pk, {NAME: sent(b"new", "new.pdf")}, world.act("ann"))
    records.change(CUSTOMERS, made.pk, {NAME: sent(b"new", "new.pdf")}, world.act("ann"))
    records.change(CUSTOMERS, made.pk, {NAME: None}, world.act("ann"))
    assert records.get(CUSTOMERS, made.pk, world.actor("ann")).custom == {}
    env = records.environment(world.actor("ann"))
    said = []
    for entry in history.of_record(CUSTOMERS, made.pk, env):
        said += [
            (line.spec.kind.text(line.before, env), line.spec.kind.text(line.after, env))
            for line in entry.lines
            if line.spec.name == NAME
        ]
        past = [line.spec.kind.to_json(line.before, env) for line in entry.lines if line.before is not None]
        assert all(each["url"] is None for each in past if isinstance(each, dict) and "size" in each)
    assert said == [("new.pdf", ""), ("contract.pdf", "new.pdf"), ("", "contract.pdf")]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"name": "a.pdf", "content": "???"}, "This is not base64."),
        ({"name": "a.pdf", "content": "ä"}, "This is not base64."),
        ({"name": "a.pdf", "content": ""}, "This file is empty."),
        ({"name": "a.pdf", "content": base64.b64encode(b"x" * 1025).decode()}, "This file is larger than 0 MB."),
        ({"name": "a.pdf"}, "Send a file"),
        ({"content": "QQ=="}, "Send a file"),
        ({"name": 1, "content": "QQ=="}, "Send a file"),
        ({"name": "a", "content": "QQ==", "digest": "0"}, "Send a file"),
        ({"digest": "0", "name": "a", "size": 1}, "Send a file"),
        ({"name": "a", "size": 1, "url": "/api/v1/customers/1/files/x_contract"}, "Send a file"),
        ({"name": "a", "size": 1, "url": None}, "Send a file"),
        ([], "Send a file"),
        (7, "Send a file"),
        ("contract.pdf", "Choose the file again."),
    ],
)
def test_what_is_no_file_is_refused(world: World, folder: Path, settings: Settings, raw: Any, said: str) -> None:
    invent()
    settings.BOSUN_UPLOAD_MAX_BYTES = 1024
    made = world.customer("ann", x_contract=sent())
    before = hashing.content_hash()
    with pytest.raises(Invalid, match=said) as caught:
        records.change(CUSTOMERS, made.pk, {NAME: raw}, world.act("ann"))
    assert list(caught.value.by_field()) == [NAME]
    assert hashing.content_hash() == before
    assert stored(folder) == [digest()]


def test_what_was_read_may_be_sent_back(world: World) -> None:
    invent()
    one, other = world.customer("ann", name="One", x_contract=sent()), world.customer("ann", name="Other")
    theirs = world.customer("cyd", name="Theirs", x_contract=sent(b"theirs", "theirs.pdf"))
    env = records.environment(SYSTEM.actor)
    kind = CUSTOMERS.specs()[NAME].kind
    read = kind.to_json(CUSTOMERS.specs()[NAME].get(one), env)
    for pk, changed in ((one.pk, False), (other.pk, True)):
        draft = records.change(CUSTOMERS, pk, {NAME: read}, world.act("ann"))
        assert bool(draft.diff) == changed
        assert value_of(world, pk) == Held(digest(), "contract.pdf", 6)
    closed = kind.to_json(CUSTOMERS.specs()[NAME].get(theirs), env)
    for raw in (closed, {**read, "size": 7}, {**read, "name": "b.pdf"}):
        with pytest.raises(Invalid, match="Send a file"):
            records.change(CUSTOMERS, other.pk, {NAME: raw}, world.act("ann"))
    assert value_of(world, other.pk) == Held(digest(), "contract.pdf", 6)


def test_a_ticket_is_good_for_whoever_got_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    invent()
    held = keeping.keep(io.BytesIO(b"signed"), "contract.pdf")
    ticket = keeping.ticket(held, world.actor("ann"))
    made = world.customer("ben", owner=world.people["ann"])
    with pytest.raises(Invalid, match="Choose the file again"):
        records.change(CUSTOMERS, made.pk, {NAME: ticket}, world.act("ben"))
    with pytest.raises(Invalid, match="Choose the file again"):
        records.change(CUSTOMERS, made.pk, {NAME: ticket[:-1]}, world.act("ann"))
    records.change(CUSTOMERS, made.pk, {NAME: ticket}, world.act("ann"))
    assert value_of(world, made.pk) == held


def test_a_content_that_was_swept_is_asked_for_again(world: World, folder: Path) -> None:
    invent()
    ticket = keeping.ticket(keeping.keep(io.BytesIO(b"signed"), "contract.pdf"), world.actor("ann"))
    assert services.sweep() == 0
    grow_old(folder)
    keeping.keep(io.BytesIO(b"signed"), "again.pdf")
    assert services.sweep() == 0
    grow_old(folder)
    assert services.sweep() == 1
    assert (stored(folder), Content.objects.count()) == ([], 0)
    made = world.customer("ann")
    with pytest.raises(Invalid, match="not there any more"):
        records.change(CUSTOMERS, made.pk, {NAME: ticket}, world.act("ann"))
    assert (value_of(world, made.pk), Content.objects.count()) == (None, 0)


def test_required_is_asked_for(world: World) -> None:
    invent(required=True)
    with pytest.raises(Invalid, match="Fill in “Contract”"):
        world.customer("ann")
    made = world.customer("ann", x_contract=sent())
    with pytest.raises(Invalid, match="Fill in “Contract”"):
        records.change(CUSTOMERS, made.pk, {NAME: None}, world.act("ann"))
    assert value_of(world, made.pk).name == "contract.pdf"


@pytest.mark.parametrize(
    ("more", "said"),
    [({"unique": True}, "told apart"), ({"settings": {"default": sent()}}, "begins empty")],
)
def test_it_is_not_unique_and_begins_empty(world: World, more: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        invent(**more)
    assert not CustomField.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_undo_and_bin_bring_the_content_back_however_often_the_store_is_swept(folder: Path) -> None:
    world = build()
    invent()
    made = world.customer("ann", x_contract=sent())
    batch = new_batch()
    records.change(CUSTOMERS, made.pk, {NAME: sent(b"new", "new.pdf")}, world.act("ann", batch=batch))
    grow_old(folder)
    assert services.sweep() == 0
    records.undo(batch, world.act("ann"))
    assert value_of(world, made.pk) == Held(digest(), "contract.pdf", 6)
    held, content = keeping.open_field(CUSTOMERS, made.pk, NAME, world.actor("ann"))
    with content:
        assert (held.name, content.read()) == ("contract.pdf", b"signed")
    removal = records.remove_one(CUSTOMERS, made.pk, world.act("ann"))
    with pytest.raises(NotFound):
        keeping.open_field(CUSTOMERS, made.pk, NAME, world.actor("ann"))
    assert services.sweep() == 0
    records.restore(removal.pk, world.act("ann"))
    assert value_of(world, made.pk).name == "contract.pdf"
    assert stored(folder) == sorted([digest(), digest(b"new")])
    assert found_unsound() == []
    records.purge(CUSTOMERS, [made.pk], SYSTEM)
    assert stored(folder) == []
    assert not FieldFile.objects.exists()
    assert not Content.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_content_stays_for_the_others_that_hold_it(folder: Path) -> None:
    world = build()
    invent()
    one, two = (world.customer("ann", name=name, x_contract=sent()) for name in ("One", "Two"))
    services.attach(CUSTOMERS, two.pk, io.BytesIO(b"signed"), "attached.pdf", world.act("ann"))
    records.purge(CUSTOMERS, [one.pk], SYSTEM)
    assert stored(folder) == [digest()]
    services.remove(services.list_for(CUSTOMERS, two.pk, world.actor("ann"))[0].pk, world.act("ann"))
    assert stored(folder) == [digest()]
    assert found_unsound() == []


@pytest.mark.django_db(transaction=True)
def test_a_field_that_is_retired_keeps_its_files_and_one_that_ends_lets_them_go(folder: Path) -> None:
    world = build()
    row = invent()
    made = world.customer("ann", x_contract=sent())
    records.remove_one("custom_fields", row.pk, SYSTEM)
    stamps.refresh()
    grow_old(folder)
    assert services.sweep() == 0
    with pytest.raises(NotFound):
        keeping.open_field(CUSTOMERS, made.pk, NAME, world.actor("ada"))
    assert found_unsound() == []
    customize.bring_back(row.pk, SYSTEM)
    stamps.refresh()
    assert value_of(world, made.pk).name == "contract.pdf"
    records.remove_one("custom_fields", row.pk, SYSTEM)
    assert customize.remove_for_good(row.pk, SYSTEM) == 1
    stamps.refresh()
    assert (stored(folder), FieldFile.objects.count(), Content.objects.count()) == ([], 0, 0)
    assert SpentKey.objects.get(name=NAME).shape == "gone"
    with pytest.raises(Invalid, match="used before"):
        invent()
    assert found_unsound() == []


def test_a_breach_is_named(world: World) -> None:
    invent()
    gone, cut = (world.customer("ann", name=name, x_contract=sent(name.encode())) for name in ("Gone", "Cutt"))
    unknown = world.customer("ann", name="Unknown", x_contract=sent())
    store.path_of(digest(b"Gone")).unlink()
    store.path_of(digest(b"Cutt")).write_bytes(b"cut")
    FieldFile.objects.filter(record_id=unknown.pk).delete()
    assert found_unsound() == [
        f"customers {gone.pk}: the file of {NAME} has no content",
        f"customers {cut.pk}: the file of {NAME} has lost a part of its content",
        f"customers {unknown.pk}: the file of {NAME} is not known to the store",
    ]


def test_a_list_costs_no_query_more(world: World) -> None:
    invent()
    for number in range(3):
        world.customer("ann", name=f"Tide {number}", x_contract=sent(str(number).encode()))
    env = records.environment(world.actor("ann"))
    spec = access.specs(CUSTOMERS, env.actor)[NAME]
    with CaptureQueriesContext(
        connection,
    ) as caught:
        rows = records.query(CUSTOMERS, env.actor, env).page().items
        assert [spec.kind.to_json(spec.get(row), env)["size"] for row in rows] == [1, 1, 1]
    assert len(caught) <= 2
