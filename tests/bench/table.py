"""One row of the benchmark table, and how the table is written."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A figure beside what it is compared with.

    Attributes:
        name: what was measured.
        figure: the result as text with its unit ("1.03", "16.7 ms").
        goal: what it is to reach ("at most 1.05").
        reached: whether it did, in this run.
        beside: the figure of plain PyTorch, or of the alternative, in the same run.
    """

    name: str
    figure: str
    goal: str
    reached: bool
    beside: str = ""


def write_table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| what | measured | goal | reached | beside it, in the same run |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.name} | {row.figure} | {row.goal} | {'yes' if row.reached else '**no**'} | {row.beside} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"
