"""Sign-in, passwords and tokens."""
