"""One night: read, score, find, keep, report; safe to run twice.

All that a night changes in the state is one transaction. The reports are written before it ends, so
that a night that was killed leaves the night before, and the next start does the work again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cx_text.account import Stopwatch, __version__
from cx_text.erasing import finish_deletion
from cx_text.errors import InputError
from cx_text.intake import agents_of, fresh_rows, read_all
from cx_text.modelling import is_edited, load_model
from cx_text.publishing import Night, Order, delivered, modeller, publish_again, publish_run
from cx_text.reports import check_room
from cx_text.store import Workspace

__all__ = ["Night", "Order", "apply_edits", "refit", "run"]


def run(inputs: Sequence[str | Path], order: Order) -> Night:
    """Take in what is new in `inputs`, find, report; return how it ended.

    Raises:
        UsageError: an input is missing, a column cannot be told, or settings are wrong.
        WorkspaceError: the workspace is damaged or of a newer version.
        LockedError: another run is writing.
        ResourceError: disk or memory is used up.
    """
    check_room()
    watch = Stopwatch()
    with (
        Workspace.open(order.workspace, write=True, create=True, wait=order.wait) as space,
        space.logged("run") as facts,
    ):
        finish_deletion(space, order)
        with watch.time("read"):
            readings, refused = read_all(inputs, space, order.config, order.output)
        with watch.time("redact"):
            fresh = fresh_rows(readings, space, order.config)
        held = space.status()["rows"]
        last = space.last_run()
        news = any(one.counts for one in fresh) or is_edited(space)
        if last is not None and not news and _knows(last, refused) and _is_told(space, last):
            night = _again(space, last, order, refused)
        else:
            with space.transaction():
                space.add_agents(agents_of(readings))
                model = modeller(space, order, watch).take(fresh)
                night = publish_run(space, model, fresh, refused, order, watch)
        space.publish_latest(night.record["run_id"])
        facts.update(_logged(night))
        return replace(night, held=held)


def refit(order: Order) -> Night:
    """Learn the themes again from all history, keep the ids of those that are the same, and report.

    Where the last run did just that, and nothing is new since, there is nothing to do.

    Raises:
        WorkspaceError: there is no workspace, or it is damaged or of a newer version.
        LockedError: another run is writing.
        ResourceError: disk or memory is used up.
    """
    check_room()
    watch = Stopwatch()
    with (
        Workspace.open(order.workspace, write=True, wait=order.wait) as space,
        space.logged("refit") as facts,
    ):
        finish_deletion(space, order)
        last = space.last_run()
        if last is not None and _has_learned(space, last, order) and _is_told(space, last):
            night = _again(space, last, order, ())
        else:
            with space.transaction():
                model = modeller(space, order, watch).learn_again()
                night = publish_run(space, model, [], (), order, watch)
        space.publish_latest(night.record["run_id"])
        facts.update(_logged(night))
        return night


def apply_edits(space: Workspace, order: Order) -> None:
    """Make the model with the people's edits of the workspace the one in force, and report again.

    Raises:
        UsageError: E_THEME, an edit needs more comments than there are.
    """
    finish_deletion(space, order)
    model = load_model(space)
    if model is None:
        return
    watch = Stopwatch()
    with space.logged("edit") as facts, space.transaction():
        edited = modeller(space, order, watch).edit(model)
        night = publish_run(space, edited, [], (), order, watch)
        facts.update(_logged(night))
    space.publish_latest(night.record["run_id"])


def _has_learned(space: Workspace, last: Mapping[str, Any], order: Order) -> bool:
    """Return whether the last run took nothing, learned with these settings, and no edit came since."""
    same = last["config_sha256"] == order.config.sha256 and last["version"] == __version__
    learned = not last["inputs"] and space.learned_in() == last["run_id"]
    return same and learned and not is_edited(space)


def _again(space: Workspace, last: Mapping[str, Any], order: Order, refused: tuple[InputError, ...]) -> Night:
    """Return the last run once more, its report delivered."""
    folder = space.report_folder(str(last["run_id"]))
    return Night(dict(last), delivered(space, folder, order.output), refused, new=False)


def _is_told(space: Workspace, last: Mapping[str, Any]) -> bool:
    """Return whether the reports of the last run are as it wrote them, or could be told again."""
    if space.is_intact(str(last["run_id"])):
        return True
    with space.transaction():
        return publish_again(space, last)


def _knows(last: Mapping[str, Any], refused: Sequence[InputError]) -> bool:
    """Return whether the last run told of all files that cannot be taken."""
    return {str(error) for error in refused} <= {one.get("error") for one in last["inputs"]}


def _logged(night: Night) -> dict[str, Any]:
    """Return what the log says of a run: counts, seconds and codes."""
    record = night.record
    return {
        "run_id": record["run_id"],
        "new": night.new,
        "ledger": record["ledger"] if night.new else {},
        "seconds": record["timings"] if night.new else {},
        "warnings": len(record["warnings"]),
        "refused": [error.code for error in night.refused],
    }
