"""Drawing what modules offer in slots."""

from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from bosun.web import lasting, recurring

register = template.Library()


@register.simple_tag(takes_context=True)
def section(context: Context, part: Any) -> SafeString:
    """A section of a page, drawn by its own template with its own context."""
    found = get_template(part.template)
    inner = {**context.flatten(), **part.context}
    return mark_safe(found.render(inner, context.get("request")).strip())  # noqa: S308 (rendered template)


@register.simple_tag
def recurrence(rule: object) -> dict[str, Any]:
    """A recurrence rule in the shape of its input."""
    return recurring.shown(rule)


@register.simple_tag
def lasts(raw: object) -> dict[str, Any]:
    """A last day or a condition in the shape of its input."""
    return lasting.shown(raw)
