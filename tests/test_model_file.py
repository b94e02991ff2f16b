"""A learned model as bytes: equal models equal bytes, damage is told, nothing is unpickled."""

from __future__ import annotations

import io
import pickle
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from build_export import small_rows

from cx_text.api import Pipeline
from cx_text.config import Config
from cx_text.errors import WorkspaceError
from cx_text.model_file import FORMAT, from_bytes, to_bytes
from cx_text.scoring import TextModel


def test_a_model_comes_back_as_it_was(pipeline: Pipeline) -> None:
    """Settings, words, numbers and themes survive."""
    again = from_bytes(to_bytes(pipeline.model))
    assert to_bytes(again) == to_bytes(pipeline.model)
    pd.testing.assert_frame_equal(again.catalogue, pipeline.model.catalogue)
    assert again.config == pipeline.model.config
    assert again.roster == pipeline.model.roster


def test_a_model_that_came_back_scores_alike(pipeline: Pipeline) -> None:
    """Keeping a model changes no score."""
    frame = pd.DataFrame(small_rows(20, 500))
    again = Pipeline(from_bytes(to_bytes(pipeline.model))).score(frame)
    pd.testing.assert_frame_equal(again.verbatims, pipeline.score(frame).verbatims)
    pd.testing.assert_frame_equal(again.mentions, pipeline.score(frame).mentions)


def test_a_model_that_learned_no_themes_can_be_kept() -> None:
    """A workspace may begin with too little text."""
    model = TextModel.untaught(Config())
    again = from_bytes(to_bytes(model))
    pd.testing.assert_frame_equal(again.catalogue, model.catalogue)
    assert again.learned_from == 0


def test_the_order_of_the_mapping_does_not_change_the_bytes() -> None:
    """Equal settings give equal models."""
    flags = [{"verbatim": "a", "agent": "b"}, {"agent": "b", "verbatim": "a"}]
    one, other = (to_bytes(TextModel.untaught(Config(columns=columns))) for columns in flags)
    assert one == other


@pytest.mark.parametrize("step", [61, 97])
def test_damage_is_told_and_never_a_crash(pipeline: Pipeline, step: int) -> None:
    """Any byte changed, any length cut: our error, or (in a byte without meaning) the same model."""
    data = to_bytes(pipeline.model)
    places = range(0, len(data), max(len(data) // step, 1))
    for damaged in [data[:place] for place in places] + [_flipped(data, place) for place in places]:
        try:
            model = from_bytes(damaged)
        except WorkspaceError as error:
            assert error.code == "E_MODEL"  # noqa: PT017  both endings are fine
        else:
            assert to_bytes(model) == data


def _flipped(data: bytes, place: int) -> bytes:
    """Return `data` with one byte changed."""
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


@pytest.mark.parametrize(("step", "code"), [(1, "E_NEWER"), (-1, "E_OLDER")])
def test_another_format_is_refused(pipeline: Pipeline, step: int, code: str) -> None:
    """A program does not guess what another one meant."""
    with np.load(io.BytesIO(to_bytes(pipeline.model))) as arrays:
        content = {name: arrays[name] for name in arrays.files}
    words = content["words"].tobytes().replace(b'"format":%d' % FORMAT, b'"format":%d' % (FORMAT + step))
    out = io.BytesIO()
    np.savez(out, **{**content, "words": np.frombuffer(words, dtype=np.uint8)})
    with pytest.raises(WorkspaceError, match=code):
        from_bytes(out.getvalue())


def test_a_pickle_is_no_model() -> None:
    """Foreign bytes are never run."""
    bomb = pickle.dumps({"format": 1})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("words.npy", bomb)
    for data in (bomb, out.getvalue()):
        with pytest.raises(WorkspaceError, match="E_MODEL"):
            from_bytes(data)


def test_no_word_of_the_roster_is_lost(pipeline: Pipeline) -> None:
    """Agents are kept with the model, where there is no workspace to remember them."""
    model = replace(pipeline.model, roster=("Åsa Ög", "Bo"))
    assert from_bytes(to_bytes(model)).roster == ("Åsa Ög", "Bo")
