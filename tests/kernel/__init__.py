"""The door, rights, conditions, kinds and the ledger, by exact values."""
