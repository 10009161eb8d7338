"""Contents that fields hold: read into the store, promised to a form, remembered while they may be needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import access, records
from bosun.kernel.actor import Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid, NotFound
from bosun.platform.files import names, services, store
from bosun.platform.files.models import FieldFile

_SALT = "bosun.platform.files.keeping"


@dataclass(frozen=True)
class Held:
    """A file as a field holds it. `of` is the record on which it was found; None for one that is past or to come."""

    digest: str
    name: str
    size: int
    of: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Refused:
    """An upload that could not be kept, and why; stands where its ticket would."""

    message: str


def keep(file: IO[bytes], name: str) -> Held:
    """Read a file into the store, where it stays for a day unless a record comes to hold it; Invalid as for others."""
    arrived = store.receive(file)
    try:
        if not arrived.size:
            raise Invalid(_("This file is empty."))
        with transaction.atomic():
            services.hold(arrived.digest, arrived.size)
            arrived.settle()
    finally:
        arrived.discard()
    return Held(arrived.digest, names.safe_name(name), arrived.size)


def hold(held: Held) -> None:
    """Keep a content from being swept until the end of the transaction; Invalid where it is gone already."""
    with transaction.atomic():
        services.hold(held.digest, held.size)
        if not store.path_of(held.digest).exists():
            raise Invalid(_("This file is not there any more. Choose it again."))


def ticket(held: Held, actor: Actor) -> str:
    """What stands in a form for a file that has been read: nobody else can use it, nor can it be made up."""
    return signing.dumps([held.digest, held.name, held.size, actor.id], salt=_SALT)


def of_ticket(text: str, actor: Actor) -> Held:
    """The file of a ticket; Invalid for one that is old, made up, or another's."""
    try:
        digest, name, size, owner = signing.loads(text, salt=_SALT, max_age=services.LEFT_ALONE)
    except signing.BadSignature:
        owner = digest = None
    if digest is None or owner != actor.id:
        raise Invalid(_("Choose the file again."))
    return Held(digest, name, size)


def find(entity: Entity, pk: int, name: str, actor: Actor) -> Held:
    """The file in a field that is open to the actor, as is its record; NotFound for anything else."""
    record = records.get(entity, pk, actor)
    spec = access.specs(entity, actor).get(name)
    held = spec.get(record) if spec is not None else None
    if not isinstance(held, Held):
        raise NotFound()
    return held


def open_field(entity: Entity, pk: int, name: str, actor: Actor) -> tuple[Held, IO[bytes]]:
    """The same and its content, to be closed by the caller."""
    held = find(entity, pk, name, actor)
    try:
        return held, store.path_of(held.digest).open("rb")
    except FileNotFoundError:
        raise NotFound() from None


def remember(drafts: Sequence[Draft], env: Env) -> None:
    """Note which contents the fields of records have come to hold; a projection."""
    rows, contents = [], {}
    for draft in drafts:
        for name, (_before, value) in draft.diff.items():
            if isinstance(value, Held):
                contents[value.digest] = value.size
                row = FieldFile(entity=draft.entity.key, record_id=draft.id, field=name, content_id=value.digest)
                rows.append(row)
    for digest in sorted(contents):
        services.hold(digest, contents[digest])
    if rows:
        FieldFile.objects.bulk_create(rows, ignore_conflicts=True)
