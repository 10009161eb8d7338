"""The menu of a list: further pages that speak of the same records."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access
from bosun.web import calendarfile
from bosun.web.liststate import ListState


def view_menu(state: ListState) -> list[dict[str, Any]]:
    """What the dots beside the tabs offer."""
    entity, actor = state.entity, state.env.actor
    found: list[dict[str, Any]] = []
    if access.may(actor, entity, "import"):
        found.append({"key": "import", "label": _("Import a file"), "icon": "upload", "url": f"/{entity.key}/import"})
    found += calendarfile.menu(entity, state.env)
    if access.may(actor, entity, "export"):
        address = state.address("/export", cursor="")
        found.append({"key": "export", "label": _("Export this list"), "icon": "download", "dialog": address})
    if access.may(actor, entity, "remove"):
        found.append({"key": "bin", "label": _("Bin"), "icon": "trash", "url": f"/bin?entity={entity.key}"})
    return found
