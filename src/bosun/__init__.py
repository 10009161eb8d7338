"""Bosun, a customer relations manager that keeps watch."""

__version__ = "0.1.0"
