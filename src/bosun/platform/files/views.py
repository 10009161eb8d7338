"""Handing files out so that a browser keeps them apart from our pages."""

from __future__ import annotations

from typing import IO

from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from bosun.kernel import registry
from bosun.kernel.errors import NotFound
from bosun.platform.accounts.requests import actor_of
from bosun.platform.files import keeping, names, services

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
    return handed_out(content, row.name, row.type, "show" in request.GET and names.is_shown(row.type))


@require_safe
def of_field(request: HttpRequest, entity: str, pk: int, name: str) -> HttpResponseBase:
    """The file in a field of a record, to keep."""
    actor, found = actor_of(request), registry.find(entity)
    if actor is None:
        return redirect_to_login(request.get_full_path())
    try:
        if found is None or not 0 < pk < 2**63:
            raise NotFound()
        held, content = keeping.open_field(found, pk, name, actor)
    except NotFound:
        raise Http404 from None
    return handed_out(content, held.name, names.type_of(held.name, b""))


def handed_out(content: IO[bytes], name: str, media: str, shown: bool = False) -> FileResponse:
    """A file as it leaves, kept apart from our pages."""
    media = media if shown or not media.startswith(("image/", "text/")) else names.PLAIN
    answer = FileResponse(content, as_attachment=not shown, filename=name, content_type=media)
    for header, value in APART.items():
        answer.headers[header] = value
    return answer
