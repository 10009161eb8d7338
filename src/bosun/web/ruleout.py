"""What a rule does about people who follow and programs outside, as small forms."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bosun.kernel import kinds, registry
from bosun.kernel.kinds import Reference
from bosun.platform.automation.actions.notify import FOLLOWS
from bosun.web import fields
from bosun.web.rulefields import Json, Place, Step, field_input, numbers, ticks


def follow_words() -> dict[str, str]:
    """Whom a record follows."""
    return {
        "owner": _("Its owner"),
        "manager": _("The owner's manager"),
        "department": _("The owner's department"),
        "followers": _("Its followers"),
        "actor": pgettext("rule", "Who did it"),
    }


class WebhookStep(Step):
    """Which webhook is called."""

    def read(self, post: QueryDict, place: Place) -> Json:
        return {"to": next(iter(numbers([post.get(place.name("to"), "")])), None)}

    def inputs(self, raw: Json, place: Place) -> list[Json]:
        kind = Reference(registry.get("webhooks").model._meta.label)
        return [field_input(place, "to", _("Webhook"), kind, raw.get("to"))]

    def fits(self, raw: Json, place: Place) -> bool:
        return raw.get("to") is None or str(raw["to"]).isdigit()


class FollowStep(Step):
    """Who follows it, and who does so no more."""

    def read(self, post: QueryDict, place: Place) -> Json:
        found: Json = {part: numbers(post.getlist(place.name(part))) for part in ("add", "remove")}
        follows = [each for each in post.getlist(place.name("follows")) if each in FOLLOWS]
        return {part: held for part, held in {**found, "add": [*follows, *found["add"]]}.items() if held}

    def inputs(self, raw: Json, place: Place) -> list[Json]:
        names = {key: word for key, word in follow_words().items() if key in ("owner", "manager", "actor")}
        held = [each for each in raw.get("add", []) if each in names]
        whom = fields.field(
            place.name("follows"), _("Is followed by"), kinds.MultiChoice("", names), place.env, raw=held
        )
        people = [str(each) for each in raw.get("add", []) if each not in names]
        return [
            whom,
            {**ticks(place, "add", _("People"), "users", people), "folded": not people},
            {
                **ticks(place, "remove", _("No longer by"), "users", raw.get("remove", [])),
                "folded": not raw.get("remove"),
            },
        ]

    def fits(self, raw: Json, place: Place) -> bool:
        names = ("owner", "manager", "actor")
        return all(str(each).isdigit() for part in ("add", "remove") for each in raw.get(part, []) if each not in names)
