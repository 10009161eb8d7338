"""The ledger: every notice on its way to one person through one channel, from queued to done or failed."""
