"""What an export's own ratings teach its sentiment."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from build_learned import prepared

from cx_text.calibrating import calibration_of
from cx_text.config import Config, make_config
from cx_text.model_file import from_bytes, to_bytes
from cx_text.sampling import distinct
from cx_text.scoring import TextModel
from cx_text.stages.calibration import Calibration

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TOWNS = (
    "Leeds",
    "York",
    "Bath",
    "Truro",
    "Derby",
    "Ripon",
    "Wells",
    "Ely",
    "Hull",
    "Kendal",
    "Otley",
    "Frome",
)
FACTS = {
    "5": ("The courier rang my bell in {town} on {day}", "A courier handed me the box in {town} on {day}"),
    "1": ("The parcel sits in the depot of {town} since {day}", "My box is in a depot near {town} on {day}"),
}
"""Plain facts that are good or bad to those who know the trade."""


def export(ratings: bool = True) -> pd.DataFrame:
    """Return redacted rows of plain facts, rated by those who wrote them, or by nobody."""
    return prepared(
        [
            {"id": f"{csat}{number}{town}{day}", "comment": text.format(town=town, day=day)}
            | ({"csat": csat} if ratings else {})
            for csat, texts in FACTS.items()
            for (number, text), town, day in product(enumerate(texts), TOWNS, DAYS)
        ]
    )


def taught(frame: pd.DataFrame, config: Config) -> Calibration | None:
    """Return what is learned from an export."""
    model = TextModel.untaught(config)
    return calibration_of(model, distinct(frame, config, model.taxonomy), frame)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Return the export of rated facts."""
    return export()


@pytest.fixture(scope="module")
def calibrated(frame: pd.DataFrame) -> TextModel:
    """Return a model without themes that learned from the ratings."""
    return replace(TextModel.untaught(Config()), calibration=taught(frame, Config()))


def test_facts_get_the_feeling_that_customers_give_them(frame: pd.DataFrame, calibrated: TextModel) -> None:
    """What was told apart badly before is told apart well; the published score moves as promised."""
    before = TextModel.untaught(Config()).score(frame).verbatims["sentiment"]
    after = calibrated.score(frame).verbatims["sentiment"]
    assert calibrated.calibration is not None
    assert calibrated.calibration.after > calibrated.calibration.before
    gain = (after - before).groupby(frame["csat"]).mean()
    assert gain[5.0] > 0 > gain[1.0]
    assert "ratings" in calibrated.reader.layers


def test_a_rating_of_ones_own_hardly_moves_the_published_score(
    frame: pd.DataFrame, calibrated: TextModel
) -> None:
    """Left out or turned round, it is worth less than .02."""
    published = calibrated.score(frame).verbatims["sentiment"]
    for place in (0, 77, 200, 279):
        for rating in (None, 6.0 - frame["csat"].iloc[place]):
            other = frame.assign(csat=frame["csat"].where(np.arange(len(frame)) != place, rating))
            model = replace(calibrated, calibration=taught(other, Config()))
            assert abs(model.score(frame).verbatims["sentiment"].iloc[place] - published.iloc[place]) < 0.02


@pytest.mark.parametrize("why", ["no ratings", "switched off", "ratings by chance", "a scale turned round"])
def test_nothing_is_taught_without_reason(frame: pd.DataFrame, why: str) -> None:
    """The scores are then those of the layers below."""
    config = make_config({"sentiment": {"calibrate": False}}) if why == "switched off" else Config()
    if why == "no ratings":
        frame = export(ratings=False)
    if why == "ratings by chance":
        shuffled = np.random.default_rng(5).permutation(frame["csat"].to_numpy())
        frame = frame.assign(csat=shuffled)
    if why == "a scale turned round":
        told = ("Awful, the worst of all.", "Lovely, the best of all.")
        frame = frame.assign(text=frame["text"] + frame["csat"].map({1: f". {told[1]}", 5: f". {told[0]}"}))
    assert taught(frame, config) is None


def test_it_is_the_same_for_any_order_of_rows(frame: pd.DataFrame, calibrated: TextModel) -> None:
    """To the last bit."""
    again = taught(frame.sample(frac=1, random_state=3).reset_index(drop=True), Config())
    assert again is not None
    assert calibrated.calibration is not None
    assert (again.weights == calibrated.calibration.weights).all()


def test_it_is_kept_with_the_model(frame: pd.DataFrame, calibrated: TextModel) -> None:
    """A model that came back scores alike."""
    again = from_bytes(to_bytes(calibrated))
    pd.testing.assert_frame_equal(again.score(frame).verbatims, calibrated.score(frame).verbatims)
    assert to_bytes(again) == to_bytes(calibrated)


def test_a_comment_that_contradicts_its_rating_is_marked(calibrated: TextModel) -> None:
    """The best mark beside a clear complaint; not known where there is no rating."""
    rows = prepared(
        [
            {"id": "a", "comment": "Terrible service, the worst I ever had.", "csat": "5"},
            {"id": "b", "comment": "Terrible service, the worst I ever had.", "csat": "1"},
            {"id": "c", "comment": "Terrible service, the worst I ever had.", "csat": ""},
        ]
    )
    told = calibrated.score(rows).verbatims.sort_values("verbatim_id")["conflict"]
    assert told.tolist()[:2] == [True, False]
    assert told.isna().tolist() == [False, False, True]
