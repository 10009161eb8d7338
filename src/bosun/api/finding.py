"""Global search."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from bosun.api.dispatch import Call, answer, takes
from bosun.api.reading import limit_of
from bosun.kernel.errors import Unreadable
from bosun.platform.search import services

DEFAULT_LIMIT = 10


@takes("q", "entities", "limit")
def search(call: Call) -> HttpResponse:
    """The first hits of each entity, exact titles first."""
    if "q" not in call.params:
        raise Unreadable(_("“q” holds what is looked for."))
    keys = [key.strip() for key in call.params.get("entities", "").split(",") if key.strip()]
    entities = [call.readable(key) for key in dict.fromkeys(keys)] or None
    hits = services.find(call.params["q"], call.env, entities, limit_of(call, DEFAULT_LIMIT))
    items = [
        {"entity": hit.entity, "id": hit.id, "title": hit.title, "subtitle": hit.subtitle, "exact": hit.exact}
        for hit in hits
    ]
    return answer({"items": items})
