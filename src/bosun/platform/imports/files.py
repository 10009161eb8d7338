"""Imported files: kept by digest beside the other files, opened as tables, and their refusals in words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from bosun.kernel.errors import Invalid
from bosun.lib.sheets import SheetError, Table, open_table
from bosun.platform.imports.models import Import

FOLDER = "imports"
READING = ("encoding", "delimiter", "sheet", "header_row")


def keep(content: bytes) -> str:
    """Store a file under its digest; answers the digest. The name that a person gave it leads nowhere."""
    digest = hashlib.sha256(content).hexdigest()
    if not default_storage.exists(path_of(digest)):
        default_storage.save(path_of(digest), ContentFile(content))
    return digest


def path_of(digest: str) -> str:
    """Where a file lies."""
    return f"{FOLDER}/{digest[:2]}/{digest}"


def content(digest: str) -> bytes:
    """A stored file; Invalid when it has been cleared away."""
    try:
        with default_storage.open(path_of(digest)) as file:
            held: bytes = file.read()
            return held
    except FileNotFoundError:
        raise Invalid(_("This file is not kept any more. Choose it again.")) from None


def discard(digest: str) -> None:
    """Clear a file away."""
    default_storage.delete(path_of(digest))


def kept(before: datetime) -> list[str]:
    """The digests of files that were stored before a moment; younger ones may belong to an import about to be made."""
    if not default_storage.exists(FOLDER):
        return []
    held = [
        name for part in default_storage.listdir(FOLDER)[0] for name in default_storage.listdir(f"{FOLDER}/{part}")[1]
    ]
    return [digest for digest in held if default_storage.get_modified_time(path_of(digest)) < before]


def reading_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """How a file is to be read, as asked for; what is not asked for is found out."""
    return {name: raw[name] for name in READING if raw.get(name) not in (None, "")}


@contextmanager
def open_as_table(held: bytes, name: str, reading: Mapping[str, Any]) -> Iterator[Table]:
    """The table in a file, or Invalid with a sentence, also for what is met further down in it."""
    try:
        with open_table(held, name, **reading_of(reading)) as table:
            yield table
    except SheetError as error:
        raise Invalid(words_for(error)) from None


def table_of(made: Import) -> AbstractContextManager[Table]:
    """The table of an import."""
    return open_as_table(content(made.digest), made.file_name, made.reading)


def read_all(file: IO[bytes]) -> bytes:
    """The bytes of an uploaded file."""
    file.seek(0)
    return file.read()


def words_for(error: SheetError) -> str:
    """What is wrong with a file, in a sentence."""
    said = {
        "empty": _("This file is empty."),
        "not_a_table": _("This is not a table. Choose a CSV, XLSX, XLS or ODS file."),
        "unreadable": _("This file is damaged. Open it, save it again, and choose the new one."),
        "encrypted": _("This file is protected by a password. Save it without one."),
        "format": _("This kind of file cannot be read. Save it as XLSX or CSV."),
        "encoding": _("The characters of this file cannot be read. Choose another encoding."),
        "delimiter": _("Choose one sign that separates the columns."),
        "no_sheet": _("There is no sheet of that name in this file."),
        "too_large": _("This file is too large."),
        "too_many_rows": _("This file has too many rows. Split it."),
        "too_many_columns": _("This table has too many columns."),
        "too_many_cells": _("This table is too large. Save only the part that holds data."),
        "cell_too_long": _("A cell of this table is too long."),
    }.get(error.code, _("This file cannot be read."))
    return _("Row %(row)s: %(said)s") % {"row": error.row, "said": said} if error.row else said
