"""The version of a record as a column of a table: by it a file that comes back tells what its writer had looked at."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel.kinds import Number
from bosun.kernel.specs import Column, FieldSpec

NAME = "version"
_KIND = Number()
SPEC = FieldSpec(NAME, _("Version"), _KIND, Column(_KIND, NAME), read_only=True, internal=True, writable=False)
