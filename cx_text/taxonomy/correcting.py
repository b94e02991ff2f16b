"""People's corrections of single comments, laid over what was read in them; what was read stays below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec
import pandas as pd

from cx_text.records import MENTIONS, Scored
from cx_text.taxonomy.edit import Edit, in_force

FEELINGS: Mapping[str, float] = {"negative": -0.6, "neutral": 0.0, "positive": 0.6, "mixed": 0.0}
"""The sentiment of a comment of which a person says no more than its label."""
SIGNS = "+-"


def corrected(scored: Scored, edits: Iterable[Edit]) -> Scored:
    """Return rows (table VERBATIMS or COUNTED) and mentions as people corrected them, by number of edit.

    A *theme* takes the place of the main theme, also where there was none; an empty one takes the main theme
    away. A *sentiment* is that of the comment and of its mentions (of a mixed one they stay as they are). A
    *behaviour* with a sign is the only thing told of it, without a sign nothing is. An *attribution* is that
    of the comment and its mentions. An *agent* has the comment with his team; an empty one leaves it to
    nobody. Edits of comments that are not there change nothing; what is given is not changed.
    """
    held = in_force(edits)
    wanted = {one for edit in held if edit.action == "correct" for one in edit.examples}
    ids = scored.verbatims["verbatim_id"]
    place = {name: int(row) for row, name in ids[ids.isin(wanted)].items()}
    if not place:
        return scored
    mine = Scored(scored.verbatims.copy(), scored.mentions.copy())
    for edit in held:
        for verbatim_id in edit.examples if edit.action == "correct" else ():
            if verbatim_id in place:
                mine = _ASPECTS[edit.aspect](mine, place[verbatim_id], _in_force(edit, held))
    return mine


def _in_force(edit: Edit, held: Iterable[Edit]) -> Edit:
    """Return a correction with the theme that its theme was merged into, if it was."""
    follows = {one.theme_id: one.into for one in held if one.action == "merge"}
    theme, seen = edit.theme_id, {""}
    while theme not in seen and theme in follows:
        seen.add(theme)
        theme = follows[theme]
    return msgspec.structs.replace(edit, theme_id=theme)


def sentiment_of(value: str) -> tuple[float, str]:
    """Return the sentiment (-1..1) and the label that a correction says, by a number or by a label.

    >>> sentiment_of("mixed"), sentiment_of("-0.4")
    ((0.0, 'mixed'), (-0.4, ''))

    Raises:
        ValueError: it is neither.
    """
    if value in FEELINGS:
        return FEELINGS[value], value
    number = float(value)
    if not -1 <= number <= 1:
        raise ValueError("a sentiment lies between -1 and 1")
    return number, ""


def _theme(scored: Scored, row: int, edit: Edit) -> Scored:
    """Put a theme in the place of the main theme, or take that away."""
    rows, said = scored.verbatims, scored.mentions
    verbatim_id, main, right = rows.at[row, "verbatim_id"], rows.at[row, "theme_id"], edit.theme_id
    own = said["verbatim_id"] == verbatim_id
    if not right:
        said = said[~(own & (said["theme_id"] == main))]
    elif own.any():
        said.loc[own & (said["theme_id"] == main), ["theme_id", "confidence"]] = [right, 1.0]
    else:
        said = pd.concat([said, _whole(rows, row, right)], ignore_index=True)
    others = [one for one in rows.at[row, "theme_ids"] if one not in (main, right)]
    kept = [right, *others] if right else others
    rows.at[row, "theme_ids"] = kept
    rows.at[row, "theme_id"] = kept[0] if kept else None
    if rows.at[row, "status"] in ("themed", "unthemed"):
        rows.at[row, "status"] = "themed" if kept else "unthemed"
    return Scored(rows, said)


def _whole(rows: pd.DataFrame, row: int, theme_id: str) -> pd.DataFrame:
    """Return a mention that is the whole comment."""
    told = {name: rows.at[row, name] for name in ("verbatim_id", "sentiment", "attribution")}
    end = len(rows.at[row, "text"]) if "text" in rows else None
    return MENTIONS.frame([{**told, "start": 0, "end": end, "theme_id": theme_id, "confidence": 1.0}])


def _sentiment(scored: Scored, row: int, edit: Edit) -> Scored:
    """Let a comment and its mentions feel as a person reads them."""
    rows, said = scored.verbatims, scored.mentions
    value, told = sentiment_of(edit.label)
    rows.at[row, "sentiment"] = value
    rows.at[row, "sentiment_label"] = told or (
        "negative" if value < 0 else "positive" if value > 0 else "neutral"
    )
    if told != "mixed":
        said.loc[said["verbatim_id"] == rows.at[row, "verbatim_id"], "sentiment"] = value
    return scored


def _label(value: float) -> str:
    """Return the label of a sentiment that a person gave as a number."""
    return "negative" if value < 0 else "positive" if value > 0 else "neutral"


def _behaviour(scored: Scored, row: int, edit: Edit) -> Scored:
    """Let a comment tell one thing, or nothing, of a behaviour."""
    name = edit.label.rstrip(SIGNS)
    others = [one for one in scored.verbatims.at[row, "behaviours"] if one.rstrip(SIGNS) != name]
    scored.verbatims.at[row, "behaviours"] = sorted([*others, edit.label] if name != edit.label else others)
    return scored


def _attribution(scored: Scored, row: int, edit: Edit) -> Scored:
    """Say who can change what a comment tells of."""
    rows, said = scored.verbatims, scored.mentions
    rows.at[row, "attribution"] = edit.label or None
    said.loc[said["verbatim_id"] == rows.at[row, "verbatim_id"], "attribution"] = edit.label or None
    return scored


def _agent(scored: Scored, row: int, edit: Edit) -> Scored:
    """Give a comment to another agent and team, or leave it to nobody."""
    scored.verbatims.at[row, "agent"] = edit.label or None
    scored.verbatims.at[row, "team"] = edit.into or None
    return scored


_ASPECTS: Mapping[str, Callable[[Scored, int, Edit], Scored]] = {
    "theme": _theme,
    "sentiment": _sentiment,
    "behaviour": _behaviour,
    "attribution": _attribution,
    "agent": _agent,
}
