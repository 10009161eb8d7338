"""Rules as things that one keeps: their versions, going back to one, and the tests inside them."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from bosun.api import shapes
from bosun.api.dispatch import Call, answer, number_of, takes
from bosun.api.reading import limit_of
from bosun.kernel import records
from bosun.kernel.errors import Denied, FieldError, Invalid
from bosun.platform.automation import trying
from bosun.platform.automation import versions as kept


@takes("limit")
def versions(call: Call, pk: str) -> HttpResponse:
    """The versions of a rule in words, the latest first."""
    call.readable("rules")
    return answer({"items": kept.told(number_of(pk), call.env, limit_of(call)), "next": None})


def go_back(call: Call, pk: str) -> HttpResponse:
    """Go back to a version: `{"version": 3}`."""
    found, body = call.readable("rules"), call.body()
    number = body.get("version")
    if set(body) != {"version"} or isinstance(number, bool) or not isinstance(number, int):
        raise Invalid([FieldError("version", _("Say which version."))])
    kept.back(number_of(pk), number, call.act())
    return answer(shapes.one(found, records.get(found, number_of(pk), call.actor), call.env))


def test(call: Call, pk: str) -> HttpResponse:
    """Run the tests of a rule; nothing of what they do stays."""
    found = call.readable("rules")
    if not call.actor.may("rules", "change"):
        raise Denied()
    tried = trying.run(records.get(found, number_of(pk), call.actor), call.actor)
    items = [{"name": each.name, "passed": each.passed, "differs": each.differs} for each in tried]
    return answer({"passed": all(each.passed for each in tried), "items": items})
