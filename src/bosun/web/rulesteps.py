"""What a rule does, as small forms: one for each action, read from what was posted into JSON and drawn from it.

A form is a pick that draws it anew (which field, which verb) and inputs under it. What these forms cannot hold is kept
as it was and shown in words.
"""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from bosun.kernel import access, kinds, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import Reference
from bosun.kernel.specs import FieldSpec
from bosun.platform.automation.actions.create import IN_DAYS
from bosun.platform.automation.actions.notify import FOLLOWS
from bosun.web import fields
from bosun.web.ruleassign import AssignStep
from bosun.web.rulefields import (
    Json,
    Place,
    Step,
    field_input,
    first,
    fits_value,
    merging_input,
    numbers,
    pick,
    spec_input,
    stored,
    ticks,
    title_of,
    writable,
)
from bosun.web.ruleout import FollowStep, WebhookStep, follow_words
from bosun.web.rulepace import WaitStep

OWNER = "{{owner}}"


class SetStep(Step):
    """A field and its value."""

    def read(self, post: QueryDict, place: Place) -> Json:
        known = writable(place.entity, place.env)
        name = post.get(place.name("field"), "") or first(
            {name: spec for name, spec in known.items() if not spec.required} or known, "grade"
        )
        if name not in known:
            return {"field": name}
        kind = known[name].kind
        return {
            "field": name,
            "value": stored(kind, fields.read_one(post, place.name(f"value_{name}"), kind), place.env),
        }

    def pick(self, raw: Json, place: Place) -> Json | None:
        options = {name: str(spec.label) for name, spec in writable(place.entity, place.env).items()}
        return pick(place, "field", _("Field"), options, raw.get("field"))

    def inputs(self, raw: Json, place: Place) -> list[Json]:
        name = str(raw.get("field", ""))
        spec = writable(place.entity, place.env).get(name)
        return [spec_input(place, f"value_{name}", spec, place.entity, raw.get("value"))] if spec else []

    def fits(self, raw: Json, place: Place) -> bool:
        spec = writable(place.entity, place.env).get(str(raw.get("field", "")))
        return spec is not None and "formula" not in raw and fits_value(spec.kind, raw.get("value"))


class ChangeStep(Step):
    """A field of the record that this one refers to."""

    def _known(self, place: Place) -> dict[str, tuple[FieldSpec, Entity, FieldSpec]]:
        found = {}
        for name, ref in access.specs(place.entity, place.env.actor).items():
            if not isinstance(ref.kind, Reference) or ref.kind.multiple or not registry.has(ref.kind.model):
                continue
            target = registry.of(ref.kind.model)
            if target.menu == "main" and not ref.internal:
                for other, spec in writable(target, place.env).items():
                    found[f"{name}.{other}"] = (ref, target, spec)
        return found

    def read(self, post: QueryDict, place: Place) -> Json:
        known = self._known(place)
        name = post.get(place.name("field"), "") or next(iter(known), "")
        if name not in known:
            return {"record": "", "set": {}}
        record, _dot, other = name.partition(".")
        kind = known[name][2].kind
        value = stored(kind, fields.read_one(post, place.name(f"value_{record}_{other}"), kind), place.env)
        return {"record": record, "set": {other: value}}

    def pick(self, raw: Json, place: Place) -> Json | None:
        options = {name: f"{ref.label} › {spec.label}" for name, (ref, _e, spec) in self._known(place).items()}
        return pick(place, "field", _("Field"), options, self._name(raw))

    def _name(self, raw: Json) -> str:
        return f"{raw.get('record', '')}.{next(iter(raw.get('set') or {'': None}))}"

    def inputs(self, raw: Json, place: Place) -> list[Json]:
        found = self._known(place).get(self._name(raw))
        if found is None:
            return []
        record, _dot, other = self._name(raw).partition(".")
        return [spec_input(place, f"value_{record}_{other}", found[2], found[1], raw["set"][other])]

    def fits(self, raw: Json, place: Place) -> bool:
        found = self._known(place).get(self._name(raw))
        return not raw.get("set") or (
            found is not None and len(raw["set"]) == 1 and fits_value(found[2].kind, next(iter(raw["set"].values())))
        )


class TagStep(Step):
    """Tags that come, tags that go."""

    def read(self, post: QueryDict, place: Place) -> Json:
        found = {part: [each for each in post.getlist(place.name(part)) if each.strip()] for part in ("add", "remove")}
        return {part: words for part, words in found.items() if words}

    def inputs(self, raw: Json, place: Place) -> list[Json]:
        spec = access.specs(place.entity, place.env.actor).get("tags")
        if spec is None:
            return []
        labels = {"add": _("Add tags"), "remove": _("Take off tags")}
        made = [field_input(place, part, label, spec.kind, raw.get(part)) for part, label in labels.items()]
        return [{**each, "pick_url": f"/{place.entity.key}/words?field=tags", "closed": False} for each in made]

    def fits(self, raw: Json, place: Place) -> bool:
        return "record" not in raw and "tags" in writable(place.entity, place.env)


class CreateStep(Step):
    """A record: its first fields; days are counted from the act, references to this record are set by themselves."""

    def _targets(self, place: Place) -> dict[str, Entity]:
        found = [each for each in registry.all_entities() if each.menu == "main"]
        return {each.key: each for each in found if access.may(place.env.actor, each, "create")}

    def _shown(self, target: Entity, place: Place) -> dict[str, FieldSpec]:
        known = writable(target, place.env)
        linked = self._links(target, place)
        wanted = [name for section in target.form[:1] for name in section.names()]
        names = [n for n in known if known[n].required] + [n for n in wanted if n in known and not known[n].required]
        return {name: known[name] for name in dict.fromkeys(names) if name not in linked}

    def _links(self, target: Entity, place: Place) -> dict[str, str]:
        known = writable(target, place.env)
        exact = [n for n, s in known.items() if isinstance(s.kind, Reference) and s.kind.model is place.entity.model]
        loose = [n for n, s in known.items() if isinstance(s.kind, kinds.AnyReference)]
        return dict.fromkeys(exact[:1] or loose[:1], "record")

    def read(self, post: QueryDict, place: Place) -> Json:
        targets = self._targets(place)
        planned = next((key for key, each in targets.items() if "remind" in each.extras), "")
        key = post.get(place.name("entity"), "") or first(targets, planned)
        if key not in targets:
            return {"entity": key, "values": {}}
        values: Json = dict(self._links(targets[key], place))
        for name, spec in self._shown(targets[key], place).items():
            part = place.name(f"{key}_{name}")
            if spec.kind.key in ("date", "datetime"):
                days = post.get(part, "").strip()
                value: Any = f"+{days}d" if days else None
            elif name == "owner" and (f"{part}_follows" in post or part not in post):
                value = OWNER if place.entity.owned else None
            else:
                value = stored(spec.kind, fields.read_one(post, part, spec.kind), place.env)
            if value not in (None, "", []):
                values[name] = value
        return {"entity": key, "values": values}

    def pick(self, raw: Json, place: Place) -> Json | None:
        options = {key: str(each.label) for key, each in self._targets(place).items()}
        return pick(place, "entity", _("What kind of record"), options, raw.get("entity"))

    def inputs(self, raw: Json, place: Place) -> list[Json]:
        key, values = str(raw.get("entity", "")), raw.get("values") or {}
        target = self._targets(place).get(key)
        found: list[Json] = []
        for name, spec in (self._shown(target, place) if target else {}).items():
            value = values.get(name)
            if spec.kind.key in ("date", "datetime"):
                label = _("%(field)s, in how many days") % {"field": spec.label}
                days = IN_DAYS.fullmatch(str(value or ""))
                shown = days[1] if days else str(value or "").strip("+d")
                found.append(fields.field(place.name(f"{key}_{name}"), label, kinds.Text(8), place.env, raw=shown))
                continue
            if name == "owner" and place.entity.owned:
                label = _("For the owner of the record")
                tick = fields.field(
                    place.name(f"{key}_{name}_follows"), label, kinds.Boolean(), place.env, value == OWNER
                )
                found.append(tick)
                value = None if value == OWNER else value
            found.append(spec_input(place, f"{key}_{name}", spec, target or place.entity, value))
        return found

    def fits(self, raw: Json, place: Place) -> bool:
        target = self._targets(place).get(str(raw.get("entity", "")))
        if target is None:
            return False
        shown, links = self._shown(target, place), self._links(target, place)
        return all(
            links.get(name) == value or (name in shown and self._holds(name, shown[name], value))
            for name, value in (raw.get("values") or {}).items()
        )

    def _holds(self, name: str, spec: FieldSpec, value: Any) -> bool:
        if spec.kind.key in ("date", "datetime"):
            return bool(IN_DAYS.fullmatch(str(value)))
        return (name == "owner" and value == OWNER) or fits_value(spec.kind, value)


class NotifyStep(Step):
    """Whom the record follows, roles, people; and a text."""

    def read(self, post: QueryDict, place: Place) -> Json:
        to: list[Any] = post.getlist(place.name("follows"))
        to += [f"role:{each}" for each in numbers(post.getlist(place.name("roles")))]
        to += numbers(post.getlist(place.name("people")))
        return {"to": to, "text": post.get(place.name("text"), "").strip()}

    def _parts(self, raw: Json) -> tuple[list[str], list[str], list[str]]:
        given = raw.get("to") or []
        said = [str(each) for each in ([given] if isinstance(given, str) else given)]
        follows = [each for each in said if each in FOLLOWS]
        roles = [each.removeprefix("role:") for each in said if each.startswith("role:")]
        return follows, roles, [each for each in said if each not in follows and not each.startswith("role:")]

    def inputs(self, raw: Json, place: Place) -> list[Json]:
        follows, roles, people = self._parts(raw)
        names = follow_words()
        if not place.entity.owned:
            names = {key: names[key] for key in ("followers", "actor")}
        whom = fields.field(place.name("follows"), _("Tell"), kinds.MultiChoice("", names), place.env, raw=follows)
        text = fields.field(
            place.name("text"), _("What to tell"), kinds.Text(200), place.env, raw=raw.get("text") or "",
            help_text=_("What stands in {{ }} is filled in from the record, as {{%(field)s}} with its name.")
            % {"field": title_of(place.entity)},
        )  # fmt: skip
        folded = [
            ticks(place, "roles", _("Roles"), "roles", roles),
            ticks(place, "people", _("People"), "users", people),
        ]
        return [merging_input(text, place.entity), whom, *({**each, "folded": not each["raw"]} for each in folded)]

    def fits(self, raw: Json, place: Place) -> bool:
        _follows, roles, people = self._parts(raw)
        return all(each.isdigit() for each in (*roles, *people))


class VerbStep(Step):
    """A verb with what it asks for."""

    def read(self, post: QueryDict, place: Place) -> Json:
        name = post.get(place.name("verb"), "") or next(iter(place.entity.verbs), "")
        verb = place.entity.verbs.get(name)
        values = {
            param.name: value
            for param in (verb.params if verb else ())
            if (read := fields.read_one(post, place.name(f"{name}_{param.name}"), param.kind)) not in (None, "", [])
            and (value := stored(param.kind, read, place.env)) is not None
        }
        return {"verb": name, **({"values": values} if values else {})}

    def pick(self, raw: Json, place: Place) -> Json | None:
        return pick(
            place, "verb", _("Verb"), {v.key: str(v.label) for v in place.entity.verbs.values()}, raw.get("verb")
        )

    def inputs(self, raw: Json, place: Place) -> list[Json]:
        verb = place.entity.verbs.get(str(raw.get("verb", "")))
        values = raw.get("values") or {}
        if verb is None:
            return []
        return [
            field_input(
                place,
                f"{verb.key}_{param.name}",
                param.label,
                param.kind,
                values.get(param.name),
                required=param.required,
            )
            for param in verb.params
        ]

    def fits(self, raw: Json, place: Place) -> bool:
        verb = place.entity.verbs.get(str(raw.get("verb", "")))
        known = {param.name: param.kind for param in verb.params} if verb else {}
        return all(
            name in known and fits_value(known[name], value) for name, value in (raw.get("values") or {}).items()
        )


STEPS: dict[str, Step] = {
    "set": SetStep(), "assign": AssignStep(), "tag": TagStep(), "create": CreateStep(), "change": ChangeStep(),
    "notify": NotifyStep(), "verb": VerbStep(), "follow": FollowStep(), "webhook": WebhookStep(), "wait": WaitStep(),
    "stop": Step(),
}  # fmt: skip


def step_words(entity: Entity, env: Env) -> dict[str, str]:
    """The actions that make sense for an entity, in words."""
    known = writable(entity, env)
    fit = {
        "assign": entity.owned and "owner" in known,
        "tag": "tags" in known,
        "verb": bool(entity.verbs),
        "webhook": access.may(env.actor, registry.get("webhooks"), "read"),
    }
    return {key: word for key, word in every_word().items() if fit.get(key, True)}


def every_word() -> dict[str, str]:
    """All actions in words."""
    return {
        "set": _("Set a field"),
        "assign": _("Assign it"),
        "tag": _("Add or take off tags"),
        "create": _("Make a record"),
        "change": _("Change a related record"),
        "notify": _("Tell people"),
        "verb": _("Do a verb"),
        "follow": _("Add or take off followers"),
        "webhook": _("Call a webhook"),
        "wait": _("Wait, and go on later"),
        "stop": _("Ask no further rule"),
    }
