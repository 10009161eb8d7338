"""A fresh company for each test, and no memory of the last one."""

import pytest

from tests.kernel.world import World, build


@pytest.fixture
def world(db: None) -> World:
    """Ann, Ben, Cyd and Ada with their departments and roles."""
    return build()
