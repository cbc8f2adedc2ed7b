"""The parents' web: no account of Home Assistant, one group's room, live, in the hours it is open."""
