"""What a worker announces, in words: a message and what to do about it. Decides nothing."""

from gradcanvas.engine.teller import Teller
from gradcanvas.training.ground import Loaded
from gradcanvas.training.session import Session

OPTIMIZER_ANEW = ("The optimizer begins with an empty state.", "Another one cannot use what this one kept.")
SEED_AT_RESET = ("The new seed takes effect at Reset.", "Press Reset to make everything anew from it.")
EVALUATION_STOPPED = (
    "The evaluation was stopped.",
    "Values and gradients stay empty until the next edit or verb.",
)
RUNNING = ("A run is on.", "Pause it first.")
NO_STEPS = ("The graph names no number of steps.", "Set “steps” in its settings (`train.steps` in the file).")


def announce_edit(teller: Teller, session: Session, loaded: Loaded, seed: int | None) -> None:
    """Say what an edit did to a state that is real.

    Args:
        teller: says it.
        session: the session, after the edit.
        loaded: what the edit did.
        seed: the seed before it.
    """
    if not session.standing.is_dirty or not loaded.is_changed:
        return
    if loaded.anew:
        names = ", ".join(f"`{path}`" for path in loaded.anew)
        message = f"{names}: made anew, with the value Reset would give. Everything else keeps its state."
        teller.notice("info", "remade", message, "Reset makes everything anew.")
    if loaded.is_optimiser_new:
        teller.notice("info", "optimizer-anew", *OPTIMIZER_ANEW)
    if seed is not None and seed != session.graph.seed:
        teller.notice("info", "seed-at-reset", *SEED_AT_RESET)
