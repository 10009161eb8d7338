"""The form of assigning: to one person, to several in turn or by load, or by a table of conditions."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from bosun.web import ruleconditions
from bosun.web.rulefields import Json, Place, Step, field_input, loads, numbers, person_kind, pick, ticks

MOST_LINES = 50


class AssignStep(Step):
    """To one person, in turn, to the least loaded, or a line of a table for each case."""

    def read(self, post: QueryDict, place: Place) -> Json:
        how = post.get(place.name("how"), "to")
        if how in ("turn", "load"):
            return {"among": numbers(post.getlist(place.name("among"))), "how": how}
        if how == "table":
            return self._read_table(post, place)
        return {"to": _person(post, place, "to")}

    def _read_table(self, post: QueryDict, place: Place) -> Json:
        lines = [
            {"when": loads(post.get(place.name(f"when_{at}"), "")) or {}, "to": _person(post, place, f"to_{at}")}
            for at in numbers(post.getlist(place.name("line")))[:MOST_LINES]
        ]
        other = _person(post, place, "otherwise")
        found: Json = {"table": lines or [{"when": {}, "to": None}]}
        return {**found, "otherwise": other} if other else found

    def arrange(self, raw: Json, what: str, at: int) -> Json:
        lines = list(raw.get("table") or ())
        if what == "line" and len(lines) < MOST_LINES:
            lines.append({"when": {}, "to": None})
        elif what == "unline" and 0 <= at < len(lines) and len(lines) > 1:
            del lines[at]
        return {**raw, "table": lines} if "table" in raw else raw

    def whole(self, raw: Json) -> Json:
        if "table" not in raw:
            return raw
        return {**raw, "table": [{**line, "when": ruleconditions.whole(line["when"]) or {}} for line in raw["table"]]}

    def pick(self, raw: Json, place: Place) -> Json | None:
        options = {
            "to": _("One person"),
            "turn": _("Several in turn"),
            "load": _("The least loaded of several"),
            "table": _("By conditions, line by line"),
        }
        how = "table" if "table" in raw else raw.get("how", "turn") if "among" in raw else "to"
        return pick(place, "how", _("To whom"), options, how)

    def inputs(self, raw: Json, place: Place) -> list[Json]:
        if "table" in raw:
            return [field_input(place, "otherwise", _("Otherwise to"), person_kind(), raw.get("otherwise"))]
        if "among" not in raw:
            return [field_input(place, "to", _("Person"), person_kind(), raw.get("to"))]
        load = _("The next one goes to whoever has the fewest of %(records)s; those in the bin do not count.")
        turn = _("Each gets one, in this order, and then from the beginning.")
        drawn = ticks(place, "among", _("People"), "users", raw["among"])
        return [{**drawn, "help": load % {"records": place.entity.plural} if raw.get("how") == "load" else turn}]

    def table(self, raw: Json, place: Place) -> Json | None:
        if "table" not in raw:
            return None
        drawn = [
            {
                "n": at,
                "name": place.name(f"when_{at}"),
                "tree": ruleconditions.worded(line["when"], place.entity, place.env) if line["when"] else {},
                "to": field_input(place, f"to_{at}", _("Person"), person_kind(), line["to"]),
            }
            for at, line in enumerate(raw["table"])
        ]
        return {"name": place.name("line"), "lines": drawn, "more": len(drawn) < MOST_LINES}

    def fits(self, raw: Json, place: Place) -> bool:
        people = [raw.get("to"), raw.get("otherwise"), *raw.get("among", ())]
        lines = raw.get("table", ())
        people += [line.get("to") if isinstance(line, dict) else "?" for line in lines]
        return all(each is None or str(each).isdigit() for each in people)


def _person(post: QueryDict, place: Place, part: str) -> Any:
    return next(iter(numbers([post.get(place.name(part), "")])), None)
