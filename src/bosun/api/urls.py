"""The addresses of the API, below /api/v1/."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path, re_path

from bosun.api import automation, bulk, describe, finding, openapi, reading, timeline, writing
from bosun.api.dispatch import Call, endpoint
from bosun.kernel.errors import NotFound


def nothing(call: Call) -> HttpResponse:
    """Any other address."""
    raise NotFound()


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

urlpatterns = [
    path("me", endpoint(GET=reading.me)),
    path("schema", endpoint(GET=describe.schema)),
    path("openapi.json", endpoint(GET=openapi.document)),
    path("search", endpoint(GET=finding.search)),
    path("undo", endpoint(POST=bulk.undo)),
    path("bin", endpoint(GET=reading.binned)),
    path("bin/<str:removal>/restore", endpoint(POST=writing.restore)),
    path("rule-templates", endpoint(GET=automation.gallery_page)),
    path("rule-templates/<str:key>/verbs/use", endpoint(POST=automation.use)),
    path("rule-runs/failed", endpoint(GET=automation.failed)),
    path("rule-runs/<str:pk>/verbs/replay", endpoint(POST=automation.replay)),
    path("rule-runs/<str:pk>/verbs/undo", endpoint(POST=automation.undo)),
    path("rules/<str:pk>/verbs/rehearse", endpoint(POST=automation.rehearse)),
    path("<str:entity>", endpoint(GET=reading.page, POST=writing.create)),
    path("<str:entity>/totals", endpoint(GET=reading.totals)),
    path("<str:entity>/bulk", endpoint(POST=bulk.bulk)),
    path("<str:entity>/<str:pk>", endpoint(GET=reading.record, PATCH=writing.change, DELETE=writing.remove)),
    path("<str:entity>/<str:pk>/history", endpoint(GET=reading.past)),
    path("<str:entity>/<str:pk>/timeline", endpoint(GET=timeline.timeline)),
    path("<str:entity>/<str:pk>/automation", endpoint(GET=automation.runs)),
    path("<str:entity>/<str:pk>/automation/why", endpoint(GET=automation.why)),
    path("<str:entity>/<str:pk>/files/<str:name>", endpoint(GET=reading.file)),
    path("<str:entity>/<str:pk>/verbs/<str:verb>", endpoint(POST=writing.verb)),
    re_path(r"^.*$", endpoint(**dict.fromkeys(METHODS, nothing))),
]
