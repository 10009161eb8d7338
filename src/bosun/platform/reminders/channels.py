"""The channels that a reminder may name; whoever carries notices further adds to them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

KNOWN: dict[str, Any] = {"app": _("In the app")}
"""Key → what people read."""
