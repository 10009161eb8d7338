"""Nobody is invited to what is over; of a series the next time is named, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.feeds.models import Invitation
from bosun.platform.jobs import running
from tests.kernel.world import SYSTEM, World
from tests.platform.post import Post
from tests.platform.reminding import NINE
from tests.web.conftest import Seat
from tests.web.test_invitations import invite, link_of, post, rights, task, words_of

__all__ = ["post", "rights"]
pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
OVER = "This time is over. Invite people to one that is still to come."


@pytest.mark.parametrize("rule", [None, "FREQ=DAILY;COUNT=2"])
def test_nobody_is_invited_to_a_time_that_is_over(world: World, sit: Sit, post: Post, rule: str | None) -> None:
    with clock.fixed(NINE - DAY):
        row = task(world, due=NINE, recurrence=rule)
    with clock.fixed(NINE + DAY):
        said = sit("ann").send(f"/invite/tasks/{row.pk}", 422, emails="guest@example.org").content.decode()
        running.drain()
    assert OVER in said
    assert "guest@example.org" in said, "what was typed stays"
    assert (Invitation.objects.count(), post.taken) == (0, [])
    with clock.fixed(NINE - MINUTE):
        invite(sit, row)
    assert Invitation.objects.count() == 1


def test_of_a_series_that_has_begun_the_next_time_is_named(world: World, sit: Sit, post: Post) -> None:
    with clock.fixed(NINE - DAY):
        row = task(world, due=NINE, recurrence="FREQ=WEEKLY")
    with clock.fixed(NINE + DAY):
        invite(sit, row)
        (_to, sent) = post.taken[0]
        assert "Ann invites you: Site visit, 30 Nov 2026 10:00 (Europe/Madrid)." in words_of(sent)
        assert "30 Nov 2026 10:00 (Europe/Madrid)" in Client().get(link_of(sent)).content.decode()


def test_the_day_of_a_promise_is_over_when_it_is_over_everywhere(world: World, sit: Sit, post: Post) -> None:
    with clock.fixed(NINE - DAY):
        about = {"entity": "customers", "id": world.customer("ann").pk}
        raw = {"subject": "Met Priya", "about": about, "next_step": "Site visit", "next_step_on": "2026-11-23"}
        row = records.create("follow_ups", raw, world.act("ann"))
    for at, status in ((NINE, 204), (NINE + 2 * DAY, 422)):
        with clock.fixed(at):
            sit("ann").send(f"/invite/follow_ups/{row.pk}", status, emails=f"guest{status}@example.org")
    assert Invitation.objects.get().email == "guest204@example.org"


@pytest.mark.parametrize(
    ("language", "day", "text"),
    [
        ("es", "23 nov 2036 10:00 (Europe/Madrid)", "Aceptar"),
        ("zh-hans", "2036年11月23日 10:00 (Europe/Madrid)", "接受"),
        ("en", "23 Nov 2036 10:00 (Europe/Madrid)", "Accept"),
    ],
)
def test_the_page_of_a_guest_speaks_one_language(
    world: World, sit: Sit, post: Post, language: str, day: str, text: str
) -> None:
    records.change("users", world.people["ann"], {"language": "en"}, SYSTEM)
    invite(sit, task(world))
    page = Client().get(link_of(post.taken[0][1]), headers={"Accept-Language": language}).content.decode()
    assert day in page
    assert f">{text}</button>" in page
