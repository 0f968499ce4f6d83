"""Counts what the samples of each entry came to, and writes the table. Knows nothing of how they ran."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

OUTCOMES = ("equal", "refused alike", "different", "unsteady", "not expressible")
"""What can become of a sample. `refused alike`: PyTorch raises at it, and so does the graph. `unsteady`:
PyTorch called directly gives other bits from call to call; equal if it ever meets those of the graph."""


@dataclass
class Entry:
    """One entry of a database.

    Attributes:
        name: the entry's own.
        counts: outcome → samples.
        reasons: (outcome, why) → samples; of what is neither equal nor refused alike.
        primitives: operations that PyTorch, called directly, recorded as one function of autograd's.
    """

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    primitives: set[str] = field(default_factory=set)

    def add(self, outcome: str, reason: str = "", samples: int = 1) -> None:
        """Count samples."""
        self.counts[outcome] += samples
        if reason:
            self.reasons[outcome, reason] += samples

    @property
    def samples(self) -> int:
        """How many samples it has."""
        return self.counts.total()

    @property
    def is_equal(self) -> bool:
        """Whether every sample, of at least one, came out as PyTorch has it."""
        alike = self.counts["equal"] + self.counts["refused alike"]
        return self.counts["equal"] > 0 and alike == self.samples


@dataclass
class Database:
    """The entries of one of torch's databases."""

    name: str
    entries: list[Entry]

    def count(self, outcome: str) -> int:
        """Return how many samples had an outcome."""
        return sum(entry.counts[outcome] for entry in self.entries)

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return sum(entry.samples for entry in self.entries)

    @property
    def equal_entries(self) -> int:
        """How many entries are fully equal."""
        return sum(entry.is_equal for entry in self.entries)


def markdown(databases: Sequence[Database], torch_version: str, explained: Collection[str] = ()) -> str:
    """Write the whole table.

    Args:
        databases: what was run.
        torch_version: of the torch that was run.
        explained: the operations whose derivative the catalogue has a formula of.
    """
    lines = [
        "# Conformance",
        "",
        f"Every entry of the databases by which PyTorch {torch_version} tests itself, on a cpu: as a graph "
        "file, checked, compiled and observed, beside PyTorch called directly. Equal means every output and "
        "every gradient, bit for bit; a `memory_format` is left out, as it only lays the same "
        "numbers in another order. Written by `make conformance`.",
        "",
        "| database | entries | fully equal | samples | " + " | ".join(OUTCOMES) + " |",
        "|---" * (4 + len(OUTCOMES)) + "|",
    ]
    for each in databases:
        share = 100 * each.equal_entries / max(1, len(each.entries))
        counts = " | ".join(str(each.count(outcome)) for outcome in OUTCOMES)
        lines.append(
            f"| {each.name} | {len(each.entries)} | {each.equal_entries} ({share:.1f} %) | {each.samples} "
            f"| {counts} |"
        )
    for each in databases:
        lines += ["", f"## {each.name}: what is not fully equal", "", *_remaining(each.entries)]
        lines += ["", f"## {each.name}: why samples are not expressible", "", *_why(each)]
    lines += ["", "## Derivatives", "", *_explained(databases, explained)]
    return "\n".join(lines) + "\n"


def _explained(databases: Sequence[Database], explained: Collection[str]) -> list[str]:
    """Count the primitive operations, and name those of whose derivative there is no formula."""
    entries = [entry for each in databases for entry in each.entries]
    primitives = sorted(set().union(*(entry.primitives for entry in entries)))
    if not primitives:
        return ["No operation was run."]
    missing = [name for name in primitives if name not in explained]
    known = len(primitives) - len(missing)
    names = ", ".join(f"`{name}`" for name in missing)
    return [
        f"{len(primitives)} operations make one function of autograd's of some sample; the catalogue has the "
        f"formula of {known} of them ({100 * known / len(primitives):.1f} %).",
        *(["", f"Without: {names}."] if missing else []),
    ]


def _remaining(entries: Iterable[Entry]) -> list[str]:
    rows = [
        f"| {entry.name} | {count} of {entry.samples} | {outcome} | {_cell(reason)} |"
        for entry in entries
        if not entry.is_equal
        for (outcome, reason), count in sorted(entry.reasons.items())
    ]
    return ["| entry | samples | outcome | reason |", "|---|---|---|---|", *rows] if rows else ["Nothing."]


def _why(database: Database) -> list[str]:
    """Give each reason once, with its share of all samples."""
    reasons: Counter[str] = Counter()
    for entry in database.entries:
        for (outcome, reason), count in entry.reasons.items():
            if outcome == "not expressible":
                reasons[reason] += count
    rows = [
        f"| {count} | {100 * count / database.samples:.2f} % | {_cell(reason)} |"
        for reason, count in reasons.most_common()
    ]
    return ["| samples | share | reason |", "|---|---|---|", *rows] if rows else ["None is."]


def _cell(text: str) -> str:
    line = " ".join(text.split()).replace("|", "\\|")
    return line if len(line) <= 300 else f"{line[:300]}…"
