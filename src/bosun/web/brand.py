"""The company's own colour as a style sheet, readable on light and dark."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bosun.kernel import ports
from bosun.lib import colour

YEAR = 365 * 24 * 3600


def address() -> str:
    """Where the style sheet of the company's colour is; empty while it has none."""
    accent = ports.company().accent
    return f"/brand.css?c={accent.lstrip('#').lower()}" if colour.parse(accent) else ""


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The style sheet; its address changes with the colour, so that browsers may keep it."""
    accent = colour.parse(ports.company().accent)
    body = ""
    if accent is not None:
        light, dark = block(colour.shades(accent, dark=False)), block(colour.shades(accent, dark=True))
        body = (
            f":root {{ {light} }}\n[data-theme=dark] {{ {dark} }}\n"
            f"@media (prefers-color-scheme: dark) {{ [data-theme=system] {{ {dark} }} }}\n"
        )
    answer = HttpResponse(body, content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = f"public, max-age={YEAR}" if request.GET.get("c") else "no-cache"
    return answer


def block(shades: Mapping[str, str]) -> str:
    """The properties of a rule."""
    return " ".join(f"--{name}: {value};" for name, value in shades.items())
