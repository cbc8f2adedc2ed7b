"""A typed client of Frigate's HTTP interface, 0.16 to 0.18; asks nothing that is slow or freezes it."""
