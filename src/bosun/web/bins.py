"""The bin: what was removed, by whom, with what; and the way back."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.errors import Invalid
from bosun.web.verbs import counts_in_words
from bosun.web.visit import Visit, page

PAGE = 50


@page("GET")
def bin_page(visit: Visit) -> HttpResponseBase:
    """What lies in the bin and can be brought back by this person."""
    params = visit.request.GET
    wanted = registry.find(params.get("entity", ""))
    before = params.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else 0
    found = records.binned(visit.actor, PAGE + 1, number, wanted)
    people = apps.get_model(settings.BOSUN_PERSON_MODEL)
    visit.env.refs.load(people, [removal.actor_id for removal in found if removal.actor_id])
    items: list[dict[str, Any]] = []
    for removal in found[:PAGE]:
        entity = registry.find(removal.entity)
        if entity is None:
            continue
        items.append(
            {
                "id": removal.pk,
                "icon": entity.icon,
                "title": removal.title,
                "entity": entity.label,
                "counts": counts_in_words(removal.counts),
                "at": removal.at,
                "by": visit.env.refs.card(people, removal.actor_id) if removal.actor_id else None,
            }
        )
    kinds = [each for each in registry.all_entities() if each.menu and access.may(visit.actor, each, "remove")]
    context = {
        "title": _("Bin"),
        "page_title": _("Bin"),
        "items": items,
        "kinds": [{"label": e.plural, "url": f"/bin?entity={e.key}", "current": e is wanted} for e in kinds],
        "more_url": f"/bin?entity={params.get('entity', '')}&before={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "everything": wanted is None,
    }
    return visit.draw("web/pages/bin.html", context)


@page("POST")
def restore(visit: Visit, pk: int) -> HttpResponseBase:
    """Bring back a record with all that went with it."""
    try:
        removal = records.restore(pk, visit.act("restore"), visit.env)
    except Invalid as error:
        messages.warning(visit.request, error.title)
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    messages.success(visit.request, _("%(name)s is back.") % {"name": removal.title})
    return HttpResponse(status=204, headers={"HX-Redirect": f"/{removal.entity}/{removal.record_id}"})
