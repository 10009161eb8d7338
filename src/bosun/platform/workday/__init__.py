"""The working day: hours and holidays of each department, and what each person's day began and ended with."""
