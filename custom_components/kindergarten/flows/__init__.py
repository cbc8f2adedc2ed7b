"""The forms through which an owner tells us about the kindergarten."""
