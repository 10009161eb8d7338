"""What the pages themselves put into pages."""

from bosun.web import asked as _asked  # noqa: F401 - who asks, at the side of one time of a reminder
from bosun.web import away as _away  # noqa: F401 - being away, and standing in
from bosun.web import dayframe as _dayframe  # noqa: F401 - reminders at the end of the day
from bosun.web import dayreminders as _dayreminders  # noqa: F401 - reminders of today
from bosun.web import invitations as _invitations  # noqa: F401 - who was invited, at the side of a record
from bosun.web import lasting as _lasting  # noqa: F401 - until when a reminder comes
from bosun.web import receipts as _receipts  # noqa: F401 - who was told, at the side of a reminder
from bosun.web import recurring as _recurring  # noqa: F401 - the input of recurrences
from bosun.web import remind as _remind  # noqa: F401 - reminders with a form, and at the side of a record
