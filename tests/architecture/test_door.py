"""Records are written through the kernel's door alone."""

import ast
import re

from django.apps import apps

from bosun.kernel.models import Record
from tests.architecture.tree import Module, modules

MANAGERS = {"objects", "_default_manager", "_base_manager", "all_objects"}
QUERYSET_STEPS = {"filter", "exclude", "all", "using", "order_by", "select_for_update", "get_queryset"}
ON_QUERYSETS = {"update", "delete", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
ON_OBJECTS = {"save", "delete", "bulk_create", "bulk_update"}
DOORS = (["records"], ["loading"], ["removal"], ["undo"])
"""Modules of the kernel whose functions are called save, update or delete."""
NO_RECORDS = (["configured"], ["default_storage"], ["form"], ["provider"])
"""What has a save or delete of its own: channels, stored files, settings forms that go through the door, composers."""
SQL_WRITE = re.compile(r"^\s*(insert\s+into|update\s+\S+\s+set|delete\s+from|replace\s+into)\s", re.IGNORECASE)

OWN_TABLES = {
    "bosun.platform.accounts.services": "log-ins are credentials, no records",
    "bosun.platform.jobs.queue": "jobs are rows of the queue, no records",
    "bosun.platform.jobs.running": "jobs are rows of the queue, no records",
    "bosun.platform.jobs.schedule": "the next time of a periodic task is a row of the scheduler, no record",
    "bosun.platform.imports.services": "an import is a log of what a person brought in, no record",
    "bosun.platform.imports.runner": "an import is a log of what a person brought in, no record",
    "bosun.platform.imports.newfields": "an import is a log of what a person brought in, no record",
    "bosun.platform.imports.wizard": "an import is a log of what a person brought in, no record",
    "bosun.platform.customize.values": "what a field held that was removed for good, or referred to, ends with it",
    "bosun.config.commands.import": "a rehearsal leaves no import behind",
    "bosun.platform.exports.services": "an export is a log of what a person took out, no record",
    "bosun.platform.reminders.engine": "the next nag moves by the clock: the engine's own columns, no content",
    "bosun.platform.deliveries.asking": "deliveries are rows of the ledger of notices, no records",
    "bosun.platform.deliveries.claiming": "deliveries are rows of the ledger of notices, no records",
    "bosun.platform.reminders.once": "notices and deliveries are rows of ledgers, no records",
    "bosun.platform.reminders.follow": "the next nag follows from what was written, in the transaction of the door",
    "bosun.platform.reminders.sharing": "who has an occurrence follows from what was written, in the same transaction",
    "bosun.config.bench.filling": "the session of the one who measures is no record",
    "bosun.platform.org.tree": "the path of a node is derived from its parent, in the transaction of the door",
    "bosun.platform.away.periods": "the moments of an absence follow from its days, in the transaction of the door",
    "bosun.platform.away.handlers": "when an absence was handed back is said by the clock: no content",
}
"""Module → why it may write by itself."""


def record_names() -> set[str]:
    return {model.__name__ for model in apps.get_models() if issubclass(model, Record)}


def table_names() -> set[str]:
    return {model.__name__ for model in apps.get_models() if not issubclass(model, Record)}


def chain(node: ast.expr) -> list[str]:
    """`Job.objects.filter(…).update` → ["Job", "objects", "filter", "update"]; unknown roots are "?"."""
    if isinstance(node, ast.Attribute):
        return [*chain(node.value), node.attr]
    if isinstance(node, ast.Call | ast.Subscript):
        return chain(node.func if isinstance(node, ast.Call) else node.value)
    return [node.id] if isinstance(node, ast.Name) else ["?"]


def suspicious(call: ast.Call, tables: set[str]) -> bool:
    """True for a write that may go to a record."""
    if not isinstance(call.func, ast.Attribute):
        return False
    *receiver, verb = chain(call.func)
    manager = next((index for index, step in enumerate(receiver) if step in MANAGERS), None)
    if manager is not None:
        return verb in ON_QUERYSETS and (manager == 0 or receiver[manager - 1] not in tables)
    if receiver in DOORS or receiver in NO_RECORDS:
        return False
    if verb == "update":
        # Dictionaries, sets and digests have an update too; a query set's takes keywords and nothing else.
        return bool(QUERYSET_STEPS.intersection(receiver)) or (bool(call.keywords) and not call.args)
    return verb in ON_OBJECTS


def writes(module: Module) -> list[str]:
    """Places in a module that may write records."""
    tables = table_names()
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and suspicious(node, tables):
            found.append(f"{module.at(node)} {ast.unparse(node.func)}")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_WRITE.match(node.value):
            found.append(f"{module.at(node)} {node.value.split()[0]}")
    return found


def outside_the_door() -> list[Module]:
    return [module for module in modules() if module.floor not in {"kernel", "lib"}]


def test_only_the_door_writes_records() -> None:
    found = [place for module in outside_the_door() if module.name not in OWN_TABLES for place in writes(module)]
    assert found == []


def test_every_exception_is_still_needed() -> None:
    needed = {module.name for module in outside_the_door() if writes(module)}
    assert set(OWN_TABLES) - needed == set()


def test_the_check_knows_a_write_when_it_sees_one() -> None:
    def sees(code: str) -> bool:
        call = ast.parse(code, mode="eval").body
        assert isinstance(call, ast.Call)
        return suspicious(call, {"Job"})

    assert sees("Person.objects.filter(pk=1).update(name='x')")
    assert sees("record.save()")
    assert sees("model._base_manager.bulk_create(rows)")
    assert sees("rows.update(owner=None)")
    assert not sees("Job.objects.filter(pk=1).update(state='done')")
    assert not sees("seen.update(names)")
    assert not sees("records.create(entity, values, act)")
    assert record_names().isdisjoint({"Job"})
