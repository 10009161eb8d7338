"""Who guesses passwords waits: one count for each name and address, whatever way the name is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from axes.helpers import get_client_parameters, get_cool_off
from axes.models import AccessAttempt
from django.http import HttpRequest

from bosun.lib import clock
from bosun.platform.accounts.models import User

LONGEST_NAME = 255


def name_tried(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The username behind what was typed: in lower case, and for a known address its owner's."""
    given = credentials or request.POST
    typed = str(given.get("username") or given.get("email") or given.get("login") or "")
    name = typed.strip().lower().replace("\0", "")[:LONGEST_NAME]
    if "@" in name:
        owner = User.objects.filter(email__iexact=name).values_list("username", flat=True).first()
        return owner or name
    return name


def free_again(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> datetime:
    """When this caller may try this name again."""
    wait: timedelta = get_cool_off(request) or timedelta()
    address = getattr(request, "axes_ip_address", request.META.get("REMOTE_ADDR"))
    wanted = get_client_parameters(name_tried(request, credentials), address, "", request)
    last = AccessAttempt.objects.filter(**wanted[0]).order_by("-attempt_time").first()
    return (last.attempt_time if last else clock.now()) + wait
