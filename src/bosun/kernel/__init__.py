"""What a record is: fields, conditions, rights, the one door, and the ledger. Knows no business word."""
