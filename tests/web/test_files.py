"""Files on a record and in the composer: kept, listed, handed out, taken away; closed to others."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bosun.kernel import records
from tests.kernel.world import World
from tests.web.conftest import Seat


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> None:
    settings.BOSUN_FILES = tmp_path


def drawing(name: str = "layout.pdf", content: bytes = b"%PDF-1.4 CNRY") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def content_of(seat: Seat, address: str) -> bytes:
    answer = seat.client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_files_are_kept_with_a_record(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden")
    seat = sit("ann")
    seat.post(f"/customers/{made.pk}/files", files=[drawing(), drawing("../../x<.png", b"no picture")])
    page = seat.get(f"/customers/{made.pk}")
    assert "layout.pdf" in page
    assert "File added" in page
    address = re.findall(r'href="(/files/\d+)">layout', page)[0]
    assert content_of(seat, address) == b"%PDF-1.4 CNRY"
    assert sit("cyd").client.get(address).status_code == 404
    assert sit("cyd").client.post(f"/customers/{made.pk}/files", {"files": drawing()}).status_code == 404
    remove = re.findall(rf'data-post="(/customers/{made.pk}/files/\d+/remove)"', page)[0]
    assert sit("cyd").client.post(remove).status_code == 404
    seat.send(remove, 204)
    assert seat.get(f"/customers/{made.pk}").count(f'data-post="/customers/{made.pk}/files/') == 1


def test_an_empty_file_is_refused_and_the_others_stay(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden")
    seat = sit("ann")
    seat.post(f"/customers/{made.pk}/files", files=[drawing("empty.pdf", b""), drawing()])
    page = seat.get(f"/customers/{made.pk}")
    assert "empty.pdf: This file is empty." in page
    assert "layout.pdf" in page


def test_a_file_goes_with_what_was_said(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden")
    seat = sit("ann")
    seat.send(f"/customers/{made.pk}/composer", 204, kind="call", text="She sent it", files=[drawing()])
    page = seat.get(f"/customers/{made.pk}")
    chip = re.findall(r'<a class="chip" href="(/files/\d+)">.*?layout\.pdf', page)
    assert len(chip) == 1
    assert content_of(seat, chip[0]) == b"%PDF-1.4 CNRY"


def test_nothing_is_recorded_when_its_file_is_refused(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden")
    seat = sit("ann")
    files = [drawing("empty.pdf", b"")]
    answer = seat.send(f"/customers/{made.pk}/composer", 422, kind="call", text="She sent it", files=files)
    assert "This file is empty." in answer.content.decode()
    assert "She sent it" in answer.content.decode()
    assert records.query("follow_ups", world.actor("ann")).count()[0] == 0
