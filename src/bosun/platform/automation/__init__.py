"""Rules: event, condition, action over every record; each run explained."""
