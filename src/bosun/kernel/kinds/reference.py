"""References: to one kind of record, or to any record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.apps import apps
from django.db.models import Model, Q
from django.db.models.expressions import Combinable
from django.db.models.lookups import In, IsNull
from django.utils.translation import gettext as _

from bosun.kernel import registry
from bosun.kernel.env import Env
from bosun.kernel.kinds.base import EMPTY_OPS, EXACT_OPS, Kind, Several, refuse


class Reference(Kind):
    """A reference to one record of a known model; the value is its id."""

    key = "ref"
    widget = "ref"
    cell = "ref"
    operators: ClassVar[tuple[str, ...]] = (*EXACT_OPS, "within", *EMPTY_OPS)
    groupable = True
    json_type = "integer"

    def __init__(self, target: str) -> None:
        self.target = target

    @cached_property
    def model(self) -> type[Model]:
        """The model referred to."""
        return apps.get_model(self.target)

    @property
    def tree(self) -> bool:
        """True when the target is a tree with a materialised `path`."""
        return any(field.name == "path" for field in self.model._meta.fields)

    def parse_filled(self, raw: Any, env: Env) -> Any:
        return env.refs.resolve(self.model, raw)

    def expect(self, raws: Iterable[Any], env: Env) -> None:
        env.refs.expect(self.model, raws)

    def to_json(self, value: Any, env: Env) -> Any:
        if value is None:
            return None
        return dict(env.refs.card(self.model, value) or {"id": None, "name": _("Not open to you")})

    def text(self, value: Any, env: Env) -> str:
        if value is None:
            return ""
        card = env.refs.card(self.model, value)
        return str(card["name"]) if card else _("Not open to you")

    def export(self, value: Any, env: Env) -> str:
        if value is None:
            return ""
        card = env.refs.card(self.model, value)
        return str(card.get("username") or card["name"]) if card else ""

    def form(self, value: Any, env: Env) -> Any:
        return "" if value is None else value

    def schema(self) -> dict[str, Any]:
        return {
            "type": ["object", "integer", "string"],
            "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "external_id": {"type": "string"}},
        }

    def q(self, expr: Combinable, op: str, operand: Any) -> Q:
        if op == "within":
            return Q(IsNull(expr, False)) & Q(In(expr, self._under(operand)))
        return super().q(expr, op, operand)

    def _under(self, roots: list[int]) -> Any:
        found = Q(pk__in=roots)
        if self.tree:
            for path in self.model._default_manager.filter(pk__in=roots).values_list("path", flat=True):
                found |= Q(path__startswith=path)
        return self.model._default_manager.filter(found).values("pk")

    def test_stored(self, stored: Any, op: str, operand: Any) -> bool:
        if op == "within":
            return bool(self._under(operand).filter(pk=stored).exists())
        return super().test_stored(stored, op, operand)

    def operand_text(self, op: str, operand: Any, env: Env) -> str:
        ids = operand if isinstance(operand, list) else [operand] if operand is not None else []
        env.refs.load(self.model, ids)
        return ", ".join(self.text(pk, env) for pk in ids)

    def words(self, value: Any) -> str:
        return ""

    def refers(self, value: Any) -> list[tuple[type[Any], int]]:
        return [] if value is None else [(self.model, value)]


class References(Several, Reference):
    """Several references to one kind of record, each indexed; the value is a tuple of ids."""

    key = "refs"
    widget = "refs"
    cell = "refs"
    operators: ClassVar[tuple[str, ...]] = ("in", "not_in", "is", *EMPTY_OPS)
    groupable = False

    def parse_filled(self, raw: Any, env: Env) -> Any:
        parts = raw if isinstance(raw, list | tuple) else [part.strip() for part in str(raw).split(",")]
        found = [env.refs.resolve(self.model, part) for part in parts if part not in (None, "")]
        return tuple(dict.fromkeys(found)) or None

    def expect(self, raws: Iterable[Any], env: Env) -> None:
        env.refs.expect(self.model, [part for raw in raws if isinstance(raw, list | tuple) for part in raw])

    def one_operand(self, raw: Any, env: Env) -> Any:
        return str(env.refs.resolve(self.model, raw))

    def to_json(self, value: Any, env: Env) -> Any:
        return [super(References, self).to_json(pk, env) for pk in value or ()]

    def text(self, value: Any, env: Env) -> str:
        return ", ".join(super(References, self).text(pk, env) for pk in value or ())

    def export(self, value: Any, env: Env) -> str:
        return ", ".join(super(References, self).export(pk, env) for pk in value or ())

    def operand_text(self, op: str, operand: Any, env: Env) -> str:
        parts = operand if isinstance(operand, list) else [operand] if operand is not None else []
        return ", ".join(Reference.text(self, int(pk), env) for pk in parts)

    def refers(self, value: Any) -> list[tuple[type[Any], int]]:
        return [(self.model, pk) for pk in value or ()]

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": super().schema()}


@dataclass(frozen=True)
class AnyValue:
    """A reference to a record of any entity."""

    entity: str
    id: int


class AnyReference(Kind):
    """A reference to any record: entity key and id in two columns."""

    key = "anyref"
    widget = "anyref"
    cell = "anyref"
    operators: ClassVar[tuple[str, ...]] = ("is", *EMPTY_OPS)
    sortable = False

    def parse_filled(self, raw: Any, env: Env) -> Any:
        if isinstance(raw, AnyValue):
            raw = {"entity": raw.entity, "id": raw.id}
        if isinstance(raw, str):
            key, _colon, rest = raw.partition(":")
            raw = {"entity": key, "id": rest}
        if not isinstance(raw, Mapping):
            raise refuse(_("Say what this is about: an entity and a record."))
        entity = registry.find(str(raw.get("entity") or ""))
        if entity is None:
            raise refuse(_("Say what this is about: an entity and a record."))
        return AnyValue(entity.key, env.refs.resolve(entity.model, self._wanted(raw)))

    def _wanted(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        return {name: raw[name] for name in ("id", "external_id", "name") if raw.get(name) not in (None, "")}

    def expect(self, raws: Iterable[Any], env: Env) -> None:
        by_entity: dict[str, list[Any]] = {}
        for raw in raws:
            if isinstance(raw, Mapping):
                by_entity.setdefault(str(raw.get("entity") or ""), []).append(self._wanted(raw))
        for key, wanted in by_entity.items():
            entity = registry.find(key)
            if entity is not None:
                env.refs.expect(entity.model, wanted)

    def dump(self, value: Any) -> Any:
        return None if value is None else [value.entity, value.id]

    def load(self, data: Any) -> Any:
        return None if data is None else AnyValue(data[0], data[1])

    def _card(self, value: Any, env: Env) -> Mapping[str, Any]:
        entity = registry.find(value.entity)
        card = env.refs.card(entity.model, value.id) if entity else None
        return card or {"id": None, "name": _("Not open to you")}

    def to_json(self, value: Any, env: Env) -> Any:
        return None if value is None else {"entity": value.entity, **self._card(value, env)}

    def text(self, value: Any, env: Env) -> str:
        return "" if value is None else str(self._card(value, env)["name"])

    def export(self, value: Any, env: Env) -> str:
        return "" if value is None else f"{value.entity}:{value.id}"

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {"entity": {"type": "string"}, "id": {"type": "integer"}, "name": {"type": "string"}},
            "required": ["entity", "id"],
        }

    def one_operand(self, raw: Any, env: Env) -> Any:
        return self.parse(raw, env)

    def words(self, value: Any) -> str:
        return ""

    def refers(self, value: Any) -> list[tuple[type[Any], int]]:
        entity = registry.find(value.entity) if value is not None else None
        return [(entity.model, value.id)] if entity else []
