"""The parents' pages in a real browser, against a kindergarten that is only said to be there."""
