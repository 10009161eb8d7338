"""The parts of the OpenAPI document that webhooks and followers have for themselves."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bosun.api.operations import ID, Json, items_of, operation, ref, reply, sent


def webhooks(base: str) -> Json:
    """A secret, a test, and the messages."""
    anything, page = reply({"type": "object"}), reply(items_of({"type": "object"}))
    secret = reply({"type": "object", "properties": {"secret": {"type": "string"}}, "required": ["secret"]})

    def one(method: str, told: Json) -> Json:
        return {"parameters": [ID], method: {**told, "tags": ["webhooks"]}}

    return {
        f"{base}/{{id}}/verbs/rotate": one("post", operation("rotateWebhook", _("New secret"), [], secret)),
        f"{base}/{{id}}/verbs/test": one("post", operation("testWebhook", _("Send a test"), [], anything, "202")),
        f"{base}/{{id}}/deliveries": one(
            "get", operation("listDeliveries", _("What was sent"), ["limit", "cursor"], page)
        ),
        "/webhook-deliveries": {"get": operation("listAllDeliveries", _("What was sent"), ["limit", "cursor"], page)},
        "/webhook-deliveries/{id}": one("get", operation("getDelivery", _("One message"), [], anything)),
        "/webhook-deliveries/{id}/verbs/resend": one(
            "post", operation("resendDelivery", _("Send it again"), [], anything, "202")
        ),
    }


def followers(key: str, name: str, base: str, read_only: bool) -> Json:
    """Who follows a record."""
    page = reply(items_of(ref("Card")))
    person = {"name": "person", "in": "path", "required": True, "schema": {"type": "string"}}
    body = sent({"type": "object", "properties": {"person": {}}}, False)
    listed: Json = {
        "parameters": [ID],
        "get": operation(f"followers{name}", _("Who follows it"), [], page, tags=[key]),
    }
    if read_only:
        return {f"{base}/{{id}}/followers": listed}
    listed["post"] = operation(f"follow{name}", _("Follow"), [], page, "201", requestBody=body, tags=[key])
    gone = operation(
        f"unfollow{name}", _("Follow no more"), [], {"description": _("Follow no more")}, "204", tags=[key]
    )
    return {
        f"{base}/{{id}}/followers": listed,
        f"{base}/{{id}}/followers/{{person}}": {"parameters": [ID, person], "delete": gone},
    }
