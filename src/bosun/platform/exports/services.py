"""Exports for pages and commands: small ones at once, large ones in the background as a file of one's own."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from typing import IO, Any
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from bosun.kernel import records, registry
from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.kernel.errors import NotFound
from bosun.lib import clock
from bosun.platform.exports import tables
from bosun.platform.exports.models import Export
from bosun.platform.exports.tables import Wish
from bosun.platform.jobs import queue
from bosun.platform.jobs.models import Job

JOB = "exports.run"
AT_ONCE = 5000
KEEP = timedelta(days=7)


def is_large(entity: Entity | str, actor: Actor, wish: Wish) -> bool:
    """Whether an export takes so long that it is made in the background."""
    query = tables.query_of(records.entity_of(entity), actor, wish)
    count, exact = query.count(AT_ONCE)
    return not exact or count > AT_ONCE


def write(entity: Entity | str, actor: Actor, wish: Wish, out: IO[bytes]) -> int:
    """Write a table at once, and note it in the history; answers how many rows it has."""
    found = records.entity_of(entity)
    count = tables.write(found, actor, wish, out)
    tables.note(found, actor, wish, count)
    return count


def file_of(entity: Entity | str, actor: Actor, wish: Wish) -> tuple[str, IO[bytes]]:
    """Name and content of a small export; the caller closes the file."""
    out = tempfile.SpooledTemporaryFile(max_size=2**20)  # noqa: SIM115 - handed to the caller, who sends it
    write(entity, actor, wish, out)
    out.seek(0)
    return name_of(records.entity_of(entity), wish), out


def name_of(entity: Entity, wish: Wish) -> str:
    """What the file is called."""
    return f"{entity.key}-{clock.now():%Y-%m-%d}.{wish.how}"


def start(entity: Entity | str, actor: Actor, wish: Wish) -> Export:
    """Make a large export in the background; Denied and Invalid are told at once."""
    found = records.entity_of(entity)
    tables.query_of(found, actor, wish)
    tables.specs_of(found, actor, wish.columns)
    with transaction.atomic():
        made: Export = Export.objects.create(
            person_id=actor.id, entity=found.key, wish=wish.as_json(), file_name=name_of(found, wish)
        )
        made.job_id = queue.enqueue(JOB, {"export": made.pk}, owner=actor.id).pk
        made.save(update_fields=["job_id"])
    return made


def latest(actor: Actor, limit: int = 20) -> list[tuple[Export, Job | None]]:
    """The actor's exports with their jobs, the latest first."""
    rows = list(Export.objects.filter(person_id=actor.id).order_by("-id")[:limit]) if actor.id else []
    jobs: dict[Any, Job] = Job.objects.in_bulk([row.job_id for row in rows if row.job_id])
    return [(row, jobs.get(row.job_id)) for row in rows]


def get(pk: int, actor: Actor) -> Export:
    """An export of the actor's own; nobody else's, whatever the rights."""
    made: Export | None = Export.objects.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if made is None or actor.id is None or made.person_id != actor.id:
        raise NotFound()
    return made


def open_file(made: Export, actor: Actor) -> IO[bytes]:
    """The finished file; NotFound before it is made and after it was cleared away."""
    own = get(made.pk, actor)
    if not own.stored or not default_storage.exists(own.stored):
        raise NotFound()
    found: IO[bytes] = default_storage.open(own.stored)
    return found


def make(made: Export, actor: Actor, tell: Any) -> int:
    """Write the file of an export; done again it takes the place of the first."""
    entity = registry.get(made.entity)
    wish = Wish(**made.wish)
    with tempfile.TemporaryFile() as out:
        count = tables.write(entity, actor, wish, out, tell)
        out.seek(0)
        stored = default_storage.save(f"exports/{uuid4().hex}.{wish.how}", File(out))
    with transaction.atomic():
        old = Export.objects.select_for_update().get(pk=made.pk).stored
        Export.objects.filter(pk=made.pk).update(stored=stored, rows=count)
        if not old:
            tables.note(entity, actor, wish, count)
    if old:
        default_storage.delete(old)
    return count


def purge_old() -> int:
    """Clear away files that are older than a week."""
    old = list(Export.objects.filter(created_at__lt=clock.now() - KEEP))
    for made in old:
        if made.stored:
            default_storage.delete(made.stored)
    Export.objects.filter(pk__in=[made.pk for made in old]).delete()
    return len(old)
