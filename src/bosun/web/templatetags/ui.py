"""The template tags of the visual language: icons, people, dates, cells and widgets."""

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from html import escape
from typing import Any
from zlib import crc32

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from bosun.lib.text import bidi_safe
from bosun.platform import wording

register = template.Library()

TONES = "abcdefgh"
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
WORD = re.compile(r"\w", re.UNICODE)
DAYS_BY_WEEKDAY = 6
DAYS_IN_WORDS = 30
NUMERIC = {"number", "money"}


def _get(value: object, key: str) -> Any:
    """Read a key of a mapping or an attribute of an object, or None."""
    if isinstance(value, Mapping):
        return value.get(key)
    return getattr(value, key, None)


def _name_of(value: object) -> str:
    """The name a person, record or plain text goes by."""
    if value is None or isinstance(value, str):
        return value or ""
    for key in ("name", "label", "text"):
        found = _get(value, key)
        if found:
            return str(found)
    return str(value)


@register.simple_tag
@lru_cache(maxsize=1000)
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """An icon of the sprite; `size` is "s" or "l"; without `label` it is decoration."""
    href = f"{static('vendor/icons.svg')}#i-{name}"
    if label:
        return format_html(
            '<svg class="i {}" role="img" aria-label="{}"><use href="{}"></use></svg>', size, label, href
        )
    return format_html('<svg class="i {}" aria-hidden="true"><use href="{}"></use></svg>', size, href)


@register.simple_tag
def icon_file() -> str:
    """The address of the sprite, for scripts that draw icons."""
    return static("vendor/icons.svg")


@register.simple_tag
def words_for_scripts() -> SafeString:
    """Every sentence that a script says; the same on every page of a language."""
    return _words_for_scripts(get_language())


@cache
def _words_for_scripts(language: str) -> SafeString:
    return SafeString(render_to_string("web/parts/words.html"))


@register.simple_tag
@cache
def sheet(name: str) -> str:
    """The address of one of our style sheets."""
    return static(f"bosun/css/{name}.css")


@register.filter
def words(value: str) -> list[str]:
    """The words of a text, to walk through in a template."""
    return value.split()


@register.filter
def pairs(value: str) -> list[list[str]]:
    """Words of the shape “key:value” as pairs."""
    return [word.split(":", 1) for word in value.split()]


@register.filter
def initials(name: object) -> str:
    """Two initials of a Latin name, the first character of a Chinese one."""
    words = [word for word in re.split(r"[\s\-–_.,/&]+", _name_of(name)) if WORD.match(word)]
    if not words:
        return "?"
    if CJK.match(words[0]):
        return words[0][0]
    return "".join(word[0] for word in words[:2]).upper()


@register.filter
def tone(name: object) -> str:
    """A letter from a to h that stays with this name."""
    return TONES[crc32(_name_of(name).encode()) % len(TONES)]


@register.simple_tag
def avatar(person: object, size: str = "") -> SafeString:
    """The initials of a person on that person's colour; `size` is "l" or "xl"."""
    return _avatar(_name_of(person), size)


@lru_cache(maxsize=2000)
def _avatar(name: str, size: str) -> SafeString:
    return format_html(
        '<span class="av {} {}" aria-hidden="true"><span>{}</span></span>', tone(name), size, initials(name)
    )


@register.simple_tag
def logo(record: object, size: str = "") -> SafeString:
    """The initials of a company in a square; `size` is "xl"."""
    return format_html('<span class="logo {}" aria-hidden="true">{}</span>', size, initials(record))


@register.filter
def json_attr(value: object) -> str:
    """A value as JSON for a data attribute; the template's escaping makes it safe."""
    return json.dumps(value, ensure_ascii=False, default=str)


@register.filter
def text_of(value: object) -> str:
    """The words of a formatted value: its text, label or name, or the value itself."""
    if value is None or value is False:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(text_of(each) for each in value)
    return bidi_safe(_name_of(value))


@register.filter
def get_item(mapping: object, key: object) -> Any:
    """The value of a mapping under a key that is only known in the template."""
    return mapping.get(key) if isinstance(mapping, Mapping) else None


@register.filter
def arc(percent: object) -> str:
    """The dash pattern of a ring of which this percentage has gone."""
    try:
        part = float(str(percent))
    except ValueError:
        part = 0.0
    part = 0.0 if math.isnan(part) else min(max(part, 0.0), 100.0)
    return f"{round(part)} 100"


def relative_day(day: date, today: date) -> str:
    """A day as people say it: today, Tue, in 9 days, 21 Oct, 21 Oct 2024."""
    away = (day - today).days
    named = {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}
    if away in named:
        return named[away]
    if -DAYS_BY_WEEKDAY <= away < 0:
        return date_format(day, "D")
    if 0 < away <= DAYS_IN_WORDS:
        return ngettext("In %(n)d day", "In %(n)d days", away) % {"n": away}
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT")


def relative(value: date | datetime, now: datetime) -> str:
    """A moment or a day in the fewest words that tell it apart from today."""
    if not isinstance(value, datetime):
        return relative_day(value, now.date())
    here = timezone.localtime(value) if timezone.is_aware(value) else value
    if here.date() == now.date():
        return date_format(here, "TIME_FORMAT")
    return relative_day(here.date(), now.date())


@register.simple_tag
def when(value: object, css: str = "") -> SafeString:
    """A date or a moment, relative, with the absolute one on hover; takes dates and formatted dicts."""
    if not value:
        return mark_safe("")
    if isinstance(value, date):
        now = timezone.localtime() if timezone.is_aware(timezone.now()) else timezone.now()
        local = value
        if isinstance(value, datetime) and timezone.is_aware(value):
            local = timezone.localtime(value)
        spelled = "DATETIME_FORMAT" if isinstance(value, datetime) else "DATE_FORMAT"
        iso, title, text = value.isoformat(), date_format(local, spelled), relative(value, now)
    else:
        iso = str(_get(value, "iso") or "")
        text = text_of(value)
        title = str(_get(value, "title") or text)
    return format_html('<time datetime="{}" title="{}" class="{}">{}</time>', iso, title, css, text)


@register.filter
def day(value: object) -> str:
    """A day inside a sentence: 21 Oct, with the year where it is another one."""
    if not isinstance(value, date):
        return ""
    return date_format(value, "MONTH_DAY_FORMAT" if value.year == timezone.localdate().year else "DATE_FORMAT")


def _template_name(thing: object, own: str) -> str:
    """Which template a spec or a field asks for: its own, else the one of its kind."""
    named = _get(thing, own)
    if isinstance(named, str) and named:
        return named
    kind = _get(thing, "kind")
    return kind if isinstance(kind, str) else str(_get(kind, own) or _get(kind, "name") or "text")


def _drawn(context: Context, folder: str, name: str, values: Mapping[str, object]) -> SafeString:
    """A small template inside the page's own context: what every page may ask for is gathered once, not once a cell."""
    engine = context.template.engine  # type: ignore[union-attr]
    found = engine.select_template([f"web/{folder}/{name}.html", f"web/{folder}/text.html"])
    with context.push(**values):
        return SafeString(found.render(context).strip())


@register.simple_tag(takes_context=True)
def cell(context: Context, spec: object, value: object, record: object = None) -> SafeString:
    """A value drawn by the cell template of its kind."""
    values = {"spec": spec, "value": value, "record": record}
    return _drawn(context, "cells", _template_name(spec, "cell"), values)


@register.simple_tag(takes_context=True)
def grid_cell(
    context: Context, spec: object, value: object, record: object = None, edit_url: str = "", saved: bool = False
) -> SafeString:
    """A cell of a list. Lists have hundreds, so this is no template; and what was drawn once is not drawn again."""
    kind = _template_name(spec, "cell")
    held = context.__dict__.setdefault("drawn_cells", {})
    key = (kind, repr(value))
    if key not in held:
        held[key] = _drawn(context, "cells", kind, {"spec": spec, "value": value, "record": record})
    css = ("num saved" if saved else "num") if kind in NUMERIC else "saved" if saved else ""
    worn = f' class="{css}"' if css else ""
    edit = f' data-edit="{escape(edit_url)}"' if edit_url else ""
    return SafeString(f'<td{worn} data-name="{escape(str(_get(spec, "name")))}"{edit}>{held[key]}</td>')


@register.simple_tag(takes_context=True)
def widget(context: Context, field: object, compact: bool = False) -> SafeString:
    """A field drawn by the widget template of its kind; `compact` is for cells and chips."""
    return _drawn(context, "widgets", _template_name(field, "widget"), {"field": field, "compact": compact})


@register.filter
def numeric(spec: object) -> bool:
    """Whether a column of this kind is set flush right in tabular figures."""
    return _template_name(spec, "cell") in NUMERIC


@register.filter
def bold_values(sentence: str) -> SafeString:
    """A sentence whose marked values are bold (wording.marking)."""
    opens, closes = wording.MARKS
    parts = [each.partition(closes) for each in sentence.split(opens)]
    first = format_html("{}", parts[0][0] + parts[0][2])
    bold = [(value, rest) if mark else ("", value) for value, mark, rest in parts[1:]]
    return first + format_html_join("", "<b>{}</b>{}", bold)
