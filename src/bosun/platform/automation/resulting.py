"""What one action did to one record, in words, cut to what their reader may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.platform.automation import coming, scoping
from bosun.platform.webhooks import telling as webhooks

Json = dict[str, Any]
Done = Mapping[str, Any]


def result(done: Done, env: Env, about: tuple[str, int] | None) -> Json:
    """What one action did, with a sentence; `about` is the record that is known to be open to the reader."""
    key = str(done.get("action", ""))
    if "error" in done:
        return {"action": key, "says": _("It did not go through.")}
    if "skipped" in done:
        return {"action": key, "says": _("The webhook is off.") if done["skipped"] == "off" else _nothing()}
    if "fields" in done and (done["entity"], done["id"]) != about and not _is_open(done, env):
        return {"action": key, "says": _("Changed something that is not open to you")}
    return {"action": key, **SAYS.get(key, _wrote)(done, env)}


def _is_open(done: Done, env: Env) -> bool:
    entity = registry.find(str(done["entity"]))
    return entity is None or scoping.may(entity, done["id"], env.actor)


def _nothing() -> str:
    return _("There was nothing to do.")


def _answered(done: Done, env: Env) -> Json:
    return {"says": _("Went on, and said: “%(text)s”") % {"text": done["text"]} if done["text"] else _("Went on.")}


def _timed(done: Done, env: Env) -> Json:
    said = _("It was due at that time.") if done["late"] < coming.LATE else _("It was done late.")
    return {"due": done["due"], "late": done["late"], "says": said}


def _told(done: Done, env: Env) -> Json:
    return {"says": _("Told %(people)s") % {"people": _names(done["people"], env)}}


def _followed(done: Done, env: Env) -> Json:
    parts = {_("It is followed now by %(people)s"): done["added"], _("No longer by %(people)s"): done["removed"]}
    told = [text % {"people": _names(ids, env)} for text, ids in parts.items() if ids]
    return {"says": "; ".join(told) or _nothing()}


def _called(done: Done, env: Env) -> Json:
    return {"delivery": done["delivery"], "says": webhooks.of_run(str(done["delivery"]))}


def _wrote(done: Done, env: Env) -> Json:
    entity = registry.find(str(done.get("entity", "")))
    if entity is None:
        return {"says": _("No further rule was asked.")}
    if "fields" not in done:
        return _made(done, entity, env)
    fields = _fields(done["fields"], entity, env)
    said = [f"{each['label']}: {each['before'] or '—'} → {each['after'] or '—'}" for each in fields]
    says = ", ".join(said) or _unchanged(done, entity, env)
    return {"entity": entity.key, "id": done["id"], "fields": fields, "says": says}


def _unchanged(done: Done, entity: Entity, env: Env) -> str:
    if "to" in done and not done["fields"] and "owner" in access.specs(entity, env.actor):
        return _("Stays with %(person)s.") % {"person": _names([done["to"]], env)}
    return _("Nothing was different.")


def _made(done: Done, entity: Entity, env: Env) -> Json:
    env.refs.load(entity.model, [done["id"]])
    card = env.refs.card(entity.model, done["id"])
    title = card["name"] if card else _("Not open to you")
    says = _("Made “%(title)s” in %(list)s") % {"title": title, "list": entity.plural}
    return {"entity": entity.key, "id": done["id"] if card else None, "says": says}


SAYS: dict[str, Callable[[Done, Env], Json]] = {
    "answer": _answered, "time": _timed, "notify": _told, "follow": _followed, "webhook": _called,
    "wait": coming.begun, "waited": coming.gone_on, "throttle": coming.held_back,
}  # fmt: skip
"""The others write."""


def _fields(fields: Mapping[str, Any], entity: Entity, env: Env) -> list[Json]:
    known = access.specs(entity, env.actor)
    found = []
    for name, (old, new) in fields.items():
        if name not in known:
            continue
        kind = known[name].kind
        values = [kind.load(old), kind.load(new)]
        for value in values:
            for model, pk in kind.refers(value):
                env.refs.load(model, [pk])
        before, after = (kind.text(value, env) for value in values)
        found.append({"field": name, "label": str(known[name].label), "before": before, "after": after})
    return found


def _names(ids: list[int], env: Env) -> str:
    model = registry.get("users").model
    env.refs.load(model, ids)
    return ", ".join(str((env.refs.card(model, pk) or {"name": "?"})["name"]) for pk in ids) or _("nobody")
