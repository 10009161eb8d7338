"""Kinds of field. One file each; every surface asks them and none of them asks what they are."""

from bosun.kernel.kinds.base import Kind
from bosun.kernel.kinds.choice import Choice, MultiChoice, Tags
from bosun.kernel.kinds.contact import Email, Phones, Url
from bosun.kernel.kinds.date import Date, Moment
from bosun.kernel.kinds.money import Money
from bosun.kernel.kinds.number import Boolean, Number
from bosun.kernel.kinds.reference import AnyReference, AnyValue, Reference, References
from bosun.kernel.kinds.structured import Structured
from bosun.kernel.kinds.text import LongText, Text

__all__ = [
    "AnyReference",
    "AnyValue",
    "Boolean",
    "Choice",
    "Date",
    "Email",
    "Kind",
    "LongText",
    "Moment",
    "Money",
    "MultiChoice",
    "Number",
    "Phones",
    "Reference",
    "References",
    "Structured",
    "Tags",
    "Text",
    "Url",
]
