"""The people: families, their agreements, their phones and what they watched. No Home Assistant in here."""
