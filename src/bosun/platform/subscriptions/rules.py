"""What a subscription must say to be of use."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from bosun.kernel import access, conditions, records, registry
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, Invalid
from bosun.lib import dates, recurrence
from bosun.platform.figures import groups
from bosun.platform.subscriptions.models import ABOVE, TABLE, UNSORTED
from bosun.platform.views import services as views

CONTENT = ("entity", "view", "filter", "sort", "columns", "group", "sum", "format")


def sound_list(draft: Draft, env: Env) -> None:
    """The list is there and open, and what is asked of it can be answered now."""
    if not draft.changes(*CONTENT):
        return
    entity = registry.find(draft.value("entity") or "")
    if entity is None or not access.may(env.actor, entity, "read"):
        draft.refuse("entity", _("There is no list of that name."))
        return
    if not draft.value("name"):
        draft.put("name", str(entity.plural)[:120])
    for name, check in (
        ("view", _view),
        ("filter", _filter),
        ("sort", _sort),
        ("columns", _columns),
        ("group", _group),
    ):
        try:
            check(draft, entity, env)
        except DoorError as error:
            draft.refuse(name, error.title)
    if draft.value("format") not in (None, TABLE) and not access.may(env.actor, entity, "export"):
        draft.refuse("format", _("You may not export this list, so that no file can be made."))


def _view(draft: Draft, entity: Entity, env: Env) -> None:
    if (key := draft.value("view")) and not views.find(entity, key, env).usable:
        raise Invalid(_("This view speaks of a field that is not open to you."))


def _filter(draft: Draft, entity: Entity, env: Env) -> None:
    conditions.parse(draft.value("filter"), entity, env)


def _sort(draft: Draft, entity: Entity, env: Env) -> None:
    records.query(entity, env.actor, env).sort(order_of(draft.value("sort") or ""))


def order_of(text: str) -> list[str]:
    """The fields that a subscription is sorted by."""
    return [] if text == UNSORTED else text.split()


def _columns(draft: Draft, entity: Entity, env: Env) -> None:
    known = access.specs(entity, env.actor)
    for name in (draft.value("columns") or "").split():
        if name not in known:
            raise Invalid(_("There is no field called “%(name)s”.") % {"name": name[:80]})


def _group(draft: Draft, entity: Entity, env: Env) -> None:
    group, summed = draft.value("group"), draft.value("sum")
    if group:
        groups.read(entity, group, env)
    if summed:
        known = access.specs(entity, env.actor)
        if not group or summed not in known or "sum" not in known[summed].kind.aggregates:
            raise Invalid(_("There is no field called “%(name)s”.") % {"name": summed[:80]})


def sound_times(draft: Draft, env: Env) -> None:
    """It comes at times that there are, no more often than daily."""
    if draft.new and not draft.value("timezone"):
        draft.put("timezone", env.actor.zone)
    if draft.value("only_if") == ABOVE and draft.value("above") is None:
        draft.refuse("above", _("Say above which number."))
    zone = draft.value("timezone") or env.company.zone
    if not draft.changes("rule", "starts", "timezone"):
        return
    if zone not in dates.zones():
        draft.refuse("timezone", _("There is no time zone of that name."))
        return
    starts = draft.value("starts")
    try:
        rule = recurrence.normalise(draft.value("rule") or "")
        comes = starts and recurrence.following(rule, starts, starts - timedelta(seconds=1), zone)
    except recurrence.RecurrenceError:
        draft.refuse("rule", _("This recurrence cannot be read. Daily, weekly, monthly or yearly works."))
        return
    draft.put("rule", rule)
    if starts and comes is None:
        draft.refuse("rule", _("This would never come again. Choose other days."))
