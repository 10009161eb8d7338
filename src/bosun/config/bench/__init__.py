"""How fast it is: a large company, real requests over the loopback, and what each page costs."""
