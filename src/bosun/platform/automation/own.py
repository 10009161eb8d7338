"""Ready-made rules that people save themselves: a rule, or one action of it, with some of its values left open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, DoorError, FieldError, Invalid, NotFound
from bosun.kernel.kinds import Choice, Kind, Reference, References, Text
from bosun.platform.automation import gallery, happenings, naming, rulebook
from bosun.platform.automation.gallery import OPEN, Param, Template
from bosun.platform.automation.models import Rule, RuleTemplate
from bosun.platform.automation.walking import Walk

Json = dict[str, Any]
KEY = "own-"
EVENT = "event"
BODY = ("when", "do", "trigger", "guard", "reason")
PARAM = frozenset(("name", "label", "initial", "required"))
TAKEN = ("name", EVENT)
MOST = 30


@dataclass(frozen=True)
class Value:
    """A value in a rule that may be left open: the place where it is met, what it is called, and what it is."""

    place: int
    label: str
    kind: Kind
    value: Any


def values(body: Mapping[str, Any], entity: Entity, env: Env) -> list[Value]:
    """The values of a rule in their order."""
    found: list[Value] = []

    def put(kind: Kind, label: str, value: Any) -> Any:
        found.append(Value(len(found), label, kind, value))
        return value

    Walk(env, put, whole=True).rule(body, entity)
    return found


def opened(body: Mapping[str, Any], names: Mapping[int, str], entity: Entity, env: Env) -> Json:
    """The rule with a parameter in each of these places."""
    met = iter(range(10_000))

    def put(_kind: Kind, _label: str, value: Any) -> Any:
        name = names.get(next(met))
        return value if name is None else {OPEN: name}

    return Walk(env, put, whole=True).rule(body, entity)


def body_of(row: Rule, action: int | None = None) -> Json:
    """What a template keeps of a rule: all that it says, or one of its actions."""
    if action is not None:
        steps = list(row.do or ())
        if not 0 <= action < len(steps):
            raise Invalid([FieldError("action", _("There is no such action."))])
        return {"do": [steps[action]]}
    return {name: getattr(row, name) for name in BODY if getattr(row, name) not in (None, "", [], {})}


def keep(row: Rule, name: str, says: str, labels: Mapping[int, str], act: Act, action: int | None = None) -> Any:
    """Keep a rule as a template; `labels` says under which label each value is asked for, by its place."""
    env = records.environment(act.actor)
    found = happenings.find(str(row.event))
    if found is None:
        raise Invalid([FieldError("event", _("There is no such event."))])
    body = body_of(row, action)
    held = {each.place: each for each in values(body, found.entity, env)}
    names = {place: f"p{number}" for number, place in enumerate(sorted(set(labels) & set(held)), 1)}
    params = [
        {"name": given, "label": labels[place], "initial": _id(held[place], env)} for place, given in names.items()
    ]
    raw = {
        "name": name, "says": says, "event": row.event, "one_action": action is not None, "params": params,
        "body": opened(body, names, found.entity, env),
    }  # fmt: skip
    return records.create("own_templates", raw, act)


def _id(held: Value, env: Env) -> Any:
    if isinstance(held.value, list):
        return [naming.identified(held.kind, each, env) for each in held.value]
    return naming.identified(held.kind, held.value, env)


# in the gallery --------------------------------------------------------------------------------------------------


def templates(actor: Actor) -> list[Template]:
    """Those that somebody may read, as the gallery has them."""
    entity = registry.get("own_templates")
    if not access.may(actor, entity, "read"):
        return []
    env = records.environment(actor)
    rows = access.visible(entity, actor).order_by("name_sort", "pk")
    return [made for row in rows if (made := template(row, env)) is not None]


def template(row: Any, env: Env) -> Template | None:
    """One of them; None where its event is gone."""
    found = happenings.find(str(row.event))
    if found is None:
        return None
    body = dict(row.body or {})
    known = kinds(body, found.entity, env)
    params = [
        Param(each["name"], each["label"], known.get(each["name"], Text(200)), each.get("initial"),
              bool(each.get("required", True)))
        for each in row.params or ()
    ]  # fmt: skip
    if row.one_action:
        words = {each.key: each.label for each in happenings.of(found.entity)}
        params.insert(0, Param(EVENT, _("When"), Choice("", words), row.event))
    return Template(
        f"{KEY}{row.pk}", row.name, row.says or "", row.event, body.get("do") or [], body.get("when"),
        tuple(several(params)),
        order=1000, more={name: body[name] for name in ("trigger", "guard", "reason") if name in body},
    )  # fmt: skip


def kinds(body: Mapping[str, Any], entity: Entity, env: Env) -> dict[str, Kind]:
    """The kind of each parameter: that of the place where it stands; several people where several were."""
    found: dict[str, Kind] = {}

    def put(kind: Kind, _label: str, value: Any) -> Any:
        if isinstance(value, Mapping) and set(value) == {OPEN}:
            found[str(value[OPEN])] = kind
        return value

    Walk(env, put, whole=True).rule(body, entity)
    return found


def several(params: Sequence[Param]) -> list[Param]:
    """Parameters that stand for several records, drawn so."""
    return [
        Param(each.name, each.label, References(each.kind.target), each.initial, each.required)
        if isinstance(each.kind, Reference) and isinstance(each.initial, list)
        else each
        for each in params
    ]


# checked when it is saved ----------------------------------------------------------------------------------------


def sound(draft: Draft, env: Env) -> None:
    """A template speaks of an event that there is, names what it leaves open, and is no way to more rights."""
    if not draft.changes("event", "body", "params", "one_action"):
        return
    found = happenings.find(str(draft.value("event") or ""))
    body, params = draft.value("body") or {}, draft.value("params") or []
    if found is None:
        draft.refuse("event", _("There is no such event."))
        return
    if not isinstance(body, Mapping) or set(body) - set(BODY) or not (body.get("do") or body.get("guard")):
        draft.refuse("body", _("Say what the rule does."))
        return
    said = _params_wrong(params)
    if said:
        draft.refuse("params", said)
        return
    initial = {each["name"]: each.get("initial") for each in params}
    if not any(value in (None, "", []) for value in initial.values()):
        _try(draft, found, gallery.filled(body, initial), env)


def _params_wrong(params: Any) -> str:
    if not isinstance(params, list) or len(params) > MOST:
        return _("What is asked for is a list.")
    for each in params:
        if not isinstance(each, Mapping) or set(each) - PARAM or not each.get("name") or not each.get("label"):
            return _("What is asked for has a name and a label.")
        if each["name"] in TAKEN:
            return _("“%(name)s” is not known here.") % {"name": each["name"]}
    if len({each["name"] for each in params}) < len(params):
        return _("What is asked for has a name of its own each.")
    return ""


def _try(draft: Draft, found: happenings.Happening, body: Mapping[str, Any], env: Env) -> None:
    """Read the rule that it makes as it is, with the rights of whoever saves it."""
    row = Rule(event=found.key, **{name: body.get(name) for name in BODY})
    try:
        rulebook.read(row, found.entity, env)
    except Invalid as error:
        for part in error.errors:
            draft.refuse("body", part.message)
    except Denied:
        draft.refuse("body", _("%(person)s has no right to do this.") % {"person": env.actor.name})
    except (DoorError, KeyError, TypeError):
        draft.refuse("body", _("This rule cannot be read."))


def row_of(key: str, actor: Actor, action: str = "read") -> RuleTemplate:
    """The record behind a key of the gallery."""
    number = key.removeprefix(KEY)
    if not key.startswith(KEY) or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFound()
    row: RuleTemplate = records.get("own_templates", int(number), actor, action)
    return row
