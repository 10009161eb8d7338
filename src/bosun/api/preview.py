"""What is coming, over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from bosun.api.dispatch import Call, answer, number_of, takes
from bosun.kernel import records
from bosun.kernel.errors import FieldError, Invalid
from bosun.platform.preview import changing, services

LONGEST = 3


@takes("days", "person", "rule")
def preview(call: Call) -> HttpResponse:
    """Who will be told of what in the next `days`, and why; of oneself, those whom one leads, or everybody.

    With `rule`, `change` says what switching that rule on would add to it, or switching it off would take away.
    """
    raw = call.params.get("days", str(services.DAYS))
    if not (raw.isascii() and raw.isdigit() and len(raw) <= LONGEST):
        said = _("Give a number of days from 1 to %(max)s.") % {"max": services.MOST_DAYS}
        raise Invalid([FieldError("days", said)])
    person = number_of(call.params["person"]) if "person" in call.params else None
    found = services.of(call.env, int(raw), person)
    body = services.as_json(found, int(raw))
    if "rule" in call.params:
        rule = records.get("rules", number_of(call.params["rule"]), call.actor)
        after, before = (None, rule) if rule.enabled else (rule, None)
        body["change"] = _changed(changing.of(call.env, after, before, int(raw)), services.people_of(call.actor))
    return answer(body)


def _changed(change: changing.Change, people: Mapping[int, str]) -> dict[str, Any]:
    return {
        "adds": [services.line_json(line, people) for line in change.adds],
        "drops": [services.line_json(line, people) for line in change.drops],
        "foreseen": change.foreseen,
        "more": change.more,
    }
