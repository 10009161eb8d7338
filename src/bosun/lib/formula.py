"""Formulas that users write: a small language of their own, read here and worked out without Python's help.

It has numbers, texts, yes and no, dates, the names of fields, `+ - * /`, comparisons, `and or not` and the functions
below. What is empty makes sums empty and comparisons false. Everything is bounded: the length of a formula, its depth,
the size of numbers and texts; so no formula can hold up a process or fill its memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, DecimalException

LONGEST, DEEPEST, MOST_NODES = 1000, 30, 200
LONGEST_TEXT, LONGEST_NUMBER = 2000, 40
LARGEST = Decimal(10) ** 18

Value = Decimal | str | bool | date | None
_EXACT = Context(prec=40)
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)(?![\w.])|(?P<text>"[^"]*"|'[^']*')|(?P<name>[A-Za-z][A-Za-z0-9_]*)"""
    r"""|(?P<sign><=|>=|<>|!=|==|[-+*/<>=&(),]))"""
)
_SAME = {"==": "=", "!=": "<>"}
_COMPARE = ("=", "<>", "<", "<=", ">", ">=")


class FormulaError(ValueError):
    """A formula that cannot be read; `code` says why and `at` names what is wrong.

    Codes: "too_long", "too_deep", "unreadable", "unknown_name", "unknown_function", "arguments".
    """

    def __init__(self, code: str, at: str = "") -> None:
        super().__init__(f"{code} {at}".strip())
        self.code, self.at = code, at


class _Wrong(Exception):
    """Operands that do not fit, or a result beyond the bounds: the value of the formula is empty."""


@dataclass(frozen=True)
class Node:
    """A part of a formula: a constant, a field, or an operator or function with its operands."""

    what: str
    parts: tuple[Node, ...] = ()
    value: Value = None


@dataclass(frozen=True)
class Formula:
    """A formula that has been read. `names` are the fields that it needs."""

    text: str
    names: frozenset[str]
    root: Node = field(repr=False)

    def value(self, held: Mapping[str, Value]) -> Value:
        """The value for these fields; None where it has none, as a division by nothing."""
        try:
            return _work_out(self.root, held)
        except (_Wrong, DecimalException, OverflowError, ValueError):
            return None


def read(text: str, known: frozenset[str] | set[str]) -> Formula:
    """The formula of a text; FormulaError where it is none, or names a field that is not known."""
    if len(text) > LONGEST:
        raise FormulaError("too_long")
    reader = _Reader(_tokens(text), frozenset(known))
    root = reader.whole()
    return Formula(text, frozenset(reader.names), root)


# reading ---------------------------------------------------------------------------------------------------------


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise FormulaError("unreadable", text[at : at + 20].strip())
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


class _Reader:
    """Reads by precedence, the loosest first."""

    def __init__(self, tokens: Sequence[tuple[str, str]], known: frozenset[str]) -> None:
        self.tokens, self.known = tokens, known
        self.at = self.nodes = self.depth = 0
        self.names: set[str] = set()

    def whole(self) -> Node:
        """All of it."""
        found = self.any_of()
        if self.at < len(self.tokens):
            raise FormulaError("unreadable", self.tokens[self.at][1])
        return found

    def peek(self) -> str:
        """The next sign or word, in lower case; empty at the end and before constants."""
        if self.at >= len(self.tokens):
            return ""
        kind, said = self.tokens[self.at]
        return said.lower() if kind in ("sign", "name") else ""

    def node(self, what: str, *parts: Node, value: Value = None) -> Node:
        """A new part."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise FormulaError("too_long")
        return Node(what, parts, value)

    def any_of(self) -> Node:
        """`or`."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError("too_deep")
        found = self.all_of()
        while self.peek() == "or":
            self.at += 1
            found = self.node("or", found, self.all_of())
        self.depth -= 1
        return found

    def all_of(self) -> Node:
        """`and`."""
        found = self.negated()
        while self.peek() == "and":
            self.at += 1
            found = self.node("and", found, self.negated())
        return found

    def negated(self) -> Node:
        """`not`, any number of times."""
        turns = 0
        while self.peek() == "not":
            self.at += 1
            turns += 1
        found = self.compared()
        return self.node("not", found) if turns % 2 else found

    def compared(self) -> Node:
        """One comparison."""
        found = self.added()
        sign = _SAME.get(self.peek(), self.peek())
        if sign in _COMPARE:
            self.at += 1
            return self.node(sign, found, self.added())
        return found

    def added(self) -> Node:
        """`+`, `-`, and `&` for texts."""
        found = self.multiplied()
        while (sign := self.peek()) in ("+", "-", "&"):
            self.at += 1
            found = self.node(sign, found, self.multiplied())
        return found

    def multiplied(self) -> Node:
        """`*` and `/`."""
        found = self.signed()
        while (sign := self.peek()) in ("*", "/"):
            self.at += 1
            found = self.node(sign, found, self.signed())
        return found

    def signed(self) -> Node:
        """A minus sign."""
        turns = 0
        while self.peek() == "-":
            self.at += 1
            turns += 1
        found = self.single()
        return self.node("-", self.node("constant", value=Decimal(0)), found) if turns % 2 else found

    def single(self) -> Node:
        """A constant, a field, a function, or what stands in brackets."""
        if self.at >= len(self.tokens):
            raise FormulaError("unreadable")
        kind, said = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            if len(said) >= LONGEST_NUMBER or Decimal(said) > LARGEST:
                raise FormulaError("unreadable", said[:20])
            return self.node("constant", value=Decimal(said))
        if kind == "text":
            return self.node("constant", value=said[1:-1])
        if kind == "name":
            return self.named(said)
        if said == "(":
            found = self.any_of()
            self.expect(")")
            return found
        raise FormulaError("unreadable", said)

    def named(self, said: str) -> Node:
        """A word: a constant, a function with its arguments, or a field."""
        if self.peek() == "(":
            return self.called(said.lower())
        if said.lower() in _WORDS:
            return self.node("constant", value=_WORDS[said.lower()])
        if said not in self.known:
            raise FormulaError("unknown_name", said)
        self.names.add(said)
        return self.node("field", value=said)

    def called(self, name: str) -> Node:
        """A function."""
        if name not in FUNCTIONS:
            raise FormulaError("unknown_function", name)
        self.at += 1
        parts: list[Node] = []
        while self.peek() != ")":
            parts.append(self.any_of())
            if self.peek() != ")":
                self.expect(",")
        self.expect(")")
        least, most, _do = FUNCTIONS[name]
        if not least <= len(parts) <= most:
            raise FormulaError("arguments", name)
        return self.node(name, *parts)

    def expect(self, sign: str) -> None:
        """Step over a sign that must stand here."""
        if self.peek() != sign:
            raise FormulaError("unreadable", self.tokens[self.at][1] if self.at < len(self.tokens) else sign)
        self.at += 1


_WORDS: dict[str, Value] = {"true": True, "yes": True, "false": False, "no": False, "empty": None}


# working out -----------------------------------------------------------------------------------------------------


def _work_out(node: Node, held: Mapping[str, Value]) -> Value:
    if node.what == "constant":
        return node.value
    if node.what == "field":
        return _bounded(held.get(str(node.value)))
    if node.what in ("and", "or", "if"):
        return _choose(node, held)
    parts = [_work_out(part, held) for part in node.parts]
    if node.what == "not":
        return not _true(parts[0])
    if node.what in _COMPARE:
        return _compare(node.what, parts[0], parts[1])
    if node.what == "&":
        return _bounded(as_text(parts[0]) + as_text(parts[1]))
    if node.what in ("+", "-", "*", "/"):
        return _bounded(_reckon(node.what, parts[0], parts[1]))
    return _bounded(FUNCTIONS[node.what][2](*parts))


def _choose(node: Node, held: Mapping[str, Value]) -> Value:
    """What looks at no more operands than it needs."""
    first = _true(_work_out(node.parts[0], held))
    if node.what == "and":
        return first and _true(_work_out(node.parts[1], held))
    if node.what == "or":
        return first or _true(_work_out(node.parts[1], held))
    if first:
        return _work_out(node.parts[1], held)
    return _work_out(node.parts[2], held) if len(node.parts) > 2 else None


def _bounded(value: Value) -> Value:
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value) > LARGEST):
        raise _Wrong
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise _Wrong
    return value


def _true(value: Value) -> bool:
    return value is True


def as_text(value: Value) -> str:
    """A value as formulas write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(value.normalize(_EXACT), "f")
    return value.isoformat() if isinstance(value, date) else value


def _number(value: Value) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal):
        raise _Wrong
    return value


def _whole(value: Value) -> int:
    found = _number(value)
    if abs(found) > 100_000:
        raise _Wrong
    return int(found)


def _day(value: Value) -> date:
    if not isinstance(value, date):
        raise _Wrong
    return value


def _same_kind(left: Value, right: Value) -> bool:
    return any(isinstance(left, kind) and isinstance(right, kind) for kind in (bool, Decimal, str, date))


def _compare(sign: str, left: Value, right: Value) -> bool:
    if left is None or right is None:
        return (left is right) == (sign == "=") if sign in ("=", "<>") else False
    if not _same_kind(left, right):
        return sign == "<>"
    if sign in ("=", "<>"):
        return (left == right) == (sign == "=")
    less, same = left < right, left == right  # type: ignore[operator]
    return {"<": less, "<=": less or same, ">": not less and not same, ">=": not less}[sign]


def _reckon(sign: str, left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    if isinstance(left, date) and isinstance(right, date) and sign == "-":
        return Decimal((left - right).days)
    if isinstance(left, date) and sign in ("+", "-"):
        days = _whole(right)
        return left + timedelta(days=days if sign == "+" else -days)
    a, b = _number(left), _number(right)
    if sign == "/":
        return _EXACT.divide(a, b) if b else None
    return {"+": _EXACT.add, "-": _EXACT.subtract, "*": _EXACT.multiply}[sign](a, b)


def _round(value: Value, digits: Value = None) -> Value:
    if value is None:
        return None
    places = 0 if digits is None else min(max(_whole(digits), 0), 10)
    return _number(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=_EXACT)


def _to_whole(rounding: str) -> Callable[[Value], Value]:
    def turn(value: Value) -> Value:
        return None if value is None else _number(value).to_integral_value(rounding=rounding, context=_EXACT)

    return turn


def _extreme(pick: Callable[[list[Decimal]], Decimal]) -> Callable[..., Value]:
    def found(*values: Value) -> Value:
        held = [_number(value) for value in values if value is not None]
        return pick(held) if held else None

    return found


def _part(value: Value, count: Value, end: bool = False) -> Value:
    length = max(0, _whole(count))
    text = as_text(value)
    return (text[-length:] if length else "") if end else text[:length]


FUNCTIONS: dict[str, tuple[int, int, Callable[..., Value]]] = {
    "if": (2, 3, lambda *parts: None),
    "round": (1, 2, _round),
    "floor": (1, 1, _to_whole(ROUND_FLOOR)),
    "ceil": (1, 1, _to_whole(ROUND_CEILING)),
    "abs": (1, 1, lambda value: None if value is None else abs(_number(value))),
    "min": (1, 20, _extreme(min)),
    "max": (1, 20, _extreme(max)),
    "len": (1, 1, lambda value: Decimal(len(as_text(value)))),
    "upper": (1, 1, lambda value: as_text(value).upper()),
    "lower": (1, 1, lambda value: as_text(value).lower()),
    "trim": (1, 1, lambda value: as_text(value).strip()),
    "left": (2, 2, _part),
    "right": (2, 2, lambda value, count: _part(value, count, True)),
    "concat": (1, 20, lambda *values: "".join(as_text(value) for value in values)),
    "contains": (2, 2, lambda value, part: as_text(part).lower() in as_text(value).lower()),
    "first": (1, 20, lambda *values: next((value for value in values if value not in (None, "")), None)),
    "blank": (1, 1, lambda value: value in (None, "")),
    "year": (1, 1, lambda value: None if value is None else Decimal(_day(value).year)),
    "month": (1, 1, lambda value: None if value is None else Decimal(_day(value).month)),
    "day": (1, 1, lambda value: None if value is None else Decimal(_day(value).day)),
    "days": (2, 2, lambda start, end: _reckon("-", end, start)),
}
"""Name → least and most arguments, and what it does."""
