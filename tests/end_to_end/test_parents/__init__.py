"""Parents from the message on their phone to the picture, and everything that takes it away again.

In order: each test stands on the one before, each file on that before. They need no other folder's tests, but come
well after them.
"""
