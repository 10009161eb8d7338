"""Fields that users invent behave as those that ship."""

import pytest

from bosun.kernel import access, records, registry
from bosun.kernel.errors import Invalid
from bosun.platform.customize.models import CustomField
from tests.kernel.world import SYSTEM, World

CUSTOMERS = "customers"


def invent(**values: object) -> CustomField:
    """A field on customers."""
    made: CustomField = records.create("custom_fields", {"entity": CUSTOMERS, **values}, SYSTEM)
    return made


def test_an_invented_number_is_written_filtered_sorted_and_kept_in_the_history(world: World) -> None:
    invent(name="x_pumps", label="Pumps", kind="number", labels={"es": "Bombas"})
    first = world.customer("ann", name="Halden", x_pumps=7)
    world.customer("ann", name="Moss", x_pumps=40)
    world.customer("ann", name="Larvik")

    query = records.query(CUSTOMERS, world.actor("ann"))
    more = query.filter({"field": "x_pumps", "op": "gt", "value": 6}).sort(["-x_pumps"])
    assert [(str(row), row.custom) for row in more.page().items] == [
        ("Moss", {"x_pumps": 40}),
        ("Halden", {"x_pumps": 7}),
    ]
    assert query.sums(["x_pumps"]) == {"x_pumps": 47}

    draft = records.change(CUSTOMERS, first.pk, {"x_pumps": "8"}, world.act("ann"))
    assert draft.diff == {"x_pumps": (7, 8)}


def test_an_invented_field_takes_the_rights_of_its_role(world: World) -> None:
    invent(name="x_margin", label="Margin", kind="number")
    made = world.customer("ann", name="Halden", x_margin=30)
    records.change("roles", world.roles["rep"], {"field_rights": {CUSTOMERS: {"x_margin": "none"}}}, SYSTEM)

    ann = world.actor("ann")
    assert "x_margin" not in access.specs(registry.get(CUSTOMERS), ann)
    with pytest.raises(Invalid):
        records.query(CUSTOMERS, ann).filter({"field": "x_margin", "op": "is", "value": 30})
    with pytest.raises(Invalid):
        records.change(CUSTOMERS, made.pk, {"x_margin": 1}, world.act("ann"))
    assert records.get(CUSTOMERS, made.pk, ann).custom == {"x_margin": 30}


def test_a_required_field_is_asked_for_and_a_choice_needs_its_list(world: World) -> None:
    invent(name="x_class", label="Class", kind="choice", settings={"options": "grade"}, required=True)
    with pytest.raises(Invalid) as refused:
        world.customer("ann", name="Halden")
    assert refused.value.by_field() == {"x_class": ["Fill in “Class”."]}
    assert world.customer("ann", name="Halden", x_class="A").custom == {"x_class": "A"}

    with pytest.raises(Invalid):
        invent(name="x_other", label="Other", kind="choice")
    assert not CustomField.objects.filter(name="x_other").exists()


@pytest.mark.parametrize("name", ["pumps", "x_", "x_Pumps", "x_a b", "name", "x_" + "a" * 60])
def test_a_key_begins_with_x_and_is_plain(world: World, name: str) -> None:
    with pytest.raises(Invalid):
        invent(name=name, label="Pumps", kind="number")
    assert not CustomField.objects.exists()


def test_kind_and_key_stay_and_a_key_is_there_once(world: World) -> None:
    made = invent(name="x_pumps", label="Pumps", kind="number")
    for change in ({"kind": "text"}, {"name": "x_motors"}, {"entity": "contacts"}):
        with pytest.raises(Invalid):
            records.change("custom_fields", made.pk, change, SYSTEM)
    with pytest.raises(Invalid):
        invent(name="x_pumps", label="Again", kind="number")
    made.refresh_from_db()
    assert (made.kind, made.name, made.entity) == ("number", "x_pumps", CUSTOMERS)
    assert CustomField.objects.count() == 1
