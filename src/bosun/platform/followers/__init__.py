"""Followers: people who want to hear of a record."""
