"""Saved views: a list's filter, order and columns kept under a name, for oneself, a role or everybody."""
