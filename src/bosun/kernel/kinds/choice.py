"""A choice from an option list that the company edits; stored and answered by its stable key."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from bosun.kernel import ports
from bosun.kernel.env import Env
from bosun.kernel.kinds.base import EMPTY_OPS, EXACT_OPS, Kind, Several, refuse
from bosun.lib import text as texts


class Choice(Kind):
    """One of the options of a list. `fixed` gives keys and labels that are part of the software instead."""

    key = "choice"
    widget = "choice"
    cell = "choice"
    operators: ClassVar[tuple[str, ...]] = (*EXACT_OPS, *EMPTY_OPS)
    groupable = True

    def __init__(self, list_key: str = "", fixed: Mapping[str, Any] | None = None) -> None:
        self.list_key = list_key
        self.fixed = fixed
        self._names: tuple[Mapping[str, ports.OptionInfo] | None, dict[str, str]] = (None, {})

    def options(self) -> Mapping[str, ports.OptionInfo]:
        """Options by key, in their order."""
        if self.fixed is not None:
            return {key: ports.OptionInfo(key, str(label), {}) for key, label in self.fixed.items()}
        return ports.options(self.list_key)

    def find(self, raw: str) -> str | None:
        """The key that a person or a file means by `raw`: the key itself or a label in any language."""
        options = self.options()
        if raw in options:
            return raw
        return self._by_name(options).get(texts.fold(raw))

    def _by_name(self, options: Mapping[str, ports.OptionInfo]) -> dict[str, str]:
        """Keys by folded key and labels, made once for each state of the list; the first option of a name has it."""
        held, names = self._names
        if held is not options:
            names = {}
            for key, option in options.items():
                for name in (key, option.label, *option.labels.values()):
                    names.setdefault(texts.fold(name), key)
            self._names = (None if self.fixed is not None else options, names)
        return names

    def parse_filled(self, raw: Any, env: Env) -> Any:
        found = self.find(str(raw).strip()) if isinstance(raw, str | int) else None
        if found is None:
            raise refuse(_("“%(value)s” is not on the list.") % {"value": str(raw)[:60]})
        return found

    def text(self, value: Any, env: Env) -> str:
        option = self.options().get(value)
        return option.text(env.language) if option else str(value or "")

    def form(self, value: Any, env: Env) -> Any:
        return value or ""

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.options())}

    def choices(self, env: Env) -> list[tuple[str, str]] | None:
        return [(key, option.text(env.language)) for key, option in self.options().items() if option.active]

    def words(self, value: Any) -> str:
        return ""

    def sample(self, rng: random.Random) -> Any:
        options = [key for key, option in self.options().items() if option.active]
        return rng.choice(options) if options else None


class MultiChoice(Several, Choice):
    """Several options of a list; each entry is indexed on its own."""

    key = "multichoice"
    widget = "multichoice"
    cell = "multichoice"
    operators: ClassVar[tuple[str, ...]] = ("in", "not_in", "is", *EMPTY_OPS)
    groupable = False

    def parse_filled(self, raw: Any, env: Env) -> Any:
        parts = raw if isinstance(raw, list | tuple) else str(raw).replace(";", ",").split(",")
        keys = [super(MultiChoice, self).parse_filled(part, env) for part in parts if str(part).strip()]
        return tuple(dict.fromkeys(keys)) or None

    def one_operand(self, raw: Any, env: Env) -> Any:
        return Choice.parse_filled(self, raw, env)

    def text(self, value: Any, env: Env) -> str:
        return ", ".join(Choice.text(self, part, env) for part in value or ())

    def operand_text(self, op: str, operand: Any, env: Env) -> str:
        parts = operand if isinstance(operand, list) else [operand] if operand is not None else []
        return ", ".join(Choice.text(self, part, env) for part in parts)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": super().schema()}

    def sample(self, rng: random.Random) -> Any:
        one = super().sample(rng)
        return [one] if one else None


class Tags(Several, Kind):
    """Free words on a record, each indexed; written as a list or separated by commas."""

    key = "tags"
    widget = "tags"
    cell = "tags"
    operators: ClassVar[tuple[str, ...]] = ("in", "not_in", "is", *EMPTY_OPS)
    most, longest = 30, 60

    def parse_filled(self, raw: Any, env: Env) -> Any:
        parts = raw.replace(";", ",").replace("，", ",").split(",") if isinstance(raw, str) else raw
        if not isinstance(parts, list | tuple) or not all(type(part) in (str, int) for part in parts):
            raise refuse(_("Tags are words: a list of texts, or texts between commas."))
        try:
            words = [texts.clean(str(part)) for part in parts]
        except ValueError:
            raise refuse(_("This text holds characters that cannot be stored. Type it again.")) from None
        if len(words) > self.most:
            raise refuse(_("At most %(max)s tags.") % {"max": self.most})
        if long := [f"{word[:40]}…" for word in words if len(word) > self.longest]:
            raise refuse(
                _("A tag has at most %(max)s characters: “%(value)s”.") % {"max": self.longest, "value": long[0]}
            )
        return tuple(dict.fromkeys(word for word in words if word)) or None

    def one_operand(self, raw: Any, env: Env) -> Any:
        return texts.clean(str(raw))

    def text(self, value: Any, env: Env) -> str:
        return ", ".join(value or ())

    def operand_text(self, op: str, operand: Any, env: Env) -> str:
        return ", ".join(operand) if isinstance(operand, list) else str(operand or "")

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "maxLength": self.longest}, "maxItems": self.most}

    def words(self, value: Any) -> str:
        return " ".join(value or ())

    def sample(self, rng: random.Random) -> Any:
        return [rng.choice(("fair", "frame contract", "大客户", "piloto"))]
