"""Reminders: they nag until done, and every notice of them is kept."""
