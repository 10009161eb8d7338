"""The addresses of the API, below /api/v1/."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path, re_path

from bosun.api import (
    automation,
    bulk,
    deliveries,
    describe,
    finding,
    following,
    openapi,
    preview,
    reading,
    rules,
    timeline,
    webhooks,
    writing,
)
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
    path("preview", endpoint(GET=preview.preview)),
    path("search", endpoint(GET=finding.search)),
    path("undo", endpoint(POST=bulk.undo)),
    path("bin", endpoint(GET=reading.binned)),
    path("bin/<str:removal>/restore", endpoint(POST=writing.restore)),
    path("rule-templates", endpoint(GET=automation.gallery_page)),
    path("rule-templates/<str:key>/verbs/use", endpoint(POST=automation.use)),
    path("rule-waits", endpoint(GET=automation.waits)),
    path("rule-waits/<str:pk>/verbs/cancel", endpoint(POST=automation.cancel)),
    path("rule-runs/failed", endpoint(GET=automation.failed)),
    path("rule-runs/<str:pk>/verbs/replay", endpoint(POST=automation.replay)),
    path("rule-runs/<str:pk>/verbs/undo", endpoint(POST=automation.undo)),
    path("rule-rehearsals/<str:pk>", endpoint(GET=automation.rehearsed)),
    path("rule-rehearsals/<str:pk>/verbs/cancel", endpoint(POST=automation.stop_rehearsal)),
    path("rules/<str:pk>/verbs/rehearse", endpoint(POST=automation.rehearse)),
    path("webhooks/<str:pk>/verbs/rotate", endpoint(POST=webhooks.rotate)),
    path("webhooks/<str:pk>/verbs/test", endpoint(POST=webhooks.test)),
    path("webhooks/<str:pk>/deliveries", endpoint(GET=webhooks.deliveries)),
    path("webhook-deliveries", endpoint(GET=webhooks.all_deliveries)),
    path("webhook-deliveries/<str:pk>", endpoint(GET=webhooks.delivery)),
    path("webhook-deliveries/<str:pk>/verbs/resend", endpoint(POST=webhooks.again)),
    path("deliveries", endpoint(GET=deliveries.page)),
    path("deliveries/<str:pk>", endpoint(GET=deliveries.one)),
    path("rules/<str:pk>/verbs/return", endpoint(POST=rules.go_back)),
    path("rules/<str:pk>/verbs/test", endpoint(POST=rules.test)),
    path("rules/<str:pk>/versions", endpoint(GET=rules.versions)),
    path("<str:entity>", endpoint(GET=reading.page, POST=writing.create)),
    path("<str:entity>/totals", endpoint(GET=reading.totals)),
    path("<str:entity>/bulk", endpoint(POST=bulk.bulk)),
    path("<str:entity>/<str:pk>", endpoint(GET=reading.record, PATCH=writing.change, DELETE=writing.remove)),
    path("<str:entity>/<str:pk>/history", endpoint(GET=reading.past)),
    path("<str:entity>/<str:pk>/timeline", endpoint(GET=timeline.timeline)),
    path("<str:entity>/<str:pk>/followers", endpoint(GET=following.followers, POST=following.follow)),
    path("<str:entity>/<str:pk>/followers/<str:person>", endpoint(DELETE=following.unfollow)),
    path("<str:entity>/<str:pk>/automation", endpoint(GET=automation.runs)),
    path("<str:entity>/<str:pk>/automation/why", endpoint(GET=automation.why)),
    path("<str:entity>/<str:pk>/files/<str:name>", endpoint(GET=reading.file)),
    path("<str:entity>/<str:pk>/verbs/<str:verb>", endpoint(POST=writing.verb)),
    re_path(r"^.*$", endpoint(**dict.fromkeys(METHODS, nothing))),
]
