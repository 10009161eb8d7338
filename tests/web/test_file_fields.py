"""A file in a field: chosen in forms and in place, kept through refusals, handed out where it is open."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bosun.kernel import drafts, history, records, registry, stamps
from bosun.kernel.drafts import Draft
from bosun.kernel.errors import Objection
from bosun.platform.customize.models import CustomField
from bosun.platform.files import keeping, services
from tests.kernel.world import SYSTEM, World
from tests.web.conftest import Seat

Sit = Callable[[str], Seat]
CUSTOMERS = registry.get("customers")
NAME = "x_contract"
FULL = {"name": "Halden", "kind": "company"}
TICKET = re.compile(rf'<input type="hidden" name="{NAME}" value="([^"]+)">')


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path, world: World) -> Path:
    """A store of its own, and a field for a contract on customers."""
    settings.BOSUN_FILES = tmp_path
    said = {"entity": "customers", "name": NAME, "label": "Contract", "kind": "file"}
    records.create("custom_fields", said, SYSTEM)
    stamps.refresh()
    return tmp_path


def pdf(content: bytes = b"signed", name: str = "contract.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def held(world: World, pk: int) -> tuple[str, bytes] | None:
    """Name and content of what a customer's field holds."""
    value = CUSTOMERS.specs()[NAME].get(CUSTOMERS.model._default_manager.get(pk=pk))
    if value is None:
        return None
    found, content = keeping.open_field(CUSTOMERS, pk, NAME, world.actor("ada"))
    with content:
        return found.name, content.read()


def only(world: World) -> Any:
    return records.query("customers", world.actor("ada")).page().items[0]


def with_contract(world: World, **more: Any) -> Any:
    """A customer of Ann's with a contract."""
    made = keeping.keep(pdf(), "contract.pdf")
    return world.customer("ann", name="Halden", **{NAME: made}, **more)


def hide(world: World) -> None:
    """From reps."""
    rights = {"customers": {NAME: "none", "credit_limit": "none"}}
    records.change("roles", world.roles["rep"], {"field_rights": rights}, SYSTEM)
    stamps.refresh()


def test_a_file_is_chosen_in_a_form_and_shown_everywhere(world: World, sit: Sit) -> None:
    seat = sit("ann")
    page = seat.get("/customers/new")
    assert f'data-field="{NAME}"' in page
    assert re.search(rf'<input type="file" id="id_{NAME}" name="{NAME}"', page)
    seat.post("/customers/new", **FULL, **{NAME: pdf(name="../käse.pdf")})
    made = only(world)
    assert held(world, made.pk) == ("käse.pdf", b"signed")
    address = f"/files/customers/{made.pk}/{NAME}"
    chip = rf'<a class="chip" href="{address}">.{{0,200}}käse\.pdf</span></a>'
    for shown in (seat.get("/customers", columns=f"grade,{NAME}"), seat.get(f"/customers/{made.pk}")):
        assert re.search(chip, shown, re.S)
    assert re.search(chip, seat.get(f"/customers/{made.pk}/edit"), re.S)
    assert re.search(chip, seat.get(f"/customers/{made.pk}/cell", field=NAME), re.S)
    exported = seat.client.post("/customers/export", {"how": "csv", "which": "all"})
    assert "käse.pdf" in b"".join(exported.streaming_content).decode()  # type: ignore[attr-defined]


def test_what_is_left_alone_stays_and_remove_takes_it_away(world: World, sit: Sit) -> None:
    made, seat = with_contract(world), sit("ann")
    seat.post(f"/customers/{made.pk}/edit", **FULL, address="Quay 4", version=made.version, **{NAME: ""})
    assert (held(world, made.pk), only(world).address) == (("contract.pdf", b"signed"), "Quay 4")
    seat.post(f"/customers/{made.pk}/edit", **FULL, **{NAME: pdf(b"new", "new.pdf"), f"{NAME}_clear": "1"})
    assert held(world, made.pk) == ("new.pdf", b"new")
    seat.post(f"/customers/{made.pk}/edit", **FULL, **{f"{NAME}_clear": "1"})
    assert held(world, made.pk) is None


def test_a_form_that_comes_back_holds_what_was_chosen(world: World, sit: Sit) -> None:
    seat = sit("ann")
    answer = seat.post("/customers/new", 422, **{**FULL, "staff": "many"}, **{NAME: pdf()}).content.decode()
    (ticket,) = TICKET.findall(answer)
    assert "contract.pdf" in answer
    assert "/files/customers" not in answer
    again = seat.post("/customers/new", 422, **{**FULL, "staff": "more"}, **{NAME: [ticket, ""]}).content.decode()
    assert TICKET.findall(again) == [ticket]
    seat.post("/customers/new", **{**FULL, "staff": "4"}, **{NAME: [ticket, ""]})
    assert held(world, only(world).pk) == ("contract.pdf", b"signed")
    answer = seat.post(
        f"/customers/{only(world).pk}/edit", 422, **{**FULL, "staff": "many"}, **{f"{NAME}_clear": "1"}
    ).content.decode()
    assert f'name="{NAME}_clear" value="1" checked' in answer


def test_a_ticket_can_be_thrown_away_and_is_of_no_use_to_others(world: World, sit: Sit) -> None:
    answer = sit("ann").post("/customers/new", 422, **{**FULL, "staff": "many"}, **{NAME: pdf()}).content.decode()
    (ticket,) = TICKET.findall(answer)
    said = sit("cyd").post("/customers/new", 422, **FULL, **{NAME: ticket}).content.decode()
    assert "Choose the file again." in said
    assert records.query("customers", world.actor("ada")).page().items == []
    sit("ann").post("/customers/new", **FULL, **{NAME: ticket, f"{NAME}_clear": "1"})
    assert held(world, only(world).pk) is None


@pytest.mark.parametrize(("content", "said"), [(b"", "This file is empty."), (b"x" * 9, "larger than 0 MB")])
def test_an_upload_that_cannot_be_kept_is_told_of_beside_its_field(
    world: World, sit: Sit, settings: Any, store: Path, content: bytes, said: str
) -> None:
    made = with_contract(world)
    settings.BOSUN_UPLOAD_MAX_BYTES = 8
    for address in (f"/customers/{made.pk}/edit", f"/customers/{made.pk}/cell?field={NAME}"):
        answer = sit("ann").send(address, 422, **FULL, address="Quay 4", **{NAME: pdf(content)}).content.decode()
        assert re.search(rf'data-field="{NAME}".*?class="err"[^>]*>.*?{said}', answer, re.S)
        assert f"/files/customers/{made.pk}/{NAME}" in answer
    assert (held(world, made.pk), only(world).address) == (("contract.pdf", b"signed"), None)
    assert len([path for path in store.rglob("*") if path.is_file()]) == 1


def test_a_file_is_changed_in_place(world: World, sit: Sit) -> None:
    made, seat = with_contract(world), sit("ann")
    address = f"/customers/{made.pk}/cell?field={NAME}"
    fact = seat.send(address, version=made.version, **{NAME: pdf(b"new", "new.pdf")}).content.decode()
    assert f'<dd data-name="{NAME}"' in fact
    assert "new.pdf" in fact
    assert held(world, made.pk) == ("new.pdf", b"new")
    seat.send(address, version=only(world).version, **{NAME: ""})
    assert held(world, made.pk) == ("new.pdf", b"new")
    row = seat.send(f"{address}&columns={NAME}", version=only(world).version, **{f"{NAME}_clear": "1"})
    assert f'<tr id="row-{made.pk}"' in row.content.decode()
    assert held(world, made.pk) is None
    env = records.environment(world.actor("ann"))
    said = [
        (line.spec.kind.text(line.before, env), line.spec.kind.text(line.after, env))
        for entry in history.of_record(CUSTOMERS, made.pk, env)[:2]
        for line in entry.lines
    ]
    assert said == [("new.pdf", ""), ("contract.pdf", "new.pdf")]
    page = seat.get(f"/customers/{made.pk}/history")
    assert "new.pdf" in page
    assert hashlib.sha256(b"new").hexdigest() not in page


def test_two_who_choose_a_file_see_both_names(world: World, sit: Sit) -> None:
    made, seat = with_contract(world), sit("ann")
    address = f"/customers/{made.pk}/cell?field={NAME}"
    theirs = keeping.keep(pdf(b"theirs"), "theirs.pdf")
    records.change(CUSTOMERS, made.pk, {NAME: theirs}, world.act("ben"), seen=made.version)
    dialog = seat.send(address, 409, version=made.version, **{NAME: pdf(b"mine", "mine.pdf")}).content.decode()
    assert "mine.pdf" in dialog
    assert "theirs.pdf" in dialog
    (ticket,) = TICKET.findall(dialog)
    (version,) = re.findall(r'name="version" value="(\d+)"', dialog)
    assert held(world, made.pk) == ("theirs.pdf", b"theirs")
    seat.send(address, 204, version=version, **{NAME: ticket, f"keep_{NAME}": "mine"})
    assert held(world, made.pk) == ("mine.pdf", b"mine")
    page = seat.post(
        f"/customers/{made.pk}/edit", 409, **FULL, version=made.version, **{NAME: pdf(b"third", "third.pdf")}
    ).content.decode()
    assert TICKET.findall(page)
    assert held(world, made.pk) == ("mine.pdf", b"mine")


def test_a_question_does_not_lose_the_file(world: World, sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    made, seat = with_contract(world), sit("ann")

    def ask(found: list[Draft], *_more: Any) -> None:
        for draft in found:
            draft.object(Objection("sure", "Are you sure?", confirm="sure"))

    monkeypatch.setitem(drafts.guards, "customers.changed", [ask])
    address = f"/customers/{made.pk}/cell?field={NAME}"
    dialog = seat.send(address, 409, version=made.version, **{NAME: pdf(b"new", "new.pdf")}).content.decode()
    (ticket,) = TICKET.findall(dialog)
    assert held(world, made.pk) == ("contract.pdf", b"signed")
    seat.send(address, 204, version=made.version, confirm="sure", **{NAME: ticket})
    assert held(world, made.pk) == ("new.pdf", b"new")


def test_it_is_handed_out_to_whoever_reads_record_and_field(world: World, sit: Sit) -> None:
    made = with_contract(world)
    address = f"/files/customers/{made.pk}/{NAME}"
    answer = sit("ann").client.get(address)
    assert b"".join(answer.streaming_content) == b"signed"  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="contract.pdf"'
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert sit("ben").client.get(address).status_code == 200
    absent = (f"/files/customers/987654321/{NAME}", f"/files/nothing/{made.pk}/{NAME}", f"/files/customers/{2**63}/a")
    for closed in (address, *absent, f"/files/customers/{made.pk}/name", f"/files/customers/{made.pk}/x_none"):
        assert sit("cyd").client.get(closed).status_code == 404, closed
    for wrong in absent[:2]:
        assert sit("ann").client.get(wrong).status_code == 404
    assert Client().get(address).status_code == 302
    assert sit("ann").client.post(address).status_code == 405
    picture = b"<script>alert(1)</script>"
    sit("ann").send(f"/customers/{made.pk}/cell?field={NAME}", **{NAME: pdf(picture, "a.html")})
    answer = sit("ann").client.get(f"{address}?show")
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/octet-stream", 'attachment; filename="a.html"',
    )  # fmt: skip
    records.remove_one(CUSTOMERS, made.pk, world.act("ann"))
    assert sit("ann").client.get(address).status_code == 404


def test_a_role_from_which_it_is_hidden_finds_nothing_of_it(world: World, sit: Sit) -> None:
    made = with_contract(world)
    hide(world)
    seat = sit("ann")
    assert seat.client.get(f"/files/customers/{made.pk}/{NAME}").status_code == 404
    for part in ("", f"/{made.pk}", f"/{made.pk}/edit", f"/{made.pk}/history", "/new", "/filter", "/columns"):
        page = seat.get(f"/customers{part}")
        assert NAME not in page, part
        assert "contract.pdf" not in page, part
    seat.get(f"/customers/{made.pk}/cell", 404, field=NAME)
    seat.send(f"/customers/{made.pk}/cell?field={NAME}", 404, **{NAME: pdf(b"new")})
    seat.post(f"/customers/{made.pk}/edit", **FULL, **{NAME: pdf(b"new"), f"{NAME}_clear": "1"})
    assert held(world, made.pk) == ("contract.pdf", b"signed")
    assert sit("ben").client.get(f"/files/customers/{made.pk}/{NAME}").status_code == 200


def test_it_is_neither_set_on_many_nor_imported(world: World, sit: Sit) -> None:
    made, seat = with_contract(world), sit("ben")
    dialog = seat.get(f"/customers/bulk/edit?ids={made.pk}")
    assert "field=grade" in dialog
    assert NAME not in dialog
    seat.send(f"/customers/bulk/edit?ids={made.pk}&field={NAME}", 404, **{f"{NAME}_clear": "1"})
    assert held(world, made.pk) == ("contract.pdf", b"signed")
    ada = sit("ada")
    csv = SimpleUploadedFile("customers.csv", b"Company,Contract\nQuay,contract.pdf\n")
    where = ada.post("/customers/import", 302, file=csv).headers["Location"]
    wizard = ada.get(where.partition("?")[0] if where.endswith("columns") else f"{where.rstrip('/')}/columns")
    assert 'value="grade"' in wizard
    assert f'value="{NAME}"' not in wizard


def test_a_copy_begins_without_the_file(world: World, sit: Sit) -> None:
    made = with_contract(world, address="Quay 4")
    page = sit("ann").get("/customers/new", like=str(made.pk))
    assert "Quay 4" in page
    assert "contract.pdf" not in page


def test_settings_offer_the_kind(world: World, sit: Sit) -> None:
    ada = sit("ada")
    assert re.search(r'<option value="file"[^>]*>\s*File\s*</option>', ada.get("/settings/fields/customers/new"))
    ada.send("/settings/fields/customers/new", 204, label="Licence", kind="file", required="on")
    made = CustomField.objects.latest("pk")
    assert (made.kind, made.name, made.required) == ("file", "x_licence", True)
    stamps.refresh()
    answer = sit("ann").post("/customers/new", 422, **FULL).content.decode()
    assert "Fill in “Licence”." in answer
    sit("ann").post("/customers/new", **FULL, x_licence=pdf())
    assert only(world).custom["x_licence"]["name"] == "contract.pdf"
    page = ada.get("/settings/fields/customers")
    assert "Licence" in page
    assert services.sweep() == 0
