"""Work on invented fields that takes longer than a request."""

from __future__ import annotations

from typing import Any

from bosun.kernel import registry
from bosun.platform.customize import indexes, services, uniques, values
from bosun.platform.jobs import queue
from bosun.platform.jobs.declared import every, job
from bosun.platform.jobs.running import Running
from bosun.platform.search import index

INDEX = uniques.INDEX


@job(services.STRIP)
def strip(running: Running) -> dict[str, Any]:
    """Take the values of a field that was removed for good out of every record."""
    entity = registry.find(str(running.args["entity"]))
    return {"records": values.strip(entity, str(running.args["name"])) if entity else 0}


@job(values.REINDEX)
def reindex(running: Running) -> dict[str, Any]:
    """Make the documents of an entity anew: a field that holds words came back."""
    entity = registry.find(str(running.args["entity"]))
    return {"records": index.rebuild(entity) if entity and entity.search else 0}


@job(values.REFILL)
def refill(running: Running) -> dict[str, Any]:
    """Work out the formulas of an entity anew."""
    entity = registry.find(str(running.args["entity"]))
    return {"records": values.fill(entity) if entity else 0}


@job(INDEX, attempts=3)
def index_fields(running: Running) -> dict[str, Any]:
    """Make the indexes over invented fields that are missing; those that keep values apart first."""
    return {"unique": uniques.settle(), **indexes.settle()}


@every(60, "customize.indexes")
def look_at_indexes() -> None:
    """Tables grow, and fields come and go."""
    queue.enqueue(INDEX, unique=INDEX, priority=9)
