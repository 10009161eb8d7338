"""The page that monitors ask."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from bosun.platform.health import services


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while everything runs, 503 when a part is down; which one stands in the answer."""
    found = services.state()
    answer = JsonResponse(found.as_json(), status=200 if found.well else 503)
    answer["Cache-Control"] = "no-store"
    return answer
