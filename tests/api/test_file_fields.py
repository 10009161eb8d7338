"""Files in fields over the API: sent with their content, answered with an address, refused beside the field."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bosun.kernel import records, registry, stamps
from bosun.platform.files import keeping
from bosun.platform.files.models import FieldFile
from bosun.platform.integrity import hashing
from tests.api.conftest import Api
from tests.kernel.world import SYSTEM, World

CUSTOMERS = registry.get("customers")
NAME = "x_contract"


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path, world: World) -> Path:
    """A store of its own, and a field for a contract on customers."""
    settings.BOSUN_FILES = tmp_path
    said = {"entity": "customers", "name": NAME, "label": "Contract", "kind": "file"}
    records.create("custom_fields", said, SYSTEM)
    stamps.refresh()
    return tmp_path


def sent(content: bytes = b"signed", name: str = "contract.pdf") -> dict[str, str]:
    return {"name": name, "content": base64.b64encode(content).decode()}


def test_a_file_is_written_read_and_taken_away(world: World, api: Callable[..., Api]) -> None:
    ann = api("ann")
    made = ann.send("POST", "customers", {"name": "Halden", NAME: sent()}, 201)
    url = f"/api/v1/customers/{made['id']}/files/{NAME}"
    told = {"name": "contract.pdf", "size": 6, "url": url}
    assert made[NAME] == told
    (item,) = ann.get(f"customers?fields={NAME}")["items"]
    assert item == {"id": made["id"], "version": 1, NAME: told}
    answer = ann("GET", url.removeprefix("/api/v1/"))
    assert b"".join(answer.streaming_content) == b"signed"  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="contract.pdf"'
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    same = ann.send("PATCH", f"customers/{made['id']}", {NAME: told})
    assert (same["version"], same[NAME]) == (1, told)
    changed = ann.send("PATCH", f"customers/{made['id']}", {NAME: sent(b"new one", "new.pdf")})
    assert changed[NAME] == {**told, "name": "new.pdf", "size": 7}
    gone = ann.send("PATCH", f"customers/{made['id']}", {NAME: None})
    assert (gone["version"], gone[NAME]) == (3, None)
    assert ann("GET", url.removeprefix("/api/v1/")).status_code == 404
    past = [entry["changes"][0] for entry in ann.get(f"customers/{made['id']}/history")["items"][:2]]
    names = [(each["before"]["name"], (each["after"] or {}).get("name")) for each in past]
    assert names == [("new.pdf", None), ("contract.pdf", "new.pdf")]
    assert [each["before"]["url"] for each in past] == [None, None]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"name": "a.pdf", "content": "not base64"}, "This is not base64."),
        ({"name": "a.pdf", "content": ""}, "This file is empty."),
        (sent(b"x" * 1025), "This file is larger than 0 MB."),
        ({"name": "a.pdf"}, "Send a file as its “name” and its “content” in base64, or null."),
        ({"name": None, "content": "QQ=="}, "Send a file as its “name” and its “content” in base64, or null."),
        (["QQ=="], "Send a file as its “name” and its “content” in base64, or null."),
        (True, "Send a file as its “name” and its “content” in base64, or null."),
        ("QQ==", "Choose the file again."),
    ],
)
def test_what_is_no_file_is_refused_beside_its_field(
    world: World, api: Callable[..., Api], settings: Any, store: Path, value: Any, said: str
) -> None:
    settings.BOSUN_UPLOAD_MAX_BYTES = 1024
    ann = api("ann")
    pk = world.customer("ann", name="Halden", x_contract=sent()).pk
    before = hashing.content_hash()
    raw = {"name": "Quay", NAME: value}
    many = {"ids": [pk], "set": {NAME: value}}
    for method, address, body in (
        ("POST", "customers", raw), ("PATCH", f"customers/{pk}", raw), ("POST", "customers/bulk", many),
    ):  # fmt: skip
        problem = ann.send(method, address, body, 422)
        assert problem["errors"] == [{"field": NAME, "message": said}]
    assert hashing.content_hash() == before
    assert len([path for path in store.rglob("*") if path.is_file()]) == 1


def test_many_get_one_file_that_is_read_once(
    world: World, api: Callable[..., Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [world.customer("ann", name=f"Tide {number}").pk for number in range(3)]
    closed = world.customer("cyd", name="Theirs").pk
    read: list[str] = []
    keep = keeping.keep

    def counted(file: Any, name: str) -> Any:
        read.append(name)
        return keep(file, name)

    monkeypatch.setattr(keeping, "keep", counted)
    done = api("ann").send("POST", "customers/bulk", {"ids": [*ids, closed], "set": {NAME: sent()}})
    assert (done["changed"], done["failed_count"], read) == (3, 1, ["contract.pdf"])
    rows = CUSTOMERS.model._default_manager.order_by("pk").values_list("custom", flat=True)
    assert [(custom or {}).get(NAME, {}).get("name") for custom in rows] == ["contract.pdf"] * 3 + [None]
    assert FieldFile.objects.count() == 3


def test_a_body_that_is_too_large_is_refused(world: World, api: Callable[..., Api], settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert api("ann")("POST", "customers", {"name": "Halden", NAME: sent(b"x" * 1000)}).status_code == 413
    assert CUSTOMERS.model._default_manager.count() == 0


def test_it_is_closed_to_strangers_and_where_the_field_is_hidden(world: World, api: Callable[..., Api]) -> None:
    pk = world.customer("ann", name="Halden", x_contract=sent()).pk
    nowhere = api("cyd")("GET", f"customers/987654321/files/{NAME}")
    closed = api("cyd")("GET", f"customers/{pk}/files/{NAME}")
    assert (closed.status_code, closed.content) == (nowhere.status_code, nowhere.content) == (404, nowhere.content)
    assert api("ben")("GET", f"customers/{pk}/files/{NAME}").status_code == 200
    assert Api("", api("ann").client)("GET", f"customers/{pk}/files/{NAME}").status_code == 401
    for wrong in ("name", "x_none", "id"):
        assert api("ann")("GET", f"customers/{pk}/files/{wrong}").status_code == 404
    rights = {"customers": {NAME: "none"}}
    records.change("roles", world.roles["rep"], {"field_rights": rights}, SYSTEM)
    stamps.refresh()
    ann = api("ann")
    assert ann("GET", f"customers/{pk}/files/{NAME}").status_code == 404
    for address in ("customers", f"customers/{pk}", f"customers/{pk}/history", "schema", "openapi.json"):
        text = ann("GET", address).content.decode()
        assert NAME not in text, address
        assert "contract.pdf" not in text, address
    ann.send("PATCH", f"customers/{pk}", {NAME: None}, 422)
    row: Any = CUSTOMERS.model._default_manager.get(pk=pk)
    assert row.custom[NAME]["name"] == "contract.pdf"


def test_the_documents_tell_of_it(world: World, api: Callable[..., Api]) -> None:
    document = api("ann").get("openapi.json")
    path = f"/customers/{{id}}/files/{NAME}"
    assert document["paths"][path]["get"]["operationId"] == f"{NAME}Customers"
    shape = document["components"]["schemas"]["CustomersInput"]["properties"][NAME]
    assert set(shape["properties"]) == {"name", "content", "size", "url"}
    fields = {each["name"]: each for part in api("ann").get("schema")["entities"] for each in part["fields"]}
    assert (fields[NAME]["kind"], fields[NAME]["operators"]) == ("file", ["contains", "empty", "filled"])
    assert (fields[NAME]["sortable"], fields[NAME]["groupable"]) == (False, False)
