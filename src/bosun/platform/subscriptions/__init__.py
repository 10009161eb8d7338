"""Subscriptions: a list or its figures at fixed times, ordered and cancelled by oneself."""
