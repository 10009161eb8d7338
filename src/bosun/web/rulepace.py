"""How a rule keeps its time, as small forms: a wait between its actions, and a limit on how often it acts."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from bosun.kernel import access, kinds
from bosun.kernel.kinds import Date, Moment
from bosun.kernel.specs import FieldSpec
from bosun.platform.automation.actions.wait import END, GO, KEEP, RESTART
from bosun.platform.automation.throttle import RECORD, RULE
from bosun.web import fields
from bosun.web.rulefields import (
    Json,
    Place,
    Step,
    field_input,
    fits_value,
    pick,
    spec_input,
    stored,
    writable,
)

TIME, DATE, CONDITION = "for", "field", "until."
BEFORE, AFTER = "before", "after"


class WaitStep(Step):
    """A time, a date and a distance, or a field that gets a value."""

    def _dates(self, place: Place) -> dict[str, str]:
        known = access.specs(place.entity, place.env.actor)
        return {name: str(spec.label) for name, spec in known.items() if isinstance(spec.kind, Date | Moment)}

    def _awaited(self, place: Place) -> dict[str, FieldSpec]:
        known = writable(place.entity, place.env)
        return {name: spec for name, spec in known.items() if "is" in spec.kind.operators}

    def read(self, post: QueryDict, place: Place) -> Json:
        how = post.get(place.name("how"), "") or TIME
        count, unit = _number(post.get(place.name("count"), "")), post.get(place.name("unit"), "") or "days"
        found: Json = {"unit": unit}
        if how == DATE:
            sign = -1 if post.get(place.name("side")) == BEFORE else 1
            name = post.get(place.name("date"), "") or next(iter(self._dates(place)), "")
            found |= {"field": name, "offset": sign * (count or 0), "hour": _number(post.get(place.name("hour"), "9"))}
        else:
            found["for"] = 1 if count is None and place.name("how") not in post else count
        if how.startswith(CONDITION):
            found |= self._read_condition(post, place, how.removeprefix(CONDITION))
        if place.name("again") in post and not post.get(place.name("check")):
            found["check"] = False
        if post.get(place.name("again")) == RESTART:
            found["again"] = RESTART
        return found

    def _read_condition(self, post: QueryDict, place: Place, name: str) -> Json:
        known = self._awaited(place)
        value = None
        if name in known:
            kind = known[name].kind
            value = stored(kind, fields.read_one(post, place.name(f"value_{name}"), kind), place.env)
        then = END if post.get(place.name("then")) == END else GO
        return {"until": {"field": name, "op": "is", "value": value}, "then": then}

    def pick(self, raw: Json, place: Place) -> Json | None:
        options = {TIME: _("For a time"), DATE: _("Until a date of the record")}
        until = _("Until %(field)s is …")
        options |= {CONDITION + name: until % {"field": spec.label} for name, spec in self._awaited(place).items()}
        return pick(place, "how", _("How long it waits"), options, self._how(raw))

    def _how(self, raw: Json) -> str:
        return DATE if "field" in raw else CONDITION + str(raw["until"].get("field")) if "until" in raw else TIME

    def inputs(self, raw: Json, place: Place) -> list[Json]:
        how = DATE if "field" in raw else CONDITION if "until" in raw else TIME
        found = self._condition_inputs(raw, place) if how == CONDITION else []
        count = raw.get("offset", 0) if how == DATE else raw.get("for")
        label = {TIME: _("How long"), DATE: _("How far from it"), CONDITION: _("For how long at most")}[how]
        shown = "" if count is None else abs(count) if isinstance(count, int) else count
        units = {"hours": _("hours"), "days": _("days"), "workdays": _("working days")}
        if how == DATE:
            found.append(self._choice(place, "date", _("Date"), self._dates(place), raw.get("field")))
        found.append(fields.field(place.name("count"), label, kinds.Text(6), place.env, raw=str(shown)))
        found.append(self._choice(place, "unit", _("Unit"), units, raw.get("unit", "days")))
        if how == DATE:
            side = BEFORE if isinstance(count, int) and count < 0 else AFTER
            sides = {BEFORE: _("before"), AFTER: _("after")}
            found.append(self._choice(place, "side", _("Before or after"), sides, side))
            hour = str(raw.get("hour", 9))
            found.append(fields.field(place.name("hour"), _("At (hour)"), kinds.Text(2), place.env, raw=hour))
        return [*found, *self._extras(raw, place)]

    def _condition_inputs(self, raw: Json, place: Place) -> list[Json]:
        known = self._awaited(place)
        name = str(raw["until"].get("field", ""))
        found: list[Json] = []
        if name in known:
            found.append(spec_input(place, f"value_{name}", known[name], place.entity, raw["until"].get("value")))
        after = {GO: _("Go on"), END: _("End without going on")}
        return [*found, self._choice(place, "then", _("If it does not within that time"), after, raw.get("then", GO))]

    def _extras(self, raw: Json, place: Place) -> list[Json]:
        check = raw.get("check", True)
        asked = _("Go on only if the rule's condition still holds")
        again = {KEEP: _("It goes on waiting"), RESTART: _("It begins to wait anew")}
        held = raw.get("again", KEEP)
        anew = self._choice(place, "again", _("When the rule begins again meanwhile"), again, held)
        return [field_input(place, "check", asked, kinds.Boolean(), check), {**anew, "folded": held == KEEP}]

    def _choice(self, place: Place, part: str, label: str, options: dict[str, str], held: Any) -> Json:
        kind = kinds.Choice("", options)
        return fields.field(place.name(part), label, kind, place.env, raw=str(held or ""), required=True)

    def fits(self, raw: Json, place: Place) -> bool:
        until = raw.get("until")
        if until is None:
            return "field" not in raw or raw["field"] in self._dates(place)
        if not isinstance(until, dict) or set(until) != {"field", "op", "value"} or until["op"] != "is":
            return False
        spec = self._awaited(place).get(str(until["field"]))
        return spec is not None and fits_value(spec.kind, until["value"])


def _number(text: str) -> int | str | None:
    """What was typed as a number; as it is where it is none, so that it is refused in words."""
    typed = text.strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else typed or None


def read_limit(post: QueryDict) -> Json | None:
    """The limit that was posted."""
    times = _number(post.get("limit_times", ""))
    if times is None:
        return None
    per = "hour" if post.get("limit_per") == "hour" else "day"
    return {"times": times, "per": per, "each": RULE if post.get("limit_each") == RULE else RECORD}


def limit_context(raw: Json | None, errors: list[str]) -> Json:
    """What the inputs of the limit show."""
    held = raw or {}
    return {
        "times": held.get("times", ""),
        "per": held.get("per", "day"),
        "each": held.get("each", RECORD),
        "pers": [("hour", _("an hour")), ("day", _("a day"))],
        "eachs": [(RECORD, _("for each record")), (RULE, _("for all records together"))],
        "errors": errors,
        "open": bool(held or errors),
    }
