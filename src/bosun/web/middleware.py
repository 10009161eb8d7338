"""Headers that keep pages from doing what we did not write, and the page for a database that is away."""

from __future__ import annotations

from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponseBase

from bosun.platform.files.store import TOO_LARGE
from bosun.web import errors

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
FIXED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SecurityHeaders:
    """Sets the content policy on every answer; pages of signed-in people are not kept by anybody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        if getattr(request, "actor", None) is not None:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class TooLarge:
    """Answers 413 to a page's request that is larger than is taken; programs get theirs from the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if TOO_LARGE in request.META and not request.path.startswith("/api/"):
            return errors.too_large(request)
        return self.get_response(request)


class DatabaseAway:
    """Answers 503 in our hand when the database cannot be reached or cannot write."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """A page that says what is safe, instead of a failure without words."""
        if isinstance(exception, OperationalError) and not request.path.startswith("/api/"):
            return errors.away(request)
        return None
