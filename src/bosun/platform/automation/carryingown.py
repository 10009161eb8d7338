"""Ready-made rules that people saved, told in a file and brought in again, beside rules."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Act
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.platform.automation import happenings, naming, own

Json = dict[str, Any]
KEY = "template"
KNOWN = frozenset((KEY, "name", "says", "event", "one_action", "params", *own.BODY))


def told(row: Any, env: Env) -> Json:
    """A template as its file has it."""
    found = happenings.find(str(row.event))
    body, params = dict(row.body or {}), list(row.params or ())
    if found is not None:
        kinds = own.kinds(body, found.entity, env)
        body = naming.with_names(body, found.entity, env)
        params = [_param(each, kinds, env) for each in params]
    item = {KEY: row.external_id or f"own-{row.pk}", "name": row.name, "event": row.event, **body}
    more = {"says": row.says, "one_action": row.one_action or None, "params": params}
    return item | {name: value for name, value in more.items() if value}


def _param(raw: Mapping[str, Any], kinds: Mapping[str, Any], env: Env, back: bool = False) -> Json:
    kind, initial = kinds.get(raw["name"]), raw.get("initial")
    put = naming.identified if back else naming.named
    if kind is None or initial in (None, "", []):
        return dict(raw)
    values = [put(kind, each, env) for each in initial] if isinstance(initial, list) else put(kind, initial, env)
    return {**raw, "initial": values}


def write(item: Mapping[str, Any], act: Act) -> tuple[str, int]:
    """Bring one in: what became of it (new, changed, same), and its id."""
    env = records.environment(act.actor)
    entity = _checked(item)
    raw = _raw(item, entity, env)
    rows = access.visible(registry.get("own_templates"), act.actor, "change")
    row = rows.filter(external_id=item[KEY]).first()
    number = str(item[KEY]).removeprefix(own.KEY)
    if row is None and number.isascii() and number.isdigit() and len(number) < 19:
        row = rows.filter(pk=int(number), external_id__isnull=True, name=item["name"]).first()
    if row is None:
        return "new", records.create("own_templates", {**raw, "external_id": item[KEY]}, act).pk
    then = copy.copy(row)
    for name, value in raw.items():
        setattr(then, name, value)
    if told(then, env) == told(row, env):
        return "same", row.pk
    records.change("own_templates", row.pk, raw, act)
    return "changed", row.pk


def _checked(item: Mapping[str, Any]) -> Entity:
    errors = [
        FieldError(str(name)[:80], _("“%(name)s” is not known here.") % {"name": str(name)[:60]})
        for name in item if name not in KNOWN
    ]  # fmt: skip
    missing = [name for name in (KEY, "name", "event") if not str(item.get(name) or "").strip()]
    errors += [FieldError(name, _("Fill in “%(field)s”.") % {"field": name}) for name in missing]
    found = happenings.find(str(item.get("event") or ""))
    if found is None and item.get("event"):
        errors.append(FieldError("event", _("There is no such event.")))
    params = item.get("params") or []
    if not isinstance(params, list) or not all(isinstance(each, Mapping) and each.get("name") for each in params):
        errors.append(FieldError("params", _("What is asked for has a name and a label.")))
    if errors or found is None:
        raise Invalid(errors)
    return found.entity


def _raw(item: Mapping[str, Any], entity: Entity, env: Env) -> Json:
    body = naming.with_ids({name: item[name] for name in own.BODY if item.get(name)}, entity, env)
    kinds = own.kinds(body, entity, env)
    params = [_param(each, kinds, env, back=True) for each in item.get("params") or ()]
    return {
        "name": item["name"], "says": item.get("says") or "", "event": item["event"],
        "one_action": bool(item.get("one_action")), "body": body, "params": params,
    }  # fmt: skip
