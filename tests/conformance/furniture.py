"""What people keep beside their records: views, files, imports and exports, each with a canary, so that it can leak."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass, field
from typing import Any

from bosun.config.demo.fixture import Canary, World
from bosun.kernel import records, registry, stamps
from bosun.kernel.actor import Act, Actor, new_batch, system_actor
from bosun.platform.exports import services as exports
from bosun.platform.exports.models import Export
from bosun.platform.exports.tables import Wish
from bosun.platform.files import services as files
from bosun.platform.imports import services as imports
from bosun.platform.imports.models import DONE, DRAFT, ERROR, Import, ImportRow
from bosun.platform.org import actors
from bosun.platform.views import services as views

OWNERS = ("repA1", "repB1")
SYSTEM = Act(system_actor(), "system", cause="furniture")


@dataclass
class Kept:
    """What was made, by who made it: ids, and the batch of an act."""

    views: dict[str, int] = field(default_factory=dict)
    files: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)
    drafts: dict[str, int] = field(default_factory=dict)
    imports: dict[str, int] = field(default_factory=dict)
    exports: dict[str, int] = field(default_factory=dict)
    removals: dict[str, int] = field(default_factory=dict)
    batches: dict[str, str] = field(default_factory=dict)
    shared_view: int = 0


def furnish(world: World) -> Kept:
    """Something of every sort for a rep of either team; what is across the borders too."""
    kept = Kept()
    for who in OWNERS:
        stamps.refresh()
        actor = actors.load(world.people[who])
        assert actor is not None
        _view(world, kept, who, actor)
        _files(world, kept, who, actor)
        _imports(world, kept, who, actor)
        _export(world, kept, who, actor)
        _past(world, kept, who, actor)
    _across(world, kept)
    stamps.refresh()
    return kept


def _canary(world: World, entity: str, pk: int, name: str, *seen_by: str) -> str:
    text = f"CNRY-{secrets.token_hex(6)}"
    world.canaries.append(Canary(text, entity, pk, name, frozenset(seen_by)))
    return text


def _readers(who: str) -> tuple[str, ...]:
    """Who reads the records of a rep."""
    return (who, "admin", "fin", "svc", "ro", *(("mgrA",) if who == "repA1" else ()))


def _view(world: World, kept: Kept, who: str, actor: Actor) -> None:
    words, name = (_canary(world, "saved_views", 0, part, who, "admin") for part in ("filter", "name"))
    leaf = {"field": "name", "op": "contains", "value": words}
    made = views.keep(registry.get("customers"), name, Act(actor, "form"), filter=leaf, columns=["name"])
    assert made.id is not None
    views.favourite(registry.get("customers"), made.key, True, actor)
    kept.views[who] = made.id


def _files(world: World, kept: Kept, who: str, actor: Actor) -> None:
    for key in ("customers", "contacts"):
        pk = world.records[who][key][0]
        name, content = (_canary(world, "files", pk, part, *_readers(who)) for part in ("name", "content"))
        made = files.attach(registry.get(key), pk, io.BytesIO(content.encode()), f"{name}.txt", Act(actor, "form"))
        kept.files.setdefault(who, []).append((key, pk, made.pk))


def _imports(world: World, kept: Kept, who: str, actor: Actor) -> None:
    for held, state in ((kept.drafts, DRAFT), (kept.imports, DONE)):
        name, header, cell, said = (_canary(world, "imports", 0, part, who, "admin") for part in "nhcs")
        made = imports.receive(f"Company,{header}\n{cell},1\n".encode(), f"{name}.csv", actor)
        imports.use_map(made, {"entity": "customers", "columns": {"Company": "name"}}, actor)
        counts = {"steps": [{"entity": "customers", "error": 1}]}
        Import.objects.filter(pk=made.pk).update(state=state, total=1, counts=counts)
        ImportRow.objects.create(of=made, line=2, outcome=ERROR, cells=[cell, "1"], problems=[["name", said]])
        held[who] = made.pk


def _export(world: World, kept: Kept, who: str, actor: Actor) -> None:
    made = exports.start("customers", actor, Wish(columns=["name"]))
    exports.make(made, actor, lambda *_told: None)
    name = _canary(world, "exports", made.pk, "name", who)
    Export.objects.filter(pk=made.pk).update(file_name=f"{name}.csv")
    kept.exports[who] = made.pk


def _past(world: World, kept: Kept, who: str, actor: Actor) -> None:
    """A record in the bin, and an act that its author alone may take back."""
    title = _canary(world, "customers", 0, "binned", who, *(set(_readers(who)) & {"admin", "mgrA"}))
    gone = records.create("customers", {"name": title, "owner": actor.id}, SYSTEM).pk
    kept.removals[who] = records.remove_one("customers", gone, Act(actor, "form")).pk
    kept.batches[who] = new_batch()
    old, new = (_canary(world, "customers", 0, "address", *_readers(who)) for _n in range(2))
    pk = world.records[who]["customers"][1]
    records.change("customers", pk, {"address": old}, SYSTEM)
    records.change("customers", pk, {"address": new}, Act(actor, "form", batch=kept.batches[who]))


def _across(world: World, kept: Kept) -> None:
    """References that lead across the border, and a view for everybody that speaks of a hidden field."""
    ours, theirs = (world.records[who]["contacts"] for who in OWNERS)
    records.change("contacts", ours[0], {"reports_to": theirs[0]}, SYSTEM)
    records.change("contacts", theirs[1], {"reports_to": ours[1]}, SYSTEM)
    stamps.refresh()
    admin: Any = actors.load(world.people["admin"])
    amount = str(secrets.randbelow(9 * 10**8) + 10**8)
    world.canaries.append(Canary(amount, "saved_views", 0, "filter", frozenset(("admin", "mgrA", "fin"))))
    leaf = {"field": "credit_limit", "op": "gte", "value": {"amount": amount, "currency": "EUR"}}
    entity, act = registry.get("customers"), Act(admin, "form")
    made = views.keep(entity, "Trusted", act, filter=leaf, sort=["-credit_limit"], columns=["name", "credit_limit"])
    views.share(entity, made.key, "shared", act)
    assert made.id is not None
    kept.shared_view = made.id
