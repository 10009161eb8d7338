"""Work that is done later or takes long: a queue with leases, and what runs by the clock."""
