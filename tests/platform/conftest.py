"""The same small company as for the kernel's tests, and what those of reminders begin with."""

from collections.abc import Iterator

import pytest

from bosun.platform.reminders import opening
from tests.kernel.conftest import world
from tests.kernel.world import World
from tests.platform import reminding

__all__ = ["world"]


@pytest.fixture
def openings() -> Iterator[None]:
    """Nobody has opened Bosun yet, nor has in the next test."""
    opening.forget()
    yield
    opening.forget()


@pytest.fixture
def reminded(world: World, openings: None) -> None:
    """Rights to tasks and reminders, before anybody has opened Bosun."""
    reminding.grant(world)
