"""Records that may be the same as one that is being typed, cut to what the person may know of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access
from bosun.kernel.entity import Entity
from bosun.platform.dedupe import services
from bosun.web.present import record_url
from bosun.web.visit import Visit


def hints(visit: Visit, entity: Entity, raw: Mapping[str, Any], own: int | None = None) -> list[dict[str, Any]]:
    """Likely duplicates in the shape of form/duplicates.html."""
    known = access.specs(entity, visit.actor)
    found = []
    for match in services.likely(entity, raw, visit.env, own)[:5]:
        if match.id is None:
            found.append({"hidden": True, "owner": match.owner or _("an administrator")})
            continue
        labels = ", ".join(str(known[name].label) for name in match.fields if name in known)
        found.append(
            {
                "name": match.title,
                "url": record_url(entity, match.id),
                "why": _("Same: %(fields)s") % {"fields": labels},
                "owner": match.owner,
            }
        )
    return found
