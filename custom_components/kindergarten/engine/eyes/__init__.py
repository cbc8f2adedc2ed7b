"""Eyes: whether a camera still sees its room. Needs numpy, so only the decode worker may import what is inside."""
