"""A field that holds one file: digest, name and size on the record, the content in the store."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate
from django.utils.translation import gettext as _

from bosun.kernel import registry
from bosun.kernel.env import Env
from bosun.kernel.errors import NotFound
from bosun.kernel.kinds import Structured, Text
from bosun.kernel.kinds.base import EMPTY_OPS, refuse
from bosun.kernel.specs import AtPath, JsonKey
from bosun.platform.files import keeping
from bosun.platform.files.keeping import Held, Refused

NAME = Text()
"""How names are compared."""


def shape() -> str:
    """What is said to a program that sends something else."""
    return _("Send a file as its “name” and its “content” in base64, or null.")


class File(Structured):
    """One file. Programs send its name and its content; forms send a ticket for what they have uploaded."""

    key = "file"
    widget = "file"
    cell = "file"
    operators: ClassVar[tuple[str, ...]] = ("contains", *EMPTY_OPS)

    def __init__(self, entity: str, name: str) -> None:
        super().__init__()
        self.entity, self.name = entity, name

    # reading -------------------------------------------------------------------------------------------------

    def parse_filled(self, raw: Any, env: Env) -> Any:
        if isinstance(raw, Refused):
            raise refuse(raw.message)
        if isinstance(raw, str):
            raw = keeping.of_ticket(raw, env.actor)
        if isinstance(raw, Held):
            keeping.hold(raw)
            return replace(raw, of=None)
        if isinstance(raw, Mapping) and set(raw) == {"name", "size", "url"}:
            return self._read_before(raw, env)
        return self._sent(raw)

    def _read_before(self, raw: Mapping[str, Any], env: Env) -> Held:
        """What a program has read of this field of some record, and sends back as it is."""
        found = re.fullmatch(rf"/api/v1/{self.entity}/([0-9]{{1,18}})/files/{self.name}", str(raw["url"]))
        try:
            held = keeping.find(registry.get(self.entity), int(found[1] if found else 0), self.name, env.actor)
        except NotFound:
            raise refuse(shape()) from None
        if self.to_json(held, env) != raw:
            raise refuse(shape())
        keeping.hold(held)
        return replace(held, of=None)

    def _sent(self, raw: Any) -> Held:
        if not isinstance(raw, Mapping) or set(raw) != {"name", "content"}:
            raise refuse(shape())
        if not isinstance(raw["name"], str) or not isinstance(raw["content"], str):
            raise refuse(shape())
        try:
            content = base64.b64decode(raw["content"], validate=True)
        except ValueError:
            raise refuse(_("This is not base64.")) from None
        return keeping.keep(io.BytesIO(content), raw["name"])

    # storing -------------------------------------------------------------------------------------------------

    def to_db(self, value: Any) -> Any:
        return None if value is None else value.name

    def from_db(self, stored: Any) -> Any:
        return None if stored is None else Held("", stored, 0)

    def dump(self, value: Any) -> Any:
        return None if value is None else {"digest": value.digest, "name": value.name, "size": value.size}

    def load(self, data: Any) -> Any:
        return None if data is None else Held(data["digest"], data["name"], data["size"])

    # showing -------------------------------------------------------------------------------------------------

    def link(self, value: Held) -> str:
        """Where a person gets it; nothing for a file that stands on no record now."""
        return f"/files/{self.entity}/{value.of}/{self.name}" if value.of else ""

    def to_json(self, value: Any, env: Env) -> Any:
        if value is None:
            return None
        url = f"/api/v1/{self.entity}/{value.of}/files/{self.name}" if value.of else None
        return {"name": value.name, "size": value.size, "url": url}

    def text(self, value: Any, env: Env) -> str:
        return "" if value is None else str(value.name)

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "content": {"type": "string", "contentEncoding": "base64"},
                "size": {"type": "integer"},
                "url": {"type": ["string", "null"]},
            },
        }

    # comparing -----------------------------------------------------------------------------------------------

    def operand(self, op: str, raw: Any, env: Env) -> Any:
        return NAME.operand(op, raw, env)

    def q(self, expr: Combinable, op: str, operand: Any) -> Q:
        return NAME.q(expr, op, operand)

    def test_stored(self, stored: Any, op: str, operand: Any) -> bool:
        return NAME.test_stored(stored, op, operand)


class NameAt(AtPath):
    """The name of the file that stands under a key of the JSON column."""

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        path = f"""'$."{self.extra["name"]}"."name"'"""
        return self.as_sql(compiler, connection, template=f"JSON_EXTRACT(%(expressions)s, {path})")

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        path = f"-> '{self.extra['name']}' ->> 'name'"
        return self.as_sql(compiler, connection, template=f"(%(expressions)s {path})")


@dataclass(frozen=True)
class FileKey(JsonKey):
    """A key of the JSON column under which a file is described; conditions look at its name."""

    def get(self, record: Any) -> Any:
        held = super().get(record)
        return None if held is None else replace(held, of=record.pk)

    def expr(self) -> Combinable:
        path = NameAt("custom", self.name)
        return Collate(path, "C") if connection.vendor == "postgresql" else path
