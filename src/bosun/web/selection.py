"""The ticked rows of a list: by id, or all that match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from babel.numbers import format_decimal
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import records
from bosun.kernel.actor import new_batch
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.query import COUNT_TO
from bosun.lib import locales
from bosun.web import automation
from bosun.web.liststate import parse_filter
from bosun.web.visit import Visit

CHUNK = 500


@dataclass(frozen=True)
class Selection:
    """What was ticked. `ids` is the list as sent; rights are the door's matter."""

    entity: Entity
    ids: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def words(self) -> str:
        """How many, in words."""
        return ngettext("%(count)s record", "%(count)s records", len(self)) % {"count": len(self)}


def chosen(visit: Visit, entity: Entity) -> Selection:
    """The selection that a bulk address carries; Invalid when it is empty or too large."""
    params = visit.request.GET
    if params.get("all"):
        ids = matching(visit, entity, params.get("filter", ""))
    else:
        parts = params.get("ids", "").split(",")
        ids = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 19]
    if not ids:
        raise Invalid(_("Tick at least one row first."))
    if len(ids) > COUNT_TO:
        raise Invalid(_("At most 10,000 records at a time. Narrow the list first."))
    return Selection(entity, tuple(dict.fromkeys(ids)))


def matching(visit: Visit, entity: Entity, text: str) -> list[int]:
    """The ids of all records that a list shows."""
    state = parse_filter(text) or {}
    if not isinstance(state, dict):
        raise Invalid(_("This filter cannot be read."))
    query = records.query(entity, visit.actor, visit.env)
    if state.get("filter"):
        query = query.filter(state["filter"])
    if state.get("q"):
        query = query.search(str(state["q"]))
    return list(query.rows().order_by("pk").values_list("pk", flat=True)[: COUNT_TO + 1])


def batch_of(visit: Visit) -> str:
    """The batch that a repeated form goes on with, or a new one. Undo asks whose it is."""
    given = visit.request.POST.get("batch", "")
    return given if len(given) == 32 and given.isalnum() else new_batch()


def change_each(
    selection: Selection,
    wanted: Mapping[int, Mapping[str, Any]],
    visit: Visit,
    batch: str,
    seen: Mapping[int, int] | None = None,
) -> list[Draft]:
    """Change records, each by its own values; each draft says how it went. `seen` holds the versions looked at."""
    looked = seen or {}
    drafts = [
        Draft(selection.entity, wanted.get(pk, {}), pk=pk, seen=looked.get(pk), verb="changed") for pk in selection.ids
    ]
    act = visit.act("bulk", batch)
    for start in range(0, len(drafts), CHUNK):
        records.save(drafts[start : start + CHUNK], act, visit.env)
    return drafts


def spell(count: int, env: Env) -> str:
    """A count in the reader's figures."""
    return str(format_decimal(count, locale=locales.find(env.language)))


def keep_selection(visit: Visit, **more: Any) -> str:
    """The selection as a query, to travel through dialogs."""
    params = {name: value for name, value in visit.request.GET.items() if name in ("ids", "all", "filter")}
    return urlencode({**params, **more})


def undo_url(batch: str) -> str:
    """The address that takes a batch back."""
    return f"/undo?{urlencode({'batch': batch})}"


def changed(drafts: Sequence[Draft]) -> int:
    """How many records an act touched."""
    return sum(1 for draft in drafts if draft.failure is None and (draft.diff or draft.change_id))


def in_words(visit: Visit, drafts: Sequence[Draft], done: str, before: int = 0) -> str:
    """What a bulk act did, and what it left; `before` records were done in an earlier round of it."""
    failed = [draft.failure for draft in drafts if draft.failure is not None]
    text = done % {"count": spell(before + changed(drafts), visit.env)}
    if failed:
        left = ngettext("%(count)s was left as it is: %(why)s", "%(count)s were left as they are: %(why)s", len(failed))
        text += " " + left % {"count": spell(len(failed), visit.env), "why": failed[0].title}
    return text


def tell(visit: Visit, text: str, count: int, batch: str) -> None:
    """Say it with the next page, with undo where anything was touched; in the place of what waits to be said."""
    list(messages.get_messages(visit.request))
    if count:
        messages.success(visit.request, text, extra_tags=undo_url(batch))
    else:
        messages.warning(visit.request, text)


def told(visit: Visit, drafts: Sequence[Draft], batch: str, done: str, before: int = 0) -> HttpResponse:
    """After a bulk act: what was done and what was left, with undo, and the list anew."""
    said = automation.after_many(drafts[0].entity, drafts, visit.env) if drafts else ""
    text = automation.told(in_words(visit, drafts, done, before), said)
    tell(visit, text, before + changed(drafts), batch)
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})
