"""Imports as jobs, and the clearing away of files that nobody needs any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bosun.lib import clock
from bosun.platform.imports import files, services
from bosun.platform.imports.models import CANCELLED, DONE, DRAFT, RUNNING, WAITING, Import
from bosun.platform.imports.runner import Runner
from bosun.platform.jobs.declared import every, job
from bosun.platform.jobs.running import Cancelled, Running

KEEP_FILES = timedelta(days=90)
KEEP_DRAFTS = timedelta(days=2)


@job(services.JOB, attempts=20)
def run_import(running: Running) -> dict[str, Any]:
    """Run an import, or go on with one whose worker died."""
    made = Import.objects.get(pk=running.args["import"])
    Import.objects.filter(pk=made.pk, state__in=(WAITING, RUNNING)).update(
        state=RUNNING, started_at=made.started_at or clock.now()
    )
    with services.ended(made):
        actor = running.actor()
        try:
            Runner(made, actor, running.atomic, running.check).run()
        except Cancelled:
            services.finish(made, CANCELLED)
            raise
    services.finish(made, DONE)
    return services.totals(made.counts)


@job(services.UNDO_JOB, attempts=5)
def undo_import(running: Running) -> dict[str, Any]:
    """Take an import back."""
    made = Import.objects.get(pk=running.args["import"])
    with running.atomic():
        done = services.undo(made, running.actor())
    return {"removed": done.removed, "put_back": done.put_back, "left_alone": len(done.left_alone)}


@every(24 * 60, "imports.purge")
def purge_files() -> None:
    """Forget drafts that were never run, and clear away files after three months; the report stays."""
    Import.objects.filter(state=DRAFT, created_at__lt=clock.now() - KEEP_DRAFTS).delete()
    needed = set(Import.objects.filter(created_at__gte=clock.now() - KEEP_FILES).values_list("digest", flat=True))
    for digest in files.kept(clock.now() - KEEP_DRAFTS):
        if digest not in needed:
            files.discard(digest)
