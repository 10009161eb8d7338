"""Rules as small readable files: YAML of version 1.2, one document a rule, names in the place of ids.

A file holds data and nothing else: no tags, no anchors, no dates; what is not quoted and no number is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml
from django.utils.translation import gettext as _

from bosun.kernel.errors import Invalid

try:
    from yaml import CSafeDumper as _Dumper
    from yaml import CSafeLoader as _Loader
except ImportError:  # a build of PyYAML without its C part
    from yaml import SafeDumper as _Dumper  # type: ignore[assignment]
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Json = dict[str, Any]
LARGEST, DEEPEST, MOST, PARTS = 1_000_000, 30, 1000, 60_000
ORDER = {
    name: place
    for place, name in enumerate((
        "rule", "template", "name", "says", "event", "trigger", "when", "do", "guard", "reason", "identity", "position",
        "params", "tests", "all", "any", "none", "action", "field", "count", "sum", "of", "at", "where", "op", "value",
        "entity", "record", "given", "related", "change", "verb", "values", "as", "expect",
    ))
}  # fmt: skip


class _Reader(_Loader):
    """YAML without surprises: yes and no, times and dates are text; a key stands once."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A mapping whose keys are texts, each of them once."""
        seen: set[str] = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                raise _wrong(_("A key has to be a text."), key.start_mark)
            if key.value in seen:
                raise _wrong(_("“%(key)s” stands here twice.") % {"key": key.value[:60]}, key.start_mark)
            seen.add(key.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found


for _tag, _form, _first in (
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("bool", r"^(?:true|false)$", ["t", "f"]),
    ("int", r"^-?(?:0|[1-9][0-9]{0,18})$", list("-0123456789")),
    ("float", r"^-?(?:0|[1-9][0-9]{0,18})\.[0-9]{1,30}(?:[eE][-+]?[0-9]{1,3})?$", list("-0123456789")),
):
    _Reader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_form), _first)


def write(items: Iterable[Mapping[str, Any]]) -> str:
    """Rules in their readable form, in an order that does not depend on the database."""
    documents = [in_order(item) for item in items]
    said: str = yaml.dump_all(
        documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110,
        explicit_start=len(documents) > 1,
    )  # fmt: skip
    return said


def in_order(part: Any) -> Any:
    """The same with its keys in the order of reading; what is empty is left out of a rule."""
    if isinstance(part, Mapping):
        names = sorted(part, key=lambda name: (ORDER.get(name, len(ORDER)), name))
        return {name: in_order(part[name]) for name in names}
    return [in_order(each) for each in part] if isinstance(part, list | tuple) else part


def read(text: str) -> list[Json]:
    """The rules of a file; Invalid says where it is wrong."""
    found = [each for each in _documents(text) if each is not None]
    if not all(isinstance(each, dict) for each in found):
        raise Invalid(_("A rule begins with its name: `rule: …`."))
    if not found or len(found) > MOST:
        raise Invalid(_("There is no rule in this file.") if not found else _("This file is too large."))
    return found


def read_part(text: str) -> Any:
    """A part of a rule as somebody writes it into a field; None for an empty text."""
    found = _documents(text)
    if len(found) > 1:
        raise Invalid(_("This cannot be read as YAML."))
    return found[0] if found else None


def _documents(text: str) -> list[Any]:
    if len(text) > LARGEST:
        raise Invalid(_("This file is too large."))
    try:
        _look_over(text)
        return list(yaml.load_all(text, Loader=_Reader))
    except yaml.MarkedYAMLError as error:
        raise _wrong(_("This cannot be read as YAML."), error.problem_mark or error.context_mark) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Invalid(_("This cannot be read as YAML.")) from None


def _look_over(text: str) -> None:
    """Refuse what a rule has no use for before anything is built of it: aliases that grow, tags, endless depth."""
    depth = 0
    for number, event in enumerate(_events(text)):
        if number > PARTS:
            raise Invalid(_("This file is too large."))
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise _wrong(_("A rule holds plain values only: no tags, anchors or aliases."), event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise _wrong(_("This is nested too deeply."), event.start_mark)


def _events(text: str) -> Iterator[Any]:
    return iter(yaml.parse(text, Loader=_Loader))


def _wrong(message: str, mark: Any) -> Invalid:
    line = mark.line + 1 if mark is not None else 1
    return Invalid(_("Line %(line)s: %(problem)s") % {"line": line, "problem": message})
