"""Structured settings, checked by a function of their owner."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from bosun.kernel.env import Env
from bosun.kernel.kinds.base import EMPTY_OPS, Kind, refuse

LIMIT = 100_000


class Structured(Kind):
    """A JSON value, for settings such as rights, filters and translations. `check` raises Invalid or tidies."""

    key = "json"
    widget = "json"
    cell = "json"
    operators: ClassVar[tuple[str, ...]] = EMPTY_OPS
    sortable = False

    def __init__(self, check: Callable[[Any], Any] | None = None) -> None:
        self.check = check

    def parse_filled(self, raw: Any, env: Env) -> Any:
        if isinstance(raw, str):
            try:
                raw = json.loads(raw)
                said = json.dumps(raw, ensure_ascii=False, allow_nan=False).encode()
            except (ValueError, RecursionError):
                raise refuse(_("This is not valid JSON.")) from None
            if b"\\u0000" in said:
                raise refuse(_("This text holds characters that cannot be stored. Type it again."))
        if len(json.dumps(raw)) > LIMIT:
            raise refuse(_("This is too large."))
        return (self.check(raw) if self.check else raw) or None

    def text(self, value: Any, env: Env) -> str:
        return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)

    def schema(self) -> dict[str, Any]:
        return {"type": ["object", "array"]}

    def words(self, value: Any) -> str:
        return ""
