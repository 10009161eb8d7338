"""The wizard offers a new field for a column that fits nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from bosun.kernel import stamps
from bosun.platform.customize.models import CustomField
from bosun.platform.imports.models import Import
from bosun.platform.jobs import running
from bosun.platform.jobs.models import Job
from tests.kernel.world import World
from tests.platform.importing import found, table
from tests.web.conftest import Seat

TABLE = table("Name|Shelf", *(f"Halden {number}|{'Upper' if number % 2 else 'Lower'}" for number in range(9)))


def upload(seat: Seat) -> str:
    """The address of the second step."""
    answer = seat.client.post("/customers/import", {"entity": "customers", "file": SimpleUploadedFile("t.csv", TABLE)})
    return str(answer.headers["Location"])


def posted(seat: Seat, address: str, **values: Any) -> Any:
    """The columns sent: the name goes to the name, the shelf to a new field."""
    return seat.client.post(address, {"target_0": "name", "target_1": "+", **values})


def test_a_column_becomes_a_field_on_the_spot(world: World, sit: Callable[[str], Seat]) -> None:
    ada = sit("ada")
    address = upload(ada)
    assert 'value="+"' in ada.get(address)
    drawn = posted(ada, address, do="redraw").content.decode()
    assert 'name="new_label_1" value="Shelf"' in drawn
    assert '<option value="choice" selected>' in drawn
    gone = posted(ada, address, new_label_1="Place in the store", new_kind_1="choice")
    assert gone.status_code == 302, gone.content
    made = Import.objects.get()
    assert CustomField.objects.count() == 0
    assert "9" in ada.get(f"/imports/{made.pk}/check")
    ada.client.post(f"/imports/{made.pk}/check")
    running.here(Job.objects.get())
    stamps.refresh()
    row = CustomField.objects.get()
    assert (row.name, row.label, row.kind) == ("x_place_in_the_store", "Place in the store", "choice")
    assert {each.custom["x_place_in_the_store"] for each in found("customers", world.actor("ada"))} == {
        "upper",
        "lower",
    }


def test_who_may_not_invent_is_not_offered_it(world: World, sit: Callable[[str], Seat]) -> None:
    ann = sit("ann")
    address = upload(ann)
    assert 'value="+"' not in ann.get(address)
    assert posted(ann, address, new_label_1="Shelf", new_kind_1="text").status_code == 422
    assert CustomField.objects.count() == 0
