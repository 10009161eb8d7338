"""Entities by key and by model. Filled when the declarations are imported, read by every surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db import models

    from bosun.kernel.entity import Entity

_by_key: dict[str, Entity] = {}
_by_model: dict[type[models.Model], Entity] = {}


def register(entity: Entity) -> None:
    """Enter a declaration; two with one key are a mistake in the code."""
    if entity.key in _by_key and _by_key[entity.key].model is not entity.model:
        raise ValueError(f"two entities are called {entity.key}")
    _by_key[entity.key] = entity
    _by_model[entity.model] = entity


def forget(entity: Entity) -> None:
    """Take a declaration out again: an invented object that was removed."""
    _by_key.pop(entity.key, None)
    _by_model.pop(entity.model, None)


def find(key: str) -> Entity | None:
    """The entity of that key, if there is one."""
    return _by_key.get(key)


def get(key: str) -> Entity:
    """The entity of that key; KeyError otherwise."""
    return _by_key[key]


def of(model: type[models.Model]) -> Entity:
    """The entity that is stored in `model`."""
    return _by_model[model]


def has(model: type[models.Model]) -> bool:
    """True when `model` is stored under an entity."""
    return model in _by_model


def all_entities() -> list[Entity]:
    """Every entity, in the order of declaration."""
    return list(_by_key.values())
