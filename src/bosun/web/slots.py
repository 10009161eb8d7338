"""What the pages themselves put into pages."""

from bosun.web import recurring as _recurring  # noqa: F401 - the input of recurrences
from bosun.web import remind as _remind  # noqa: F401 - reminders with a form, and at the side of a record
