"""A person's correction of one comment: checked against the workspace, then kept like any other edit."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import msgspec

from cx_text.config import Config
from cx_text.counting import commonest
from cx_text.edits import edit
from cx_text.errors import UsageError
from cx_text.modelling import Tell
from cx_text.stages.behaviours import Behaviours
from cx_text.store import Workspace
from cx_text.taxonomy import Edit
from cx_text.taxonomy.correcting import FEELINGS, SIGNS, sentiment_of

NONE = "none"
"""What a person says where nothing of the kind is right."""
CHANGERS = ("agent", "customer", "process", "technology")


def correct(workspace: Path, draft: Edit, tell: Tell, config: Config | None = None) -> Edit:
    """Return the correction as it was kept; every figure of the new report follows it.

    Args:
        workspace: the folder that holds all state.
        draft: an edit with action `correct`: an aspect, what is right (`label`, "none" for nothing) and the
            one comment that it speaks of (`examples`).
        tell: told of progress.
        config: settings of the new report; None: those the model learned with.

    Raises:
        UsageError: E_CORRECT, there is no such comment, theme, agent, behaviour or value.
        WorkspaceError: there is no workspace, it has not learned yet, or its edits are broken.
        LockedError: another run is writing.
    """
    with Workspace.open(workspace, write=False) as space:
        ready = _checked(space, draft)
    return edit(workspace, ready, tell, config).edits[-1]


def _checked(space: Workspace, draft: Edit) -> Edit:
    """Return a correction whose values are as they are kept."""
    if not space.texts(draft.examples):
        _refuse(f"there is no comment {draft.examples[0]}", "see `cx-text export verbatims` for the ids")
    value = "" if draft.label == NONE else draft.label
    replace = msgspec.structs.replace
    if draft.aspect == "theme":
        return replace(draft, theme_id=value, label="")
    if draft.aspect == "agent":
        return replace(draft, label=value, into=_team(space, value))
    if draft.aspect == "sentiment":
        return replace(draft, label=_sentiment(value))
    known = CHANGERS if draft.aspect == "attribution" else _behaviours()
    if value not in known and (value or draft.aspect == "behaviour"):
        _unknown(draft.aspect, value, known)
    return replace(draft, label=value)


def _behaviours() -> list[str]:
    """Return each behaviour with and without its signs."""
    return sorted(
        f"{name}{sign}"
        for name in {side.name for side in Behaviours.shipped().sides}
        for sign in ("", *SIGNS)
    )


def _sentiment(value: str) -> str:
    """Return a sentiment that can be read."""
    try:
        sentiment_of(value)
    except ValueError:
        _refuse(f"'{value}' is no sentiment", f"give a number from -1 to 1 or one of {', '.join(FEELINGS)}")
    return value


def _team(space: Workspace, agent: str) -> str:
    """Return the team in which an agent is mostly seen, empty without one."""
    if not agent:
        return ""
    if agent not in space.roster():
        _unknown("agent", agent, space.roster())
    teams = commonest(space.counted().verbatims, ["agent"], "team")["team"]
    return str(teams.get(agent, ""))


def _unknown(what: str, value: str, known: Iterable[str]) -> NoReturn:
    """Raise the error for a value that is none, naming the nearest."""
    near = difflib.get_close_matches(value, list(known), n=1)
    mend = f"did you mean {near[0]}?" if near else f"give one of {', '.join(sorted(known))}"
    _refuse(f"'{value}' is no {what}", mend)


def _refuse(wrong: str, mend: str) -> NoReturn:
    """Raise the error for a correction that cannot be made."""
    raise UsageError("E_CORRECT", wrong, mend)
