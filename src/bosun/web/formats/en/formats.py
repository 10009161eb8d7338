"""English, as in Europe: dates and times."""

TIME_FORMAT = "H:i"
DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y H:i"
MONTH_DAY_FORMAT = "j M"
SHORT_DATETIME_FORMAT = "j M Y H:i"
SHORT_DATE_FORMAT = "j M Y"
FIRST_DAY_OF_WEEK = 1
