"""Simplified Chinese: dates and times."""

TIME_FORMAT = "H:i"
DATE_FORMAT = "Y年n月j日"
DATETIME_FORMAT = "Y年n月j日 H:i"
MONTH_DAY_FORMAT = "n月j日"
SHORT_DATETIME_FORMAT = "Y年n月j日 H:i"
SHORT_DATE_FORMAT = "Y年n月j日"
FIRST_DAY_OF_WEEK = 1
