"""Which overload of an operation a node means, by the names and literals it gives. Knows nothing of torch.

The catalogue lists overloads in the order in which they are tried, so that the first that fits is the one
that is meant; what fits none is told as faults at their places in the node.
"""

from dataclasses import dataclass

from gradcanvas.catalog.model import Operation, Overload
from gradcanvas.program.faults import Fault, lacking, single_faults, twice
from gradcanvas.program.fitting import Given, missing, takes, takes_free_wires
from gradcanvas.program.literals import fingerprint


@dataclass(frozen=True, slots=True)
class Match:
    """The overload that fits, or the faults.

    Attributes:
        overload: what fits.
        faults: why nothing does.
        names: of the overload's arguments, in their order.
        takes_more: wires beside the signature are meant by it: inputs of functions, names of an index.
    """

    overload: Overload | None
    faults: tuple[Fault, ...] = ()
    names: tuple[str, ...] = ()
    takes_more: bool = False


def match(operation: Operation, given: Given, owner: str) -> Match:
    """Choose the overload that the given arguments fit.

    Args:
        operation: from the catalogue.
        given: names and literals as they stand in the file.
        owner: how the messages call what gives them: the node's id, "optimizer".
    """
    texts = tuple((name, fingerprint(literal.text)) for name, literal in given.typed.items())
    key = (id(operation), tuple(given.wired.items()), texts)
    known = _known.get(key)
    if known is not None and known[0] is operation:
        return known[1]
    found = _match(operation, given, owner)
    if found.overload is not None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = (operation, found)
    return found


_MOST_KNOWN = 20_000
_known: dict[object, tuple[Operation, Match]] = {}


def _match(operation: Operation, given: Given, owner: str) -> Match:
    faults = twice(given, owner) + single_faults(operation, given, owner)
    if faults:
        return Match(None, tuple(faults))
    taking = [each for each in operation.overloads if takes(each, given, operation)]
    whole = [each for each in taking if not missing(each, given)]
    if whole:
        names = tuple(each.name for each in whole[0].arguments)
        return Match(whole[0], (), names, takes_free_wires(operation, whole[0]))
    return Match(None, (lacking(operation, taking, given, owner),))
