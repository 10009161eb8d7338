"""What every kind of field can answer. A new kind is one file here and, if it looks new, two templates in web."""

from __future__ import annotations

import operator
import random
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.db.models.expressions import Combinable
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, In, IsNull, LessThan, LessThanOrEqual
from django.utils.translation import gettext as _

from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid


def refuse(message: str) -> Invalid:
    """The error of a value whose field is not known yet; the door fills the name in."""
    return Invalid([FieldError("", message)])


EMPTY_OPS = ("empty", "filled")
EXACT_OPS = ("is", "is_not", "in", "not_in")
ORDER_OPS = ("lt", "lte", "gt", "gte", "between")
LIST_OPS = frozenset(("in", "not_in", "within", "between"))
NO_OPERAND = frozenset(EMPTY_OPS)
ORDERED = {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}


class Kind:
    """One kind of field: how a value is read, stored, shown, compared, filtered, summed and described.

    A value is what Python code works with; the stored form is what the column (or the JSON of a custom field) holds.
    """

    key: ClassVar[str] = ""
    widget: ClassVar[str] = "text"
    cell: ClassVar[str] = "text"
    operators: ClassVar[tuple[str, ...]] = EXACT_OPS + EMPTY_OPS
    aggregates: ClassVar[tuple[str, ...]] = ()
    numeric: ClassVar[bool] = False
    sortable: ClassVar[bool] = True
    groupable: ClassVar[bool] = False
    multiple: ClassVar[bool] = False
    json_type: ClassVar[str] = "text"

    # reading -------------------------------------------------------------------------------------------------

    def parse(self, raw: Any, env: Env) -> Any:
        """A value from what a program or a person gave; None when empty. Raises Invalid with a sentence."""
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            return None
        return self.parse_filled(raw, env)

    def parse_filled(self, raw: Any, env: Env) -> Any:
        """As `parse`, for what is not empty."""
        return raw

    def expect(self, raws: Iterable[Any], env: Env) -> None:
        """A chance to look up many raw values at once before each is parsed."""

    # storing -------------------------------------------------------------------------------------------------

    def to_db(self, value: Any) -> Any:
        """The stored form of a value."""
        return value

    def from_db(self, stored: Any) -> Any:
        """The value of a stored form."""
        return stored

    def dump(self, value: Any) -> Any:
        """A form that JSON can hold without loss, for the ledger, the hash and custom fields."""
        return self.to_db(value)

    def load(self, data: Any) -> Any:
        """The value of a dumped form."""
        return self.from_db(data)

    def keep(self, value: Any) -> Any:
        """As `dump`, in a form that sorts as the values do: what the JSON of invented fields holds."""
        return self.dump(value)

    def same(self, left: Any, right: Any) -> bool:
        """True when two values are no change."""
        return bool(left == right)

    # showing -------------------------------------------------------------------------------------------------

    def to_json(self, value: Any, env: Env) -> Any:
        """What the API answers."""
        return self.dump(value)

    def text(self, value: Any, env: Env) -> str:
        """What a person reads, in his language: cells, history, words of a condition."""
        return "" if value is None else str(value)

    def export(self, value: Any, env: Env) -> str:
        """Text that an import of the same file reads back to the same value."""
        return self.text(value, env)

    def form(self, value: Any, env: Env) -> Any:
        """What a form shows in its input."""
        return self.export(value, env)

    def schema(self) -> dict[str, Any]:
        """JSON schema of the API's shape."""
        return {"type": "string"}

    def choices(self, env: Env) -> list[tuple[str, str]] | None:
        """Keys and labels when there is a closed list to choose from."""
        return None

    def mark(self, value: Any, record: Any, env: Env) -> Mapping[str, Any] | None:
        """For kinds that are drawn as a ring: `state` (good, soon, due, overdue, none), `elapsed` percent, `word`."""
        return None

    # comparing -----------------------------------------------------------------------------------------------

    def operand(self, op: str, raw: Any, env: Env) -> Any:
        """The parsed right side of a condition, in stored form."""
        if op in NO_OPERAND:
            return None
        if op in LIST_OPS:
            parts = raw if isinstance(raw, list | tuple) else str(raw).split(",")
            if op == "between" and len(parts) != 2:
                raise refuse(_("“Between” needs two values."))
            return [self.one_operand(part, env) for part in parts]
        return self.one_operand(raw, env)

    def one_operand(self, raw: Any, env: Env) -> Any:
        """One comparable value."""
        value = self.parse(raw, env)
        if value is None:
            raise refuse(_("Give a value to compare with."))
        return self.to_db(value)

    def q(self, expr: Combinable, op: str, operand: Any) -> Q:
        """The condition in SQL. A leaf is true or false, never unknown, so that “none of” means what it says."""
        filled = Q(IsNull(expr, False))
        if op == "empty":
            return Q(IsNull(expr, True))
        if op == "filled":
            return filled
        if op == "is":
            return filled & Q(Exact(expr, operand))
        if op == "is_not":
            return ~(filled & Q(Exact(expr, operand)))
        if op == "in":
            return filled & Q(In(expr, operand)) if operand else Q(pk__in=[])
        if op == "not_in":
            return ~(filled & Q(In(expr, operand))) if operand else Q()
        if op == "between":
            return filled & Q(GreaterThanOrEqual(expr, operand[0])) & Q(LessThanOrEqual(expr, operand[1]))
        compare = {"lt": LessThan, "lte": LessThanOrEqual, "gt": GreaterThan, "gte": GreaterThanOrEqual}[op]
        return filled & Q(compare(expr, operand))

    def test(self, value: Any, op: str, operand: Any) -> bool:
        """The same condition in Python, on a value."""
        stored = None if value is None else self.to_db(value)
        if op in EMPTY_OPS:
            return (stored is None) == (op == "empty")
        if op in ("is_not", "not_in"):
            return not self.test(value, "is" if op == "is_not" else "in", operand)
        if stored is None:
            return False
        return self.test_stored(stored, op, operand)

    def test_stored(self, stored: Any, op: str, operand: Any) -> bool:
        """As `test`, for the positive operators on a stored value that is there."""
        if op == "is":
            return bool(stored == operand)
        if op == "in":
            return stored in operand
        if op == "between":
            return bool(operand[0] <= stored <= operand[1])
        return bool(ORDERED[op](stored, operand))

    def operand_text(self, op: str, operand: Any, env: Env) -> str:
        """The right side of a condition in words."""
        if isinstance(operand, list):
            return ", ".join(self.text(self.from_db(part), env) for part in operand)
        return "" if operand is None else self.text(self.from_db(operand), env)

    # more ----------------------------------------------------------------------------------------------------

    def members(self, value: Any) -> list[str]:
        """Single entries of a value that holds several, kept in an index of their own."""
        return []

    def refers(self, value: Any) -> list[tuple[type[Any], int]]:
        """Model and id of every record that a value points to."""
        return []

    def normal(self, value: Any) -> list[str]:
        """Normal forms under which two records are the same one."""
        return []

    def words(self, value: Any) -> str:
        """What the search index takes from a value."""
        return "" if value is None else str(value)

    def sample(self, rng: random.Random) -> Any:
        """A plausible raw value for tests and fixtures."""
        return None


class Several:
    """What kinds of several values share: a tuple, kept as a list, every entry indexed."""

    multiple = True
    sortable = False

    def to_db(self, value: Any) -> Any:
        return list(value) if value else None

    def from_db(self, stored: Any) -> Any:
        return tuple(stored) if stored else None

    def form(self, value: Any, env: Env) -> Any:
        return list(value or ())

    def members(self, value: Any) -> list[str]:
        return [str(entry) for entry in value or ()]

    def test_stored(self, stored: Any, op: str, operand: Any) -> bool:
        held = {str(entry) for entry in stored}
        return operand in held if op == "is" else bool(set(operand) & held)
