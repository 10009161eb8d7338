"""Rows with a key, entered once each and many at a time; those that are there already stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from bosun.kernel import bulk


def enter(model: Any, rows: Sequence[Any]) -> None:
    """Store those whose key is not there yet. Wants a transaction."""
    if len(rows) <= bulk.FEW:
        model.objects.bulk_create(rows, ignore_conflicts=True)
    else:
        _many(model, rows)


def entered(model: Any, rows: Sequence[Any]) -> list[Any]:
    """The same; all of them as they stand in the database, in the order of their ids."""
    if len(rows) > bulk.FEW:
        return _many(model, rows)
    enter(model, rows)
    return _held(model, rows)


def _many(model: Any, rows: Sequence[Any]) -> list[Any]:
    """What is new by one statement for all, several times as fast as one that looks out for keys."""
    held = {row.key: row for row in _held(model, rows)}
    new = [row for row in rows if held.setdefault(row.key, row) is row]
    if new:
        try:
            with transaction.atomic():
                bulk.insert_objects(new)
        except IntegrityError:
            # Somebody else enters one of them at this moment.
            for row in new:
                row.pk, row._state.adding = None, True
            model.objects.bulk_create(new, ignore_conflicts=True)
            return _held(model, rows)
    return sorted(held.values(), key=lambda row: int(row.pk))


def _held(model: Any, rows: Sequence[Any]) -> list[Any]:
    return list(model.objects.filter(key__in=[row.key for row in rows]).order_by("id"))
