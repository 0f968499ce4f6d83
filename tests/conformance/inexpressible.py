"""What keeps a sample out of a graph file, as a reason that stands in the table. Knows nothing of torch."""


class InexpressibleError(Exception):
    """A sample that no graph file can hold; its message is the reason, the same for all of its kind."""
