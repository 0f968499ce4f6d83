"""How long a test waits before it says that something does not come about: never a measure of speed.

Machines are shared: what takes milliseconds takes seconds on a busy one. How fast things are is measured by
`make bench`.
"""

AT_ONCE = 20.0
"""Seconds until what comes at once has come, where the alternative would take minutes."""

PROCESSOR_SECONDS = 60.0
"""So much work at most, where the alternative grows with the square of what is given."""
