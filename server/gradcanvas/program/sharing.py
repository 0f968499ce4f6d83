"""Nodes that use the parameters of others: whose they are, and what of the arguments they have in common.

Knows the drafts of one scope; nothing of torch.
"""

from collections.abc import Mapping

from gradcanvas.document import Literal, Node
from gradcanvas.document.problems import nearest
from gradcanvas.program.drafts import Draft, Problems


def with_shared(draft: Draft, drafts: Mapping[str, Draft], problems: Problems) -> Mapping[str, Literal]:
    """Follow `share` to the owner of the parameters, and take its constructor's arguments."""
    way = {draft.id: None}
    here = draft
    while (name := here.node.share) is not None:
        if name not in drafts:
            _share_unknown(draft, drafts, name, problems)
            return draft.node.args
        if name in way:
            problems.lose(
                draft,
                ("share",),
                "share-cycle",
                f"`{draft.id}` shares the parameters of `{draft.node.share}`, which leads back: "
                f"{' → '.join([*list(way)[:8], name])}.",
                "One of them must own the parameters: take its `share` away.",
            )
            return draft.node.args
        way[name] = None
        here = drafts[name]
        if here.owner != name:  # followed before
            here = drafts[here.owner]
            break
    draft.owner = here.id
    return _shared_arguments(draft, here, problems)


def _share_unknown(draft: Draft, drafts: Mapping[str, Draft], name: str, problems: Problems) -> None:
    close = nearest(name, drafts)
    problems.lose(
        draft,
        ("share",),
        "unknown-reference",
        f"`{draft.id}` shares the parameters of `{name[:80]}`, which is no node here.",
        f"Did you mean `{close}`?" if close else "Write the id of a module of the same kind.",
    )


def _shared_arguments(draft: Draft, owner: Draft, problems: Problems) -> Mapping[str, Literal]:
    own = draft.node.args
    if draft.operation is not None and draft.operation.kind != "module" and not is_call(draft):
        return own
    if owner.operation is not draft.operation:
        problems.lose(
            draft,
            ("share",),
            "share-differs",
            f"`{draft.id}` is `{draft.node.op}` and cannot use the parameters of `{owner.id}`, "
            f"which is `{owner.node.op}`.",
            "Share with a node of the same operation.",
        )
        return own
    made = _made_names(draft)
    taken = {name: literal for name, literal in owner.node.args.items() if name in made}
    for name, literal in own.items():
        if name in made and (name not in taken or taken[name].text != literal.text):
            problems.lose(
                draft,
                ("args", name),
                "share-differs",
                f"`{draft.id}.{name}` differs from that of `{owner.id}`, whose parameters it uses.",
                "Leave it out: what is shared is made once, by its owner.",
            )
    _keys_differ(draft, owner, problems)
    return {**taken, **own}


def _keys_differ(draft: Draft, owner: Draft, problems: Problems) -> None:
    """Say which keys of a node speak of what its owner makes, and say something else."""
    mine, its = draft.node, owner.node
    rows = (
        ("mode", mine.mode, its.mode or "train", "A module is in one mode."),
        (
            "requires_grad",
            mine.requires_grad,
            _all_or_some(its.requires_grad),
            "A parameter is frozen or not.",
        ),
        ("init", _init_texts(mine) or None, _init_texts(its), "A parameter is filled once."),
        ("group", mine.group, its.group, "A parameter is in one group."),
    )
    for key, given, there, why in rows:
        if given is not None and given != there:
            message = f"`{draft.id}.{key}` differs from that of `{owner.id}`, whose parameters it uses. {why}"
            help_text = f"Write it at `{owner.id}`, or take `share` away: then `{draft.id}` has its own."
            problems.lose(draft, (key,), "share-differs", message, help_text)


def _all_or_some(requires_grad: bool | dict[str, bool] | None) -> bool | dict[str, bool]:
    return True if requires_grad is None else requires_grad


def _init_texts(node: Node) -> dict[str, object]:
    return {
        name: (init.op, {argument: literal.text for argument, literal in init.args.items()})
        for name, init in node.init.items()
    }


def is_call(draft: Draft) -> bool:
    """Tell whether a node calls a function of the graph, and so owns what is in it."""
    return draft.node.op == "gradcanvas.call"


def _made_names(draft: Draft) -> set[str]:
    """Name the arguments that decide what is made, which those who share have in common."""
    if draft.operation is None:
        return set()
    return {
        each.name
        for overload in draft.operation.overloads
        for each in overload.arguments
        if each.stage == "make" or each.type == "function"
    }
