"""Calendars of other programs: one's dates as a private feed, invitations to others, and files that come in."""
