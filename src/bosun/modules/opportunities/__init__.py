"""Opportunities: sales in progress."""
