"""Saved views as declared. People reach them through `services`, which knows who may do what with which view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bosun.kernel import conditions, registry
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity, Section
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Choice
from bosun.kernel.verbs import Param, Verb
from bosun.platform.views.models import LEVELS, SHARED, SavedView


class Share(Verb):
    """Open a view to others. The right to do so is given by role."""

    key = "share"
    past = "shared"
    label = _("Share")
    icon = "share"
    right = "share"
    bulk = False
    params = (Param("level", _("Open to"), Choice("", LEVELS)),)

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"level": given["level"] or SHARED}


def sound(draft: Draft, env: Env) -> None:
    """A view is of a list that there is, and its filter can be read."""
    if not draft.changes("entity", "filter"):
        return
    entity = registry.find(draft.value("entity") or "")
    if entity is None:
        draft.refuse("entity", gettext("There is no list of that name."))
        return
    try:
        conditions.parse(draft.value("filter"), entity, env)
    except Invalid as error:
        draft.refuse("filter", error.title)


SAVED_VIEW = Entity(
    SavedView,
    key="saved_views",
    icon="bookmark",
    columns="name entity level role owner",
    form=[Section("", "name entity level role | sort columns position")],
    menu="",
    sort="name",
    verbs=[Share()],
    rules=[sound],
    timeline=False,
)
