"""Files on a record: listed, dropped onto it, taken away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import records
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Invalid, NotFound
from bosun.platform.files import services
from bosun.web.present import record_url
from bosun.web.visit import Visit, page


def of(visit: Visit, entity: Entity, pk: int, may_change: bool) -> dict[str, Any]:
    """The files of a record in the shape of record/files.html."""
    base = f"{record_url(entity, pk)}/files"
    found = services.list_for(entity, pk, visit.actor)
    return {
        "count": len(found),
        "upload_url": base if may_change else "",
        "items": [
            {
                "name": each.name,
                "url": f"/files/{each.pk}",
                "size": filesizeformat(each.content.size),
                "by": each.by_name,
                "at": each.at,
                "remove_url": f"{base}/{each.pk}/remove" if may_change else "",
            }
            for each in found
        ],
    }


@page("POST")
def upload(visit: Visit, key: str, pk: int) -> HttpResponseBase:
    """Keep files with a record; what is refused is said, the others stay."""
    entity = visit.entity(key)
    record = records.get(entity, pk, visit.actor)
    arrived = visit.request.FILES.getlist("files")
    kept = 0
    for file in arrived:
        try:
            services.attach(entity, record.pk, file, file.name or "", visit.act("form"))
            kept += 1
        except Invalid as error:
            messages.warning(visit.request, f"{file.name}: {error.title}")
    if kept:
        text = ngettext("%(count)s file added.", "%(count)s files added.", kept)
        messages.success(visit.request, text % {"count": kept})
    return HttpResponseRedirect(record_url(entity, record.pk))


@page("POST")
def remove(visit: Visit, key: str, pk: int, file: int) -> HttpResponseBase:
    """Take a file from its record for good."""
    entity = visit.entity(key)
    row = services.find(file, visit.actor)
    if (row.entity, row.record_id) != (entity.key, pk):
        raise NotFound()
    services.remove(file, visit.act("form"))
    messages.success(visit.request, _("%(name)s removed.") % {"name": row.name})
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})
