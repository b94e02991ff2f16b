"""The per-text half: what it says of a verbatim depends on the verbatim and on nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from build_export import small_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cx_text.api import Pipeline
from cx_text.config import Config, make_config
from cx_text.engine import score_in_chunks
from cx_text.records import CATALOGUE, SUBSTANTIVE, VERBATIMS, Scored
from cx_text.scoring import DOUBTFUL, TOLD, TextModel
from cx_text.stages.themes import ANYWHERE, UNSURE, Specialist


def rows(*texts: str, **columns: str) -> pd.DataFrame:
    """Return redacted rows with these texts."""
    ids = [str(number) for number in range(len(texts))]
    return VERBATIMS.frame({"verbatim_id": ids, "text": list(texts), "language": ["en"] * len(texts)}).assign(
        **columns
    )


def same(left: Scored, right: Scored) -> None:
    """Check that both say the same."""
    pd.testing.assert_frame_equal(left.verbatims, right.verbatims)
    pd.testing.assert_frame_equal(left.mentions, right.mentions)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("n/a", "non_answer"),
        ("", "non_answer"),
        ("My refund has not arrived after four weeks.", "themed"),
        ("The parcel was left in the rain.", "themed"),
    ],
)
def test_a_row_has_one_of_the_five_states(pipeline: Pipeline, text: str, status: str) -> None:
    """The coverage counts them."""
    assert pipeline.model.score(rows(text)).verbatims["status"].tolist() == [status]


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("de", "Die Mitarbeiterin war sehr unfreundlich.", "negative"),
        ("es", "Todo perfecto, muchas gracias", "positive"),
        ("pl", "Obs\u0142uga by\u0142a bardzo mi\u0142a i pomocna", ""),
    ],
)
def test_another_language_is_set_aside_and_scored_where_its_words_are_known(
    pipeline: Pipeline, language: str, text: str, told: str
) -> None:
    """Elsewhere its sentiment is not known, not 0; themes are not looked for."""
    scored = pipeline.model.score(rows(text, language=language))
    assert scored.verbatims["status"].tolist() == ["other_language"]
    assert scored.verbatims["sentiment_label"].fillna("").tolist() == [told]
    assert scored.verbatims["sentiment"].isna().all() == (not told)
    assert scored.mentions.empty


def test_english_words_are_not_read_into_an_export_of_another_language() -> None:
    """German has its own; in Polish nothing is said of how people feel."""
    for language, known in (("de", True), ("pl", False)):
        model = TextModel.untaught(make_config({"input": {"language": language}}))
        scored = model.score(rows("gift und toll; die service war bad", language=language)).verbatims
        assert scored["sentiment"].notna().all() == known
        assert "sentiment-2" not in model.reader.layers


def test_an_untaught_model_scores_sentiment_and_learned_nothing() -> None:
    """A first night with too little text still says how people feel, but not why."""
    model = TextModel.untaught(Config())
    scored = model.score(rows("This was awful.", "Great help, thank you!", "My parcel lies in the rain."))
    assert scored.verbatims["sentiment_label"].tolist()[:2] == ["negative", "positive"]
    assert scored.mentions.empty
    assert scored.verbatims["status"].tolist()[2] == "unthemed"


def test_no_rows_give_no_rows(pipeline: Pipeline) -> None:
    """An empty chunk is no special case."""
    scored = pipeline.model.score(VERBATIMS.frame())
    assert len(scored) == 0
    assert scored.mentions.empty


def test_mentions_point_into_the_text_of_their_row(pipeline: Pipeline) -> None:
    """Offsets are of the redacted text, and the themes of a row are those of its mentions."""
    scored = pipeline.score(pd.DataFrame(small_rows(80, 600)))
    by_id = scored.verbatims.set_index("verbatim_id")
    assert not scored.mentions.empty
    for row in scored.mentions.itertuples():
        text = by_id.loc[row.verbatim_id, "text"]
        assert 0 <= row.start < row.end <= len(text)
        assert text[row.start : row.end].strip() == text[row.start : row.end]
    themes = scored.mentions.groupby("verbatim_id")["theme_id"].agg(set).to_dict()
    for name, row in by_id.iterrows():
        assert set(row["theme_ids"]) == themes.get(name, set())
        assert row["status"] == "themed" if row["theme_ids"] else row["status"] != "themed"
        assert not row["theme_ids"] or row["theme_id"] == row["theme_ids"][0]


def test_scores_lie_in_their_ranges(pipeline: Pipeline) -> None:
    """Sentiment -1..1, confidence 0..1, known for all that has content, not for what says nothing."""
    scored = pipeline.score(pd.DataFrame(small_rows(80, 600)))
    substantive = scored.verbatims["status"].isin(SUBSTANTIVE)
    assert scored.verbatims.loc[substantive, "sentiment"].between(-1, 1).all()
    silent = scored.verbatims["status"].isin(["non_answer", "boilerplate"])
    assert scored.verbatims.loc[silent, "sentiment"].isna().all()
    assert scored.mentions["confidence"].between(0, 1).all()


def test_a_verbatim_scores_the_same_alone_and_in_any_order(pipeline: Pipeline) -> None:
    """Law 2, with an agent of the roster who is named in the row of another."""
    data = small_rows(40, 700)
    data[3]["Comment"] = "Please thank Wen Achterberg. Mr. Lars Petrov was rude about my refund."
    frame = pd.DataFrame(data)
    whole = pipeline.score(frame)
    turned = pipeline.score(frame.iloc[::-1])
    alone = [pipeline.score(frame.iloc[[row]]) for row in range(len(frame))]
    same(
        whole,
        Scored(
            pd.concat([one.verbatims for one in alone], ignore_index=True),
            pd.concat([one.mentions for one in alone], ignore_index=True),
        ),
    )
    pd.testing.assert_frame_equal(
        turned.verbatims.sort_values("verbatim_id", ignore_index=True),
        whole.verbatims.sort_values("verbatim_id", ignore_index=True),
    )


TEXTS = st.lists(
    st.one_of(st.text(max_size=60), st.sampled_from([row["Comment"] for row in small_rows(60)])), max_size=6
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_any_text_scores_the_same_in_any_chunk(pipeline: Pipeline, texts: list[str]) -> None:
    """Law 2 for whatever people, or fuzzers, write."""
    frame = rows(*texts)
    same(pipeline.model.score(frame), score_in_chunks(pipeline.model.score, frame, chunk=1))


PARCEL = "The box was thrown over the fence without a note."
QUEUE = "The phone queue was long again and again until I hung up."
ODD = "My purple walrus hums at dusk."


def main(model: TextModel, text: str) -> str | None:
    """Return the main theme of a text, None for none."""
    [theme] = model.score(rows(text)).verbatims["theme_id"]
    return theme if isinstance(theme, str) else None


def with_rules(model: TextModel, *rules: Specialist) -> TextModel:
    """Return the model with rules, and a theme "new" that only they tell."""
    new = CATALOGUE.frame([{"theme_id": "new", "label": "a new one"}])
    catalogue = CATALOGUE.frame(pd.concat([model.catalogue, new], ignore_index=True))
    return replace(model, specialists=rules, catalogue=catalogue)


class TestRules:
    """Rules for single themes on top of the model."""

    def test_a_rule_for_anywhere_decides_whatever_the_model_says(self, pipeline: Pipeline) -> None:
        """Spans without its phrase keep their theme."""
        model = with_rules(pipeline.model, Specialist.of_phrases("new", ANYWHERE, ["fence", "walrus"]))
        assert (main(model, PARCEL), main(model, ODD)) == ("new", "new")
        assert main(model, QUEUE) == main(pipeline.model, QUEUE) != "new"
        said = model.score(rows(PARCEL)).mentions
        assert (said["theme_id"].tolist(), said["confidence"].tolist()) == (["new"], [TOLD])

    def test_a_rule_within_a_theme_is_asked_of_its_spans_only(self, pipeline: Pipeline) -> None:
        """The part of a theme, not of others."""
        parcel, queue = main(pipeline.model, PARCEL), main(pipeline.model, QUEUE)
        assert parcel
        assert parcel != queue
        model = with_rules(pipeline.model, Specialist.of_phrases("new", parcel, ["fence", "queue"]))
        assert (main(model, PARCEL), main(model, QUEUE)) == ("new", queue)

    def test_a_rule_for_the_unsure_leaves_sure_themes_alone(self, pipeline: Pipeline) -> None:
        """A new theme hides where the model doubts."""
        spans = pipeline.model.read(rows(QUEUE, ODD))[1]
        sure = pipeline.model.assign(spans).confidence
        assert sure[0] >= DOUBTFUL > sure[1]
        model = with_rules(pipeline.model, Specialist.of_phrases("new", UNSURE, ["queue", "walrus"]))
        assert (main(model, QUEUE), main(model, ODD)) == (main(pipeline.model, QUEUE), "new")

    def test_the_last_rule_that_finds_its_theme_decides(self, pipeline: Pipeline) -> None:
        """And a rule within the theme of the rule before is asked of what that one found."""
        old = pipeline.themes["theme_id"].iloc[0]
        first = Specialist.of_phrases("new", ANYWHERE, ["walrus"])
        assert (
            main(with_rules(pipeline.model, first, Specialist.of_phrases(old, "new", ["dusk"])), ODD) == old
        )
        assert (
            main(with_rules(pipeline.model, first, Specialist.of_phrases(old, "new", ["dawn"])), ODD) == "new"
        )

    @pytest.mark.parametrize(("theme", "within"), [("gone", ANYWHERE), ("new", "gone")])
    def test_a_rule_whose_theme_is_gone_says_nothing(
        self, pipeline: Pipeline, theme: str, within: str
    ) -> None:
        """It waits until its theme comes back."""
        model = with_rules(pipeline.model, Specialist.of_phrases(theme, within, ["walrus", "queue"]))
        same(model.score(rows(QUEUE, ODD)), pipeline.model.score(rows(QUEUE, ODD)))

    def test_a_verbatim_with_rules_scores_the_same_alone_and_in_any_chunk(self, pipeline: Pipeline) -> None:
        """Law 2 holds for rules by phrase and for learned ones, which read the context."""
        model, frame = pipeline.model, pipeline.model.score(rows(*[row["Comment"] for row in small_rows(80)]))
        spans = model.read(frame.verbatims)[1]
        labels = np.array(["app" in text for text in spans.texts]).astype(int)
        ruled = with_rules(
            model,
            Specialist.fit("new", ANYWHERE, model.seen(spans), spans.rows, labels),
            Specialist.of_phrases(str(model.catalogue["theme_id"].iloc[0]), "new", ["tablet"]),
        )
        asked = rows(*[row["Comment"] for row in small_rows(60, 900)])
        whole = ruled.score(asked)
        assert "new" in set(whole.mentions["theme_id"])
        same(whole, score_in_chunks(ruled.score, asked, chunk=1))
        same(whole, score_in_chunks(ruled.score, asked, chunk=7))


def test_passages_are_the_verbatims_with_the_places_of_their_spans(pipeline: Pipeline) -> None:
    """What the sentence encoder reads: in order, offsets true, blanks for handles and links."""
    frame = rows("@acme The app froze. My refund is late!", "n/a", "Nobody picked up.")
    spans = pipeline.model.read(frame)[1]
    passages = spans.passages
    assert [[text[start:end].strip() for start, end in places] for text, places in passages] == [
        ["The app froze.", "My refund is late!"],
        ["Nobody picked up."],
    ]
    assert sum(len(places) for _, places in passages) == len(spans)
    assert [len(text) for text, _ in passages] == [len(frame["text"][0]), len(frame["text"][2])]
    assert spans.said == [text for text in spans.texts if text != "n/a"]
