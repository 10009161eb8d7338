"""Spanish: dates and times."""

TIME_FORMAT = "H:i"
DATE_FORMAT = "j b Y"
DATETIME_FORMAT = "j b Y H:i"
MONTH_DAY_FORMAT = "j b"
SHORT_DATETIME_FORMAT = "j b Y H:i"
SHORT_DATE_FORMAT = "j b Y"
FIRST_DAY_OF_WEEK = 1
