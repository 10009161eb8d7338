"""Followers over the API and the page."""

from __future__ import annotations

from collections.abc import Callable

from bosun.platform.followers.models import Follower
from tests.api.conftest import Api
from tests.kernel.world import World


def test_following_over_the_api(world: World, api: Callable[..., Api]) -> None:
    ann, cyd = world.people["ann"], world.people["cyd"]
    customer = world.customer("ann", name="Halden")
    at = f"customers/{customer.pk}/followers"
    made = api("ann").send("POST", at, {}, 201)
    assert made["items"] == [{"id": ann, "name": "Ann", "username": "ann"}]
    api("ann").send("POST", at, {"person": "me"}, 200)
    assert [each["id"] for each in api("ben").send("POST", at, {}, 201)["items"]] == [ann, world.people["ben"]]
    api("ann").send("POST", at, {"person": "cyd"}, 422)
    api("ann").send("POST", at, {"person": "nobody"}, 422)
    api("cyd").send("POST", at, {}, 404)
    assert api("cyd")("GET", at).status_code == 404
    assert api("cyd")("DELETE", f"{at}/{ann}").status_code == 404
    assert api("ann")("DELETE", f"{at}/{cyd}").status_code == 404
    assert Follower.objects.count() == 2
    assert api("ann")("DELETE", f"{at}/ben").status_code == 204
    assert api("ann")("DELETE", f"{at}/me").status_code == 204
    assert api("ann").get(at) == {"items": [], "next": None}
    assert api("ann", "read")("POST", at, {}).status_code == 403
    assert Follower.objects.count() == 0
