"""Rules from one place to another: told in a file with names, and brought in again, once however often it is done."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Act
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, FieldError, Invalid
from bosun.platform.automation import carryingown, filing, happenings, naming, versions
from bosun.platform.automation.models import KEPT
from bosun.platform.org import actors

Json = dict[str, Any]
NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"
KNOWN = frozenset(("rule", "name", "event", "identity", "position", *KEPT))
OWN_KEY = re.compile(r"rule-([0-9]{1,18})-[0-9]{14}")


@dataclass
class Planned:
    """What would become of one rule of a file."""

    key: str
    name: str
    state: str = SAME
    problems: list[FieldError] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    pk: int | None = None
    """The rule's number; of no template."""


def key_of(row: Any) -> str:
    """By what a rule is known in every place where it is: its external id, or where it was first written down."""
    return str(row.external_id or f"rule-{row.pk}-{row.created_at:%Y%m%d%H%M%S}")


def told(row: Any, env: Env) -> Json:
    """A rule as its file has it."""
    found = happenings.find(str(row.event))
    body = {name: getattr(row, name) for name in KEPT if getattr(row, name) not in (None, "", [], {}, False)}
    if found is not None:
        body = naming.with_names(body, found.entity, env)
    who = row.identity_id or row.owner_id
    people = registry.get("users")
    item = {"rule": key_of(row), "name": row.name, "event": row.event, **body, "position": row.position}
    return item | ({"identity": naming.name_of(people, who, env)} if who else {})


def export(rows: Iterable[Any], env: Env, templates: Iterable[Any] = ()) -> str:
    """Rules, and ready-made ones that were saved here, as one file."""
    items = [*(told(row, env) for row in rows), *(carryingown.told(row, env) for row in templates)]
    return filing.write(items) if items else ""


def own_templates(env: Env) -> Iterable[Any]:
    """The ready-made rules that were saved here, as far as they are open to the reader."""
    entity = registry.get("own_templates")
    return access.visible(entity, env.actor).order_by("pk") if access.may(env.actor, entity, "read") else ()


def files(rows: Iterable[Any], env: Env) -> dict[str, str]:
    """Rules as one file each, by the name of the file."""
    found: dict[str, str] = {}
    for row in rows:
        base = slugify(row.name) or f"rule-{row.pk}"
        name = base if f"{base}.yaml" not in found else f"{base}-{row.pk}"
        found[f"{name}.yaml"] = export([row], env)
    held = filing.write([carryingown.told(row, env) for row in own_templates(env)])
    return {**found, "ready-made.yaml": held} if held else found


def bring(items: Sequence[Mapping[str, Any]], act: Act, check: bool = False) -> list[Planned]:
    """Bring rules in, or only say what would become of each; with anything wrong in one of them none is brought."""
    with transaction.atomic():
        plan = [_one(item, act) for item in items]
        known: set[str] = set()
        for each in plan:
            if each.key in known:
                each.problems.append(FieldError("rule", _("“%(key)s” stands here twice.") % {"key": each.key}))
                each.state = WRONG
            known.add(each.key)
        if check or any(each.problems for each in plan):
            transaction.set_rollback(True)
    return plan


def _one(item: Mapping[str, Any], act: Act) -> Planned:
    key = str(item.get("rule") or item.get(carryingown.KEY) or "")[:120]
    planned = Planned(key, str(item.get("name") or key)[:120])
    try:
        with transaction.atomic():
            if carryingown.KEY in item:
                planned.state = carryingown.write(item, act)[0]
            else:
                _write(item, planned, act)
    except Invalid as error:
        planned.state, planned.problems = WRONG, list(error.errors)
    except DoorError as error:
        planned.state, planned.problems = WRONG, [FieldError("", error.title)]
    return planned


def _write(item: Mapping[str, Any], planned: Planned, act: Act) -> None:
    env = records.environment(act.actor)
    entity = _checked(item)
    row = _held(planned.key, env)
    raw = _raw(item, entity, env, act.actor.id if row is None else row.owner_id)
    if row is None:
        planned.pk = records.create("rules", {**raw, "external_id": planned.key}, act).pk
        planned.state = NEW
        return
    planned.pk, then = row.pk, copy.copy(row)
    for name, value in raw.items():
        setattr(then, "identity_id" if name == "identity" else name, value)
    if told(then, env) == told(row, env):
        return
    planned.state, planned.differs = CHANGED, versions.difference(row, then)
    records.change("rules", row.pk, raw, act)


def _checked(item: Mapping[str, Any]) -> Entity:
    """The entity that a rule of a file is about; Invalid names what the file should not, or should, say."""
    errors = [FieldError(str(name)[:80], _("“%(name)s” is not known here.") % {"name": str(name)[:60]})
              for name in item if name not in KNOWN]  # fmt: skip
    missing = [name for name in ("rule", "name", "event") if not str(item.get(name) or "").strip()]
    errors += [FieldError(name, _("Fill in “%(field)s”.") % {"field": name}) for name in missing]
    if not isinstance(item.get("do") or [], list):
        errors.append(FieldError("do", _("Write what the rule does as a list.")))
    found = happenings.find(str(item.get("event") or ""))
    if found is None and item.get("event"):
        errors.append(FieldError("event", _("There is no such event.")))
    if errors or found is None:
        raise Invalid(errors)
    return found.entity


def _held(key: str, env: Env) -> Any:
    """The rule of this key, which the importer may change; None where there is none."""
    rows = access.visible(registry.get("rules"), env.actor, "change")
    row = rows.filter(external_id=key).first()
    match = OWN_KEY.fullmatch(key)
    if row is None and match is not None:
        row = rows.filter(pk=int(match[1]), external_id__isnull=True).first()
        row = row if row is not None and key_of(row) == key else None
    return row


def _raw(item: Mapping[str, Any], entity: Entity, env: Env, owner: int | None) -> Json:
    """What the door gets: ids in the place of names, and off. Whose rights are the owner's needs no other name."""
    body = {name: item[name] for name in KEPT if item.get(name) not in (None, "")}
    raw: Json = {**dict.fromkeys(KEPT), **naming.with_ids(body, entity, env), "enabled": False}
    raw |= {"name": item["name"], "event": item["event"], "needs_text": item.get("needs_text") is True}
    if item.get("position") is not None:
        raw["position"] = item["position"]
    if item.get("identity") is not None:
        person = _person(item["identity"], env)
        raw["identity"] = None if person == owner else person
    return raw


def _person(who: Any, env: Env) -> int:
    try:
        pk = env.refs.resolve(registry.get("users").model, who)
    except Invalid as error:
        raise Invalid([FieldError("identity", part.message) for part in error.errors]) from None
    if actors.load(pk) is None:
        raise Invalid([FieldError("identity", _("Nobody of that name may sign in. Choose somebody else."))])
    return pk
