"""Handing files out so that a browser keeps them apart from our pages."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from bosun.kernel.errors import NotFound
from bosun.platform.accounts.requests import actor_of
from bosun.platform.files import names, services

APART = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
}


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file to keep; with `?show`, pictures are shown in place."""
    actor = actor_of(request)
    if actor is None:
        return redirect_to_login(request.get_full_path())
    try:
        row, content = services.open_file(pk, actor)
    except NotFound:
        raise Http404 from None
    shown = "show" in request.GET and names.is_shown(row.type)
    media = row.type if shown or not row.type.startswith(("image/", "text/")) else names.PLAIN
    answer = FileResponse(content, as_attachment=not shown, filename=row.name, content_type=media)
    for name, value in APART.items():
        answer.headers[name] = value
    return answer
