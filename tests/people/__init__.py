"""The people, through their one door, on a real file."""
