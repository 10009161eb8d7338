"""Telephone numbers in one normal form, whatever way they were written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

_KINDS = {
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "company",
    PhoneNumberType.VOICEMAIL: "voicemail",
}

_LONGEST = 80
_LABEL = re.compile(r"^(?:tel|phone|mobile|cell|fax|móvil|电话|手机|座机|传真|固话)\s*[.:：]?\s*", re.IGNORECASE)
_EXTENSION = r"(?:\s*(?:;?\s*ext(?:ension|n)?\.?\s*[=:]?|[x#]|转|分机(?:号)?|内线|anexo|int\.)\s*\d{1,7})"
_SHAPE = re.compile(rf"\+?[\d\s()\[\]./\-~]+{_EXTENSION}?", re.IGNORECASE)
_CHINESE_EXTENSION = re.compile(r"\s*(?:转|分机号?|内线|anexo|int\.)\s*(?=\d+$)", re.IGNORECASE)
_SEVERAL = re.compile(r"(?<=\d)\s*(?:[;,、|]|/|\bor\b|或)\s*(?=\+?[(]?\d[\d\s()\-]{5,}$)")


class PhoneError(ValueError):
    """A text that is no telephone number.

    `code` is "empty", "not_a_number", "several", "no_region", "too_short", "too_long" or "invalid".
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Phone:
    """A valid number: `e164` to compare and to dial, `display` to read, with its extension."""

    e164: str
    display: str
    kind: str
    region: str
    extension: str = ""

    @property
    def is_mobile(self) -> bool:
        """Whether a short message can reach it."""
        return self.kind in {"mobile", "fixed_or_mobile"}

    @property
    def uri(self) -> str:
        """The address for a link that dials."""
        return f"tel:{self.e164};ext={self.extension}" if self.extension else f"tel:{self.e164}"


def _plain(raw: str) -> str:
    """Full-width and other scripts' digits as ASCII, one kind of dash and bracket, no label in front."""
    if raw.isascii():
        return _LABEL.sub("", " ".join(raw.split()))
    if any(unicodedata.category(char) == "No" for char in raw):
        raise PhoneError("not_a_number")
    text = unicodedata.normalize("NFKC", raw)
    chars = (
        str(unicodedata.decimal(char))
        if char.isdecimal()
        else "-"
        if unicodedata.category(char) == "Pd" or char == "−"
        else ""
        if unicodedata.category(char) == "Cf"
        else char
        for char in text
    )
    return _LABEL.sub("", " ".join("".join(chars).split()))


def _parse(text: str, region: str | None) -> PhoneNumber:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException as error:
        codes = {
            NumberParseException.INVALID_COUNTRY_CODE: "no_region" if region is None else "invalid",
            NumberParseException.TOO_SHORT_AFTER_IDD: "too_short",
            NumberParseException.TOO_SHORT_NSN: "too_short",
            NumberParseException.TOO_LONG: "too_long",
        }
        raise PhoneError(codes.get(error.error_type, "not_a_number")) from None


def _valid(text: str, region: str | None) -> PhoneNumber:
    """The number as dialled in the region, or else as dialled from abroad with 00."""
    failure = PhoneError("invalid")
    readings = [text, "+" + text[2:]] if text.startswith("00") else [text]
    for reading in readings:
        try:
            number = _parse(reading, region)
        except PhoneError as error:
            failure = error
            continue
        if phonenumbers.is_valid_number(number):
            return number
        length = phonenumbers.is_possible_number_with_reason(number)
        reasons = {
            phonenumbers.ValidationResult.TOO_SHORT: "too_short",
            phonenumbers.ValidationResult.TOO_LONG: "too_long",
        }
        failure = PhoneError(reasons.get(length, "invalid"))
    raise failure


def _read(raw: str, region: str | None) -> PhoneNumber:
    text = _plain(raw[: _LONGEST + 1])
    if not text:
        raise PhoneError("empty")
    if len(raw) > _LONGEST:
        raise PhoneError("too_long")
    if _SEVERAL.search(text):
        raise PhoneError("several")
    if not _SHAPE.fullmatch(text):
        raise PhoneError("not_a_number")
    return _valid(_CHINESE_EXTENSION.sub(" ext. ", text), region)


@lru_cache(maxsize=8192)
def stored(raw: str, region: str | None) -> str:
    """The number and its extension as one text, to keep and to compare: a third of the work of `normalise`."""
    number = _read(raw, region)
    e164 = f"+{number.country_code}{phonenumbers.national_significant_number(number)}"
    return f"{e164};ext={number.extension}" if number.extension else e164


def normalise(raw: str, region: str | None) -> Phone:
    """Read a number as it is dialled in this region (two letters), or in full with its country code."""
    number = _read(raw, region)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    extension = number.extension or ""
    number.extension = None
    display = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return Phone(
        e164=e164,
        display=f"{display} ext. {extension}" if extension else display,
        kind=_KINDS.get(phonenumbers.number_type(number), "unknown"),
        region=phonenumbers.region_code_for_number(number) or "001",
        extension=extension,
    )


@lru_cache(maxsize=4096)
def display(e164: str) -> str:
    """A stored number as people read it; the number itself where it is none."""
    try:
        return normalise(e164, None).display
    except PhoneError:
        return e164


def within_country(e164: str) -> str:
    """A stored number as it is written within its country, digits alone and without the country."""
    return phonenumbers.national_significant_number(phonenumbers.parse(e164.partition(";")[0]))
