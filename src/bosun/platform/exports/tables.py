"""Rows of an export: chosen fields of what the actor may see and export, as text that an import reads back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bosun.kernel import access, history, records
from bosun.kernel.actor import Act, Actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, FieldError, Invalid
from bosun.kernel.kinds import Date, Number
from bosun.kernel.query import Query
from bosun.kernel.specs import FieldSpec
from bosun.lib.sheets import Value, write_csv, write_xlsx
from bosun.platform.exports import version

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_COLUMNS = 200


@dataclass(frozen=True)
class Wish:
    """What is to be exported: a filter as conditions have it, words, an order, fields, the kind of file; or the records
    of these ids alone."""

    filter: Any = None
    search: str = ""
    sort: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    how: str = "csv"
    ids: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """A form that can be kept."""
        return asdict(self)


def query_of(entity: Entity, actor: Actor, wish: Wish) -> Query:
    """The records: those that the actor may export, among those that he may see."""
    if not access.may(actor, entity, "export"):
        raise Denied()
    if wish.how not in FORMATS:
        raise Invalid(_("Choose CSV or XLSX."))
    found = records.query(entity, actor, action="export").where(pk__in=access.visible(entity, actor).values("pk"))
    found = found.filter(wish.filter).sort(wish.sort or entity.sort)
    if wish.ids:
        found = found.where(pk__in=wish.ids)
    return found.search(wish.search) if wish.search else found


def specs_of(entity: Entity, actor: Actor, names: Sequence[str]) -> list[FieldSpec]:
    """The chosen fields, those of the list by default; Invalid for one that does not exist for the actor."""
    known = {**access.specs(entity, actor), version.NAME: version.SPEC}
    chosen = list(dict.fromkeys(names)) or [name for name in entity.columns if name in known]
    for name in chosen:
        if name not in known:
            raise Invalid([FieldError("columns", _("There is no field called “%(name)s”.") % {"name": name[:60]})])
    if len(chosen) > MOST_COLUMNS:
        raise Invalid([FieldError("columns", _("Choose fewer columns."))])
    return [known[name] for name in chosen]


def write(entity: Entity, actor: Actor, wish: Wish, out: IO[bytes], tell: Callable[[int], None] | None = None) -> int:
    """Write the table; answers how many rows it has. `tell` hears after each page how far it is."""
    query = query_of(entity, actor, wish)
    specs = specs_of(entity, actor, wish.columns)
    headers = [str(spec.label) for spec in specs]
    written = 0

    def rows() -> Iterator[list[Value]]:
        nonlocal written
        for page in query.walk():
            records.preload(entity, page, query.env, [spec.name for spec in specs])
            for record in page:
                yield [cell(spec, record, query.env, wish.how) for spec in specs]
            written += len(page)
            if tell:
                tell(written)

    writer = write_xlsx if wish.how == "xlsx" else write_csv
    writer(out, headers, rows())
    return written


def cell(spec: FieldSpec, record: Any, env: Env, how: str) -> Value:
    """One value: in a spreadsheet numbers and dates are such, everything else is text."""
    value = spec.get(record)
    if value is None:
        return None
    if how == "xlsx" and isinstance(spec.kind, Number):
        number: Value = value
        return number
    if how == "xlsx" and isinstance(spec.kind, Date):
        return _local(value, env) if isinstance(value, datetime) else value
    return spec.kind.export(value, env)


def _local(value: datetime, env: Env) -> datetime:
    return value.astimezone(ZoneInfo(env.actor.zone)).replace(tzinfo=None)


def note(entity: Entity, actor: Actor, wish: Wish, rows: int) -> None:
    """Write into the history who took what out."""
    said: Mapping[str, Any] = {"rows": rows, "columns": wish.columns, "filter": wish.filter, "search": wish.search}
    history.note(
        entity, "exported", Act(actor, "export"), {name: [None, value] for name, value in said.items() if value}
    )
