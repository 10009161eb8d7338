"""The one way by which Bosun fetches an address outside: guarded, so that nobody reaches inside through it."""
