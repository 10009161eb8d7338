"""Addresses that stand in messages: of what they speak of, and the signed one of the page with the button Done."""

from __future__ import annotations

import os

from django.conf import settings

from bosun.platform.deliveries.models import Delivery
from bosun.platform.signed import Purpose

DONE = Purpose("deliveries.done", 30 * 24 * 3600)


def base() -> str:
    """The public address; on a machine where none is set, the one that `make run` serves."""
    return settings.BOSUN_URL or f"http://localhost:{os.environ.get('PORT') or 8000}"


def opening(row: Delivery) -> str:
    """Where a message leads: through the ledger, which learns that it was read, to the record."""
    return f"{base()}/told/{row.pk}"


def preferences() -> str:
    """Where a person chooses how to hear."""
    return f"{base()}/me/notices"


def done(row: Delivery) -> str:
    """The page with the button Done."""
    return f"{base()}/done/{token(row)}"


def token(row: Delivery) -> str:
    """What the link carries; it holds for this delivery and this person."""
    return DONE.write(row.pk, row.person_id)


def meant(given: str) -> Delivery | None:
    """The delivery of a link; None for what was not signed here, Expired for what is too old."""
    held = DONE.read(given)
    if held is None or len(held) != 2:
        return None
    rows = Delivery.objects.filter(pk=held[0], person_id=held[1])
    found: Delivery | None = rows.select_related("notice__reminder").first()
    return found
