"""Deleting customers, comments and times from a workspace, down to the last byte.

A deletion is noted before anything is changed, and each step can be done twice: whoever writes next
finishes what was cut short. First comes one transaction as of any run: the rows go, findings, records and
names of themes are kept again without them, the model learns again where it knows a word that is now
too few customers' own, and a new report is published. Then what earlier nights published is told
again, old models and states go, and the file of the state is written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from cx_text.account import Stopwatch
from cx_text.anonymity import GONE, said_by, without_words
from cx_text.config import Config
from cx_text.modelling import Tell, load_model
from cx_text.publishing import Order, ids_published, modeller, publish_again, publish_run
from cx_text.records import CATALOGUE
from cx_text.scoring import TextModel
from cx_text.stages.vectors import StaticEncoder
from cx_text.store import Workspace
from cx_text.store.disk import remove
from cx_text.store.edits import forget_examples, without_examples
from cx_text.store.opening import REPORTS
from cx_text.text import words

Words = Callable[[str], str]


@dataclass(frozen=True)
class Deletion:
    """How a deletion ended.

    Attributes:
        rows: number of comments that went.
        retold: earlier runs whose reports were told again without them.
        removed: folders of reports that could not be told again and were removed.
        learned_again: whether the model knew a word that only they said.
    """

    rows: int = 0
    retold: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    learned_again: bool = False


def finish_deletion(space: Workspace, order: Order) -> Deletion:
    """Do what is left of the deletions that were noted in a workspace; return what that was.

    Raises:
        LockedError: another program reads the state; whoever writes next ends it.
    """
    if not space.is_erasing:
        return Deletion()
    gone = space.erasing()
    learned = _erase(space, order, gone) if space.rows_left() else False
    removed = _remove_unknown(space)
    retold = space.stale()
    records = {str(one["run_id"]): one for one in space.runs()}
    for run_id in retold:
        with space.transaction():
            publish_again(space, records[run_id])
            space.retold(run_id)
    space.drop_old()
    space.finish_erasing()
    return Deletion(len(gone), tuple(retold), removed, learned)


def _erase(space: Workspace, order: Order, gone: AbstractSet[str]) -> bool:
    """Delete the rows from all that the state says, and report; return whether the model learned again."""
    watch = Stopwatch()
    forget_examples(space.path, gone)
    with space.transaction():
        texts = space.rows_left()
        space.erase_rows()
        before = load_model(space)
        if before is None:
            return False
        lost = _lost_words(texts, space)
        reworded = partial(_reworded, lost)
        space.rename_themes(reworded)
        for record in space.runs():
            _retell(space, record, gone, reworded)
        keeper = modeller(space, order, watch)
        again = not lost.isdisjoint(_words_of(before))
        learned = keeper.learn_again() if again else before
        model = _bare(learned, gone, reworded)
        if model is not learned:
            keeper.keep(model)
        else:  # people's labels stay theirs
            space.keep_themes(model.taxonomy.catalogue, space.next_run_id())
        publish_run(space, model, [], (), order, watch)
    space.publish_latest(str((space.last_run() or {})["run_id"]))
    return again


def _lost_words(texts: Sequence[str], space: Workspace) -> frozenset[str]:
    """Return the words of erased texts that too few customers say now for others to know them."""
    asked = StaticEncoder().unknown({word for text in texts for word in words(text)})
    return asked - said_by(asked, space.rows().verbatims) if asked else asked


def _reworded(lost: AbstractSet[str], text: str) -> str:
    """Return a label or a message without words that are lost."""
    return without_words([text], lost, GONE)[0]


def _words_of(model: TextModel) -> frozenset[str]:
    """Return all words that a model knows, but for those that people gave it."""
    catalogue = model.catalogue
    labels = [*catalogue["label"].fillna(""), *(one.label for one in model.lineage)]
    told = [*labels, *(one for cell in catalogue["keywords"] for one in cell)]
    return frozenset(
        word for text in (*model.features.terms, *model.templates, *told) for word in words(text)
    )


def _bare(model: TextModel, gone: AbstractSet[str], reworded: Words) -> TextModel:
    """Return a model that names no erased verbatim as an example, and no lost word in a label."""
    catalogue = model.catalogue
    labels = [label if label is None else reworded(label) for label in catalogue["label"].astype(object)]
    keywords = [[reworded(one) for one in cell] for cell in catalogue["keywords"]]
    named = CATALOGUE.frame(catalogue.assign(label=labels, keywords=keywords))
    edits = without_examples(model.edits, gone)
    lineage = tuple(replace(one, label=reworded(one.label)) for one in model.lineage)
    if edits == model.edits and lineage == model.lineage and named.equals(catalogue):
        return model
    return replace(model, catalogue=named, edits=edits, lineage=lineage)


def _retell(space: Workspace, record: Mapping[str, Any], gone: AbstractSet[str], reworded: Words) -> None:
    """Keep what a run found without what is erased, if it speaks of that."""
    run_id = str(record["run_id"])
    told = space.told(run_id)
    if told is None:
        return
    bare, new = told.without(gone).reworded(reworded), _record_without(record, gone, reworded)
    published = gone & ids_published(space, run_id)
    if published or new != record or bare.to_bytes() != told.to_bytes():
        space.retell(run_id, bare, new)


def _record_without(record: Mapping[str, Any], gone: AbstractSet[str], reworded: Words) -> dict[str, Any]:
    """Return the record of a run without erased ids as examples, and without lost words."""
    models = record.get("models", {})
    lineage = [{**one, "label": reworded(one["label"])} for one in models.get("lineage", ())]
    return {
        **record,
        "near_copies": [
            {**one, "example": "" if one["example"] in gone else one["example"]}
            for one in record.get("near_copies", ())
        ],
        "models": {**models, "lineage": lineage} if lineage else models,
        "warnings": [reworded(one) for one in record.get("warnings", ())],
    }


def _remove_unknown(space: Workspace) -> tuple[str, ...]:
    """Return the folders of reports that cannot be told again, which are removed: of older versions."""
    folders = [space.path / REPORTS / str(one["run_id"]) for one in space.runs()]
    unknown = [folder for folder in folders if folder.exists() and space.told(folder.name) is None]
    for folder in unknown:
        remove(folder)
    return tuple(str(folder) for folder in unknown)


def erase(
    workspace: Path, bury: Callable[[Workspace, Config], int], tell: Tell, config: Config | None = None
) -> tuple[Deletion, list[str]]:
    """Return how a deletion ended, and which folders outside may still hold what was deleted.

    Args:
        workspace: the folder that holds all state.
        bury: notes in the workspace what is to be deleted.
        tell: told of progress.
        config: settings of the new report; None: those the model learned with.

    Raises:
        WorkspaceError: there is no workspace, or it is damaged.
        LockedError: another program writes, or reads for too long; the deletion is noted or done.
    """
    with Workspace.open(workspace, write=True) as space:
        model = load_model(space)
        order = Order(workspace, config or (model.config if model else Config()), tell=tell)
        finish_deletion(space, order)
        with space.logged("deletion") as facts:
            bury(space, order.config)
            done = finish_deletion(space, order)
            facts.update(rows=done.rows, retold=len(done.retold), learned_again=done.learned_again)
        return done, [place for _, place in space.copies()]
