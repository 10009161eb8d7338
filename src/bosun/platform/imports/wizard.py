"""What only the wizard needs: a file read in another way, maps kept under a name, and how a job stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel.actor import Actor
from bosun.kernel.errors import Invalid
from bosun.lib import clock
from bosun.platform.imports import files
from bosun.platform.imports.models import DRAFT, Import, SavedMap
from bosun.platform.jobs.models import OPEN, Job

LONGEST_NAME = 100


def reread(made: Import, reading: Mapping[str, Any]) -> None:
    """Read the file of a draft in another way; its headers, and with them its map, begin anew."""
    if made.state != DRAFT:
        raise Invalid(_("This import has run already."))
    wanted = files.reading_of(reading)
    with files.open_as_table(files.content(made.digest), made.file_name, wanted) as table:
        headers, info = table.headers, table.info
    found = {**wanted, **({"encoding": info.encoding, "delimiter": info.delimiter} if info.kind == "csv" else {})}
    if info.sheet:
        found["sheet"] = info.sheet
    made.reading, made.headers, made.map = found, headers, {}
    made.save(update_fields=["reading", "headers", "map"])


def keep_draft(made: Import, raw: Mapping[str, Any], entity: str) -> None:
    """Remember a map that is still being made, whatever is wrong with it."""
    Import.objects.filter(pk=made.pk, state=DRAFT).update(map=dict(raw), entity=entity)
    made.map, made.entity = dict(raw), entity


def save_map(name: str, entity: str, raw: Mapping[str, Any], actor: Actor) -> None:
    """Keep a map under a name; the same name again replaces it."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(_("Give the matching a name of at most %(n)d characters.") % {"n": LONGEST_NAME})
    SavedMap.objects.update_or_create(
        person_id=actor.id, entity=entity, name=name, defaults={"map": dict(raw), "saved_at": clock.now()}
    )


def saved_maps(entity: str, actor: Actor) -> list[SavedMap]:
    """The maps that a person kept for an entity, by name."""
    return list(SavedMap.objects.filter(person_id=actor.id, entity=entity).order_by("name"))


def saved_map(pk: int, entity: str, actor: Actor) -> dict[str, Any] | None:
    """One of them."""
    found = SavedMap.objects.filter(pk=pk, person_id=actor.id, entity=entity).first()
    return dict(found.map) if found else None


def forget_map(pk: int, actor: Actor) -> None:
    """Drop a kept map."""
    SavedMap.objects.filter(pk=pk, person_id=actor.id).delete()


def job_of(made: Import) -> Job | None:
    """The job that brings an import in."""
    return Job.objects.filter(pk=made.job_id).first() if made.job_id else None


def undoing(made: Import) -> Job | None:
    """The job that takes an import back, while it waits or runs."""
    return Job.objects.filter(unique_key=f"undo:{made.pk}", state__in=OPEN).first()
