"""The button by which one follows a record, or follows it no more."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Denied
from bosun.platform.automation import happenings
from bosun.platform.followers import services
from bosun.web.present import name_of, record_url
from bosun.web.verbs import done
from bosun.web.visit import Visit, page


def button(visit: Visit, entity: Entity, pk: int) -> list[dict[str, Any]]:
    """The button of a record's head; none where nothing could be heard of it."""
    if not happenings.automatable(entity) or visit.actor.id is None or visit.actor.read_only:
        return []
    follows = services.follows(entity, pk, visit.actor.id)
    label, icon = (_("Follow no more"), "eye-off") if follows else (_("Follow"), "eye")
    return [{"key": "follow", "label": label, "icon": icon, "post": f"{record_url(entity, pk)}/follow", "extra": True}]


@page("POST")
def follow(visit: Visit, key: str, pk: int) -> HttpResponseBase:
    """Follow it, or no more."""
    entity = visit.entity(key)
    record = records.get(entity, pk, visit.actor)
    person = visit.actor.id
    if person is None:
        raise Denied()
    named = {"name": name_of(entity, record, visit.env)}
    if services.follows(entity, pk, person):
        services.unfollow(entity, pk, person, visit.actor)
        return done(visit, _("You follow %(name)s no more.") % named)
    services.follow(entity, pk, person, visit.actor)
    return done(visit, _("You follow %(name)s and hear of it when a rule tells its followers.") % named)
