"""What makes sense of a customer: amounts that are nothing or more."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel import records
from bosun.kernel.errors import Invalid
from bosun.kernel.models import Change
from tests.kernel.world import World

pytestmark = pytest.mark.django_db
LABELS = {"credit_limit": "Credit limit", "registered_capital": "Registered capital"}


def amount(text: str) -> dict[str, Any]:
    return {"amount": text, "currency": "EUR"}


@pytest.mark.parametrize("name", LABELS)
def test_a_limit_and_a_capital_are_never_less_than_zero(world: World, name: str) -> None:
    made = records.create("customers", {"name": "Tidewater", name: amount("0.00")}, world.act("ada"))
    for text in ("-0.01", "-5000.00"):
        with pytest.raises(Invalid) as caught:
            records.change("customers", made.pk, {name: amount(text)}, world.act("ada"))
        assert caught.value.by_field() == {name: [f"“{LABELS[name]}” cannot be less than zero."]}
        with pytest.raises(Invalid):
            records.create("customers", {"name": "Other", name: amount(text)}, world.act("ada"))
    assert Change.objects.filter(entity="customers").count() == 1
    records.change("customers", made.pk, {name: amount("0.01")}, world.act("ada"))
    records.change("customers", made.pk, {name: None}, world.act("ada"))
    assert Change.objects.filter(entity="customers").count() == 3
    assert [str(row) for row in records.query("customers", world.actor("ada")).rows()] == ["Tidewater"]
