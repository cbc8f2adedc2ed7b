"""What our integration relies on in Frigate, asserted through plain HTTP.

Runs against the stand-in in each version, and against a real server too when `FRIGATE_URL` (with
`FRIGATE_USER` and `FRIGATE_PASSWORD` when it wants a login) names one. A real server is only read, unless
`FRIGATE_WRITE=1`. The facts were observed on real servers; the numbers in docstrings are their versions.
"""
