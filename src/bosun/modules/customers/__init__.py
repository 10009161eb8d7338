"""Customers and the people who work there."""
