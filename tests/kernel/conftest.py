"""A fresh company for each test, and no memory of the last one."""

from collections.abc import Iterator

import pytest

from bosun.kernel import stamps
from tests.kernel.world import World, build


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """What processes keep in memory would outlive the transaction of a test."""
    stamps.forget()
    stamps._seen.clear()
    yield
    stamps.forget()
    stamps._seen.clear()


@pytest.fixture
def world(db: None) -> World:
    """Ann, Ben, Cyd and Ada with their departments and roles."""
    return build()
