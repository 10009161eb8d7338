"""Attached files: rights of their record, content kept once, names harmless, and nothing in them runs."""

import hashlib
import io
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from bosun.kernel import history, records, registry
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.platform.accounts.models import User
from bosun.platform.files import names, services, store
from bosun.platform.files.models import Attachment, Content
from bosun.platform.integrity import checks, hashing
from tests.kernel.world import SYSTEM, World, build

CUSTOMERS = registry.get("customers")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    """A store of its own for each test."""
    settings.BOSUN_FILES = tmp_path
    return tmp_path


def attach(world: World, who: str, pk: int, content: bytes = b"offer", name: str = "offer.pdf") -> Attachment:
    return services.attach(CUSTOMERS, pk, io.BytesIO(content), name, world.act(who))


def stored(folder: Path) -> list[str]:
    """The contents that lie in the store."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def client(world: World, who: str) -> Client:
    """A browser in which somebody is signed in."""
    browser = Client()
    browser.force_login(
        User.objects.get(person_id=world.people[who]), "allauth.account.auth_backends.AuthenticationBackend"
    )
    return browser


def test_a_file_is_kept_under_its_digest_once(world: World, folder: Path) -> None:
    one, two = world.customer("ann", name="One"), world.customer("ann", name="Two")
    first = attach(world, "ann", one.pk)
    second = attach(world, "ann", two.pk, name="copy.pdf")
    digest = hashlib.sha256(b"offer").hexdigest()
    assert first.content_id == second.content_id == digest
    assert stored(folder) == [digest]
    assert [row.name for row in services.list_for(CUSTOMERS, one.pk, world.actor("ann"))] == ["offer.pdf"]
    assert (first.type, first.by_id, first.content.size) == ("application/pdf", world.people["ann"], 5)
    row, content = services.open_file(second.pk, world.actor("ann"))
    with content:
        assert (row.name, content.read()) == ("copy.pdf", b"offer")
    services.remove(first.pk, world.act("ann"))
    assert stored(folder) == [digest]


@pytest.mark.django_db(transaction=True)
def test_a_content_goes_with_its_last_file(folder: Path) -> None:
    world = build()
    one, two = world.customer("ann", name="One"), world.customer("ann", name="Two")
    files = [attach(world, "ann", record.pk) for record in (one, two)]
    services.remove(files[0].pk, world.act("ann"))
    assert len(stored(folder)) == 1
    removal = records.remove_one("customers", two.pk, world.act("ann"))
    with pytest.raises(NotFound):
        services.find(files[1].pk, world.actor("ann"))
    assert len(stored(folder)) == 1
    records.restore(removal.pk, world.act("ann"))
    assert services.find(files[1].pk, world.actor("ann")).name == "offer.pdf"
    records.purge(CUSTOMERS, [two.pk], SYSTEM)
    assert stored(folder) == []
    assert not Attachment.objects.exists()
    assert not Content.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_content_that_is_attached_while_it_goes_stays_whole(folder: Path) -> None:
    world = build()
    pk = world.customer("ann").pk
    act = world.act("ann")

    def come_and_go(number: int) -> None:
        try:
            made = services.attach(CUSTOMERS, pk, io.BytesIO(b"same"), f"{number}.txt", act)
            if number % 4:
                services.remove(made.pk, act)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(come_and_go, range(24)))
    assert Attachment.objects.count() == 6
    assert stored(folder) == [hashlib.sha256(b"same").hexdigest()]
    assert [line for name, line in checks.breaches() if name == "files"] == []


def test_rights_are_those_of_the_record(world: World) -> None:
    pk = world.customer("ann").pk
    made = attach(world, "ann", pk)
    for who in ("cyd",):
        with pytest.raises(NotFound):
            services.find(made.pk, world.actor(who))
        with pytest.raises(NotFound):
            services.list_for(CUSTOMERS, pk, world.actor(who))
        with pytest.raises(NotFound):
            attach(world, who, pk)
        with pytest.raises(NotFound):
            services.remove(made.pk, world.act(who))
    assert services.find(made.pk, world.actor("ben")).pk == made.pk
    world.grant("manager", {"customers": {"read": "below"}})
    with pytest.raises(Denied):
        attach(world, "ben", pk)
    with pytest.raises(Denied):
        services.remove(made.pk, world.act("ben"))
    assert Attachment.objects.count() == 1


def test_coming_and_going_stands_in_the_history(world: World) -> None:
    pk = world.customer("ann").pk
    services.remove(attach(world, "ann", pk).pk, world.act("ann"))
    entries = history.of_record(CUSTOMERS, pk, records.environment(world.actor("ann")))
    assert [(entry.verb, entry.actor) for entry in entries[:2]] == [("detached", "Ann"), ("attached", "Ann")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("/etc/x", "x"), ("..\\..\\x.txt", "x.txt"), ("C:\\x.doc", "x.doc"),
        ("..", "file"), (".", "file"), ("", "file"), ("   ", "file"), ("a%00.png", "a%00.png"), ("a\0b.png", "ab.png"),
        (".htaccess", "htaccess"), ("CON", "_CON"), ("nul.txt", "_nul.txt"), ("-rf", "rf"),
        ("a\r\nb: c.txt", "ab_ c.txt"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"), ("／etc／x", "x"), ('a"b.pdf', "a_b.pdf"),
        ("报价单.pdf", "报价单.pdf"),
        ("\ud800x.txt", "x.txt"), ("x" * 300 + ".pdf", "x" * 176 + ".pdf"),
    ],
)  # fmt: skip
def test_hostile_names_become_harmless(given: str, kept: str) -> None:
    assert names.safe_name(given) == kept


@pytest.mark.parametrize(
    ("name", "content", "media"),
    [
        ("a.png", PNG, "image/png"), ("a.png", b"<html><script>", names.PLAIN), ("a.jpg", b"<?php", names.PLAIN),
        ("a.svg", b"<svg onload=x>", names.PLAIN), ("a.html", b"<html>", names.PLAIN), ("a.exe", b"MZ", names.PLAIN),
        ("a.webp", b"RIFF\0\0\0\0WAVE", names.PLAIN), ("a.webp", b"RIFF\0\0\0\0WEBP", "image/webp"),
        ("A.JPG", b"\xff\xd8\xff\xe1", "image/jpeg"), ("a", b"x", names.PLAIN), ("a.pdf", b"MZ", "application/pdf"),
    ],
)  # fmt: skip
def test_a_type_is_believed_where_it_can_do_no_harm(name: str, content: bytes, media: str) -> None:
    assert names.type_of(name, content) == media


def test_too_large_or_empty_is_refused_and_leaves_nothing(world: World, folder: Path, settings: Settings) -> None:
    pk = world.customer("ann").pk
    settings.BOSUN_UPLOAD_MAX_BYTES = 1024 * 1024
    with pytest.raises(Invalid, match="larger than 1 MB"):
        attach(world, "ann", pk, b"x" * (1024 * 1024 + 1))
    with pytest.raises(Invalid, match="empty"):
        attach(world, "ann", pk, b"")
    assert stored(folder) == []
    assert attach(world, "ann", pk, b"x" * (1024 * 1024)).content.size == 1024 * 1024


def test_a_record_holds_so_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pk = world.customer("ann").pk
    monkeypatch.setattr(services, "MOST", 1)
    attach(world, "ann", pk)
    with pytest.raises(Invalid, match="at most 1"):
        attach(world, "ann", pk)


def test_a_file_is_handed_out_apart_from_our_pages(world: World) -> None:
    pk = world.customer("ann").pk
    made = attach(world, "ann", pk, b"<script>alert(1)</script>", 'käse "x".html')
    answer = client(world, "ann").get(f"/files/{made.pk}?show")
    assert answer.getvalue() == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == names.PLAIN
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    text = attach(world, "ann", pk, b"plain", "a.txt")
    assert client(world, "ann").get(f"/files/{text.pk}?show")["Content-Type"] == names.PLAIN


def test_a_picture_is_shown_when_asked(world: World) -> None:
    made = attach(world, "ann", world.customer("ann").pk, PNG, "a.png")
    shown = client(world, "ann").get(f"/files/{made.pk}?show")
    assert (shown["Content-Type"], shown["Content-Disposition"][:6]) == ("image/png", "inline")
    assert "sandbox" in shown["Content-Security-Policy"]
    assert client(world, "ann").get(f"/files/{made.pk}")["Content-Disposition"][:10] == "attachment"


def test_strangers_get_what_they_would_get_for_nothing(world: World) -> None:
    made = attach(world, "ann", world.customer("ann").pk, b"CNRY-file")
    cyd = client(world, "cyd")
    foreign, absent = cyd.get(f"/files/{made.pk}"), cyd.get(f"/files/{made.pk + 1000}")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    # Each page bears its own token, and its own address.
    plain = [re.sub(rb"\w{64}|\d+", b"", answer.content) for answer in (foreign, absent)]
    assert plain[0] == plain[1]
    assert b"CNRY" not in foreign.content
    assert cyd.get("/files/99999999999999999999").status_code == 404
    assert client(world, "ann").post(f"/files/{made.pk}").status_code == 405
    nobody = Client().get(f"/files/{made.pk}")
    assert (nobody.status_code, nobody["Location"][:9]) == (302, "/account/")


def test_files_count_as_content(world: World) -> None:
    pk = world.customer("ann").pk
    before = hashing.content_hash()
    made = attach(world, "ann", pk)
    held = hashing.content_hash()
    assert held != before
    services.remove(made.pk, world.act("ann"))
    assert hashing.content_hash() == before
    attach(world, "ann", pk)
    assert hashing.content_hash() == held


def test_what_is_lost_is_named(world: World) -> None:
    pk = world.customer("ann").pk
    gone = attach(world, "ann", pk, b"gone", "gone.txt")
    cut = attach(world, "ann", pk, b"cut short", "cut.txt")
    store.path_of(gone.content_id).unlink()
    store.path_of(cut.content_id).write_bytes(b"cut")
    Attachment.objects.filter(pk=cut.pk).update(record_id=pk + 1000)
    named = [line for name, line in checks.breaches() if name == "files"]
    assert named == [
        f"file {gone.pk} (gone.txt) has no content",
        f"file {cut.pk} (cut.txt) has lost a part of its content",
        f"file {cut.pk} (cut.txt) lies on no record",
    ]
    with pytest.raises(NotFound):
        services.open_file(gone.pk, world.actor("ann"))
    attach(world, "ann", pk, b"gone", "again.txt")
    assert services.open_file(gone.pk, world.actor("ann"))[1].read() == b"gone"


def test_what_a_crash_left_behind_is_swept(world: World, folder: Path) -> None:
    made = attach(world, "ann", world.customer("ann").pk)
    arriving, orphan, fresh = (store.root() / name for name in (".arriving-x", "ab", "cd"))
    for path in (arriving, orphan, fresh):
        path.write_bytes(b"x")
    for path in (arriving, orphan, store.path_of(made.content_id)):
        os.utime(path, (0, 0))
    assert services.sweep() == 2
    assert stored(folder) == sorted(["cd", made.content_id])
