"""Labels in other languages, and their check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from bosun.kernel.errors import Invalid


def check_labels(raw: Any) -> dict[str, str]:
    """`{language: text}` for languages that Bosun speaks; empty texts are dropped."""
    known = {code for code, _name in settings.LANGUAGES}
    if not isinstance(raw, Mapping) or not all(isinstance(part, str) and len(part) <= 120 for part in raw.values()):
        raise Invalid(_("Labels are one text for each language."))
    if set(raw) - known:
        raise Invalid(_("Labels are one text for each language."))
    return {str(code): text.strip() for code, text in raw.items() if text.strip()}
