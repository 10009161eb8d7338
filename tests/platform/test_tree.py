"""No record stands above itself, in whatever field says who stands above, and however long the way round."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bosun.kernel import records
from bosun.kernel.errors import Invalid
from bosun.platform.integrity.hashing import content_hash
from tests.kernel.world import World

Maker = Callable[[World, int], int]


def customer(world: World, number: int) -> int:
    return int(world.customer("ann", name=f"N{number}").pk)


def contact(world: World, number: int) -> int:
    raw = {"name": f"N{number}", "customer": world.customer("ann", name=f"Firm {number}").pk}
    return int(records.create("contacts", raw, world.act("ann")).pk)


@pytest.mark.parametrize(
    ("entity", "above", "make"), [("customers", "parent", customer), ("contacts", "reports_to", contact)]
)
@pytest.mark.parametrize("length", [1, 2, 60])
def test_nobody_stands_above_himself(world: World, entity: str, above: str, make: Maker, length: int) -> None:
    line = [make(world, number) for number in range(length)]
    for lower, upper in zip(line[1:], line, strict=False):
        records.change(entity, lower, {above: upper}, world.act("ann"))
    before = content_hash()
    with pytest.raises(Invalid) as caught:
        records.change(entity, line[0], {above: line[-1]}, world.act("ann"))
    said = [(error.field, error.message) for error in caught.value.errors]
    assert said == [(above, "A record cannot be above itself. Choose another one.")]
    assert content_hash() == before
