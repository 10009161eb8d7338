"""Django model fields that carry a kind. A declaration names each field once; every surface reads it from here.

`optional=True` allows empty; `unique=True` is unique among live records where filled; `shown_when` is a condition on
the same record; `read_only=True` fields are set by the software alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models.expressions import Combinable
from django.utils.module_loading import import_string

from bosun.kernel import kinds
from bosun.kernel.columns import LongTextColumn, TextColumn
from bosun.kernel.specs import AnyColumns, Column, Derived, FieldSpec, MoneyColumns

PROTECT, CASCADE, CLEAR = "protect", "cascade", "clear"
_OWN = ("optional", "title", "shown_when", "read_only", "internal", "right", "initial")


def _enter(cls: type[models.Model], spec: FieldSpec) -> None:
    """Note a spec on its model; each class has a dictionary of its own."""
    if "bosun_specs" not in cls.__dict__:
        cls.bosun_specs = {}  # type: ignore[attr-defined]
    cls.bosun_specs[spec.name] = spec  # type: ignore[attr-defined]


class KindField(models.Field[Any, Any]):
    """Mixed into a storage class: holds the kind and what the declaration says, and leaves migrations plain."""

    kind: kinds.Kind
    said: dict[str, Any]

    def setup(self, kind: kinds.Kind, label: Any, said: dict[str, Any]) -> dict[str, Any]:
        """Split our own words from those of Django; answers the latter."""
        self.kind = kind
        self.said = {key: said.pop(key) for key in _OWN if key in said}
        self.said["help"] = said.pop("help", "")
        self.said["unique"] = said.pop("unique", False)
        optional = bool(self.said.get("optional"))
        return {"verbose_name": label, "null": optional, "blank": optional, **said}

    def contribute_to_class(  # type: ignore[override]
        self, cls: type[models.Model], name: str, **kwargs: Any
    ) -> None:
        super().contribute_to_class(cls, name, **kwargs)
        if cls._meta.abstract:
            return
        sort = ""
        if self.said.get("title"):
            sort = f"{name}_sort"
            cls.add_to_class(sort, TextColumn(max_length=200, null=True, editable=False))
        if self.said["unique"]:
            cls._meta.constraints = [*cls._meta.constraints, _unique(cls, name)]
        _enter(cls, self.spec(name, sort))

    def spec(self, name: str, sort: str) -> FieldSpec:
        """The spec of this field under the name it was declared with."""
        said = self.said
        return FieldSpec(
            name,
            self.verbose_name,
            self.kind,
            Column(self.kind, self.get_attname(), sort),
            help=said["help"],
            required=not said.get("optional") and not said.get("read_only"),
            unique=said["unique"],
            title=bool(said.get("title")),
            default=said.get("initial"),
            shown_when=said.get("shown_when"),
            read_only=bool(said.get("read_only")),
            internal=bool(said.get("internal")),
            order=self.creation_counter,
            right=said.get("right", ""),
        )

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        storage = next(base for base in type(self).__mro__ if base.__module__ != KindField.__module__)
        for own in ("verbose_name", "help_text", "blank", "related_name"):
            kwargs.pop(own, None)
        if issubclass(storage, models.ForeignKey):
            kwargs["related_name"] = "+"
            return name, "django.db.models.ForeignKey", args, kwargs
        module = "django.db.models" if storage.__module__.startswith("django.db.models") else storage.__module__
        return name, f"{module}.{storage.__name__}", args, kwargs

    def clone(self) -> Any:
        """What migrations keep: the plain column, so that they never depend on kinds."""
        _name, path, args, kwargs = self.deconstruct()
        storage = import_string(path)
        return storage(*args, **kwargs)


def _unique(cls: type[models.Model], name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=[*getattr(cls, "unique_within", ()), name],
        condition=models.Q(deleted_at__isnull=True),
        name=f"{cls._meta.app_label}_{cls._meta.model_name}_{name}"[:60],
    )


class Text(KindField, TextColumn):
    """One line of text of at most `length` characters. `title=True` names the record."""

    def __init__(self, label: Any, length: int = 200, **said: Any) -> None:
        super().__init__(max_length=length, **self.setup(kinds.Text(length), label, said))


class LongText(KindField, LongTextColumn):
    """Several lines of text."""

    def __init__(self, label: Any, length: int = 20_000, **said: Any) -> None:
        super().__init__(**self.setup(kinds.LongText(length), label, said))


class Email(KindField, TextColumn):
    """An e-mail address."""

    def __init__(self, label: Any, **said: Any) -> None:
        super().__init__(max_length=254, **self.setup(kinds.Email(), label, said))


class Url(KindField, TextColumn):
    """A web address."""

    def __init__(self, label: Any, **said: Any) -> None:
        super().__init__(max_length=500, **self.setup(kinds.Url(), label, said))


class Choice(KindField, TextColumn):
    """One option of a list; `fixed` gives the options that are part of the software."""

    def __init__(self, options: str | Mapping[str, Any], label: Any, **said: Any) -> None:
        kind = kinds.Choice(options) if isinstance(options, str) else kinds.Choice("", options)
        super().__init__(max_length=60, **self.setup(kind, label, said))


class Number(KindField, models.BigIntegerField[Any, Any]):
    """A whole number, or one with `digits` decimals."""

    def __init__(
        self, label: Any, digits: int = 0, low: int | None = None, high: int | None = None, **said: Any
    ) -> None:
        super().__init__(**self.setup(kinds.Number(digits, low, high), label, said))


class Flag(KindField, models.BooleanField[Any, Any]):
    """Yes or no."""

    def __init__(self, label: Any, default: bool = False, **said: Any) -> None:
        super().__init__(default=default, **self.setup(kinds.Boolean(), label, {"initial": default, **said}))


class Date(KindField, models.DateField[Any, Any]):
    """A calendar day."""

    def __init__(self, label: Any, **said: Any) -> None:
        super().__init__(**self.setup(kinds.Date(), label, said))


class Moment(KindField, models.DateTimeField[Any, Any]):
    """A moment in time."""

    def __init__(self, label: Any, **said: Any) -> None:
        super().__init__(**self.setup(kinds.Moment(), label, said))


class _Several(KindField, models.JSONField):
    """Several values in one JSON column; the door keeps an index of the entries."""


class MultiChoice(_Several):
    """Several options of a list."""

    def __init__(self, options: str, label: Any, **said: Any) -> None:
        super().__init__(**self.setup(kinds.MultiChoice(options), label, {"optional": True, **said}))


class Tags(_Several):
    """Free words on a record."""

    def __init__(self, label: Any, **said: Any) -> None:
        super().__init__(**self.setup(kinds.Tags(), label, {"optional": True, **said}))


class Phones(_Several):
    """Phone numbers."""

    def __init__(self, label: Any, **said: Any) -> None:
        super().__init__(**self.setup(kinds.Phones(), label, {"optional": True, **said}))


class Refs(_Several):
    """Several references to records of one model."""

    def __init__(self, target: str, label: Any, **said: Any) -> None:
        super().__init__(**self.setup(kinds.References(target), label, {"optional": True, **said}))


class Settings(KindField, models.JSONField):
    """A structured setting, checked by `check`."""

    def __init__(self, label: Any, check: Callable[[Any], Any] | None = None, **said: Any) -> None:
        super().__init__(**self.setup(kinds.Structured(check), label, {"optional": True, **said}))


class Ref(KindField, models.ForeignKey[Any, Any]):  # type: ignore[misc]
    """A reference to a record. `removal` says what happens here when it goes: protect, cascade or clear."""

    def __init__(self, target: str, label: Any, removal: str = PROTECT, **said: Any) -> None:
        self.removal = removal
        index = said.pop("db_index", True)
        # Records go to the bin, not away; a purge orders its deletions itself.
        super().__init__(
            target,
            on_delete=models.DO_NOTHING,
            related_name="+",
            db_index=index,
            **self.setup(kinds.Reference(target), label, said),
        )


class _Composite:
    """A field of several columns: contributes plain columns, and one spec over them."""

    def __init__(self, label: Any, **said: Any) -> None:
        self.label = label
        self.said = said
        self.order = models.Field.creation_counter
        models.Field.creation_counter += 1

    def parts(self, name: str) -> dict[str, models.Field[Any, Any]]:
        """The columns, by attribute."""
        return {}

    def spec(self, name: str) -> FieldSpec:
        """The spec over the columns."""
        raise TypeError

    def contribute_to_class(self, cls: type[models.Model], name: str) -> None:
        """Called by Django when the model is made."""
        for attribute, column in self.parts(name).items():
            cls.add_to_class(attribute, column)
        spec = self.spec(name)
        setattr(cls, name, property(spec.get))
        _enter(cls, spec)

    def _common(self) -> dict[str, Any]:
        said = self.said
        return {
            "help": said.get("help", ""),
            "required": not said.get("optional"),
            "order": self.order,
            "shown_when": said.get("shown_when"),
            "read_only": bool(said.get("read_only")),
        }


class Money(_Composite):
    """An amount, its currency, and its base value."""

    def parts(self, name: str) -> dict[str, models.Field[Any, Any]]:
        return {
            f"{name}_minor": models.BigIntegerField(null=True),
            f"{name}_currency": TextColumn(max_length=3, null=True),
            f"{name}_base": models.BigIntegerField(null=True),
        }

    def spec(self, name: str) -> FieldSpec:
        kind = kinds.Money()
        return FieldSpec(name, self.label, kind, MoneyColumns(kind, name), **self._common())


class AnyRef(_Composite):
    """A reference to a record of any entity."""

    def parts(self, name: str) -> dict[str, models.Field[Any, Any]]:
        return {f"{name}_entity": TextColumn(max_length=60, null=True), f"{name}_id": models.BigIntegerField(null=True)}

    def spec(self, name: str) -> FieldSpec:
        return FieldSpec(name, self.label, kinds.AnyReference(), AnyColumns(name), **self._common())


class Computed(_Composite):
    """A value made from other fields: `value(record)` in Python and `expression()` in SQL, which must agree.

    `depends` names those fields, so that whoever may not read one of them does not read this either.
    """

    def __init__(
        self,
        label: Any,
        kind: kinds.Kind,
        value: Callable[[Any], Any],
        expression: Callable[[], Combinable],
        depends: str,
        **said: Any,
    ) -> None:
        super().__init__(label, **said)
        self.kind, self.value, self.expression, self.depends = kind, value, expression, tuple(depends.split())

    def spec(self, name: str) -> FieldSpec:
        return FieldSpec(
            name,
            self.label,
            self.kind,
            Derived(self.value, self.expression),
            help=self.said.get("help", ""),
            read_only=True,
            depends=self.depends,
            order=self.order,
        )
