"""Attaching, listing, opening and removing files; who may do what to a record may do so to its files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import access, history, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.lib import clock
from bosun.platform.files import names, store
from bosun.platform.files.models import Attachment, Content, FieldFile

LEFT_ALONE = timedelta(days=1)
MOST = 500
"""Files on one record."""


def attach(entity: Entity, pk: int, file: IO[bytes], name: str, act: Act) -> Attachment:
    """Keep a file with a record that the actor may change."""
    _require(entity, pk, act.actor)
    if Attachment.objects.filter(entity=entity.key, record_id=pk).count() >= MOST:
        raise Invalid(_("A record holds at most %(max)s files.") % {"max": MOST})
    arrived = store.receive(file)
    try:
        if not arrived.size:
            raise Invalid(_("This file is empty."))
        with transaction.atomic():
            held = hold(arrived.digest, arrived.size)
            # The content lies in its place before a row says so: a row without content would be worse than the reverse.
            arrived.settle()
            safe = names.safe_name(name)
            made = Attachment(
                entity=entity.key, record_id=pk, content=held, name=safe, type=names.type_of(safe, arrived.start),
                by_id=act.actor.id, by_name=act.actor.name[:200],
            )  # fmt: skip
            Attachment.objects.bulk_create([made])
            history.note(entity, "attached", act, {"file": [None, safe]}, pk)
    finally:
        arrived.discard()
    return made


def list_for(entity: Entity, pk: int, actor: Actor) -> list[Attachment]:
    """The files of a record, the newest first; NotFound when the record is not open to the actor."""
    if not access.may_row(entity, actor, "read", pk):
        raise NotFound()
    rows = Attachment.objects.filter(entity=entity.key, record_id=pk)
    return list(rows.select_related("content").order_by("-pk")[:MOST])


def find(pk: int, actor: Actor) -> Attachment:
    """A file whose record is open to the actor; NotFound otherwise."""
    row = Attachment.objects.select_related("content").filter(pk=pk).first() if 0 < pk < 2**63 else None
    entity = registry.find(row.entity) if row else None
    if row is None or entity is None or not access.may_row(entity, actor, "read", row.record_id):
        raise NotFound()
    return row


def open_file(pk: int, actor: Actor) -> tuple[Attachment, IO[bytes]]:
    """A file and its content, to be closed by the caller."""
    row = find(pk, actor)
    try:
        return row, store.path_of(row.content_id).open("rb")
    except FileNotFoundError:
        raise NotFound() from None


def remove(pk: int, act: Act) -> None:
    """Take a file from its record for good."""
    row = find(pk, act.actor)
    entity = registry.get(row.entity)
    _require(entity, row.record_id, act.actor)
    with transaction.atomic():
        Attachment.objects.filter(pk=row.pk).delete()
        history.note(entity, "detached", act, {"file": [row.name, None]}, row.record_id)
        transaction.on_commit(partial(_discard, [row.content_id]))


def forget(key: str, pks: Sequence[int]) -> None:
    """Drop the files of records that end for good, those in their fields included; a purger."""
    attached = Attachment.objects.filter(entity=key, record_id__in=pks).values_list("content_id", flat=True)
    held = FieldFile.objects.filter(entity=key, record_id__in=pks).values_list("content_id", flat=True)
    digests = {*attached, *held}
    if digests:
        Attachment.objects.filter(entity=key, record_id__in=pks).delete()
        FieldFile.objects.filter(entity=key, record_id__in=pks).delete()
        transaction.on_commit(partial(_discard, sorted(digests)))


def forget_field(key: str, name: str) -> None:
    """Drop the files of a field that ends for good."""
    digests = set(FieldFile.objects.filter(entity=key, field=name).values_list("content_id", flat=True))
    if digests:
        FieldFile.objects.filter(entity=key, field=name).delete()
        transaction.on_commit(partial(_discard, sorted(digests)))


def sweep() -> int:
    """Clear away what nothing refers to: uploads that never arrived, or whose form was never saved."""
    cleared = 0
    for path in store.leftovers((clock.now() - LEFT_ALONE).timestamp()):
        if not store.is_digest(path.name):
            path.unlink(missing_ok=True)
            cleared += 1
        elif not is_used(path.name):
            cleared += _discard([path.name])
    return cleared


def is_used(digest: str) -> bool:
    """True for a content that lies on a record, or that a field of one holds or has held."""
    return any(model.objects.filter(content_id=digest).exists() for model in (Attachment, FieldFile))


def _require(entity: Entity, pk: int, actor: Actor) -> None:
    if not access.may_row(entity, actor, "change", pk):
        raise Denied() if access.may_row(entity, actor, "read", pk) else NotFound()


def hold(digest: str, size: int) -> Content:
    """The row of a content, locked until the end of the transaction."""
    Content.objects.bulk_create([Content(digest=digest, size=size)], ignore_conflicts=True)
    found: Any = Content.objects.select_for_update().get(digest=digest)
    return found  # type: ignore[no-any-return]


def _discard(digests: Sequence[str]) -> int:
    """Clear contents away that nothing refers to any more; answers how many."""
    cleared = 0
    for digest in digests:
        with transaction.atomic():
            # The row is made where there is none: whoever writes one at this moment is waited for.
            hold(digest, 0)
            if not is_used(digest):
                Content.objects.filter(digest=digest).delete()
                store.drop(digest)
                cleared += 1
    return cleared
