"""The flow: redaction before anything else, findings from many rows."""

from __future__ import annotations

import pandas as pd
import pytest
from build_export import comments, small_rows

from cx_text.api import Pipeline
from cx_text.config import Config, make_config
from cx_text.pipeline import coverage, find, first_of_each_text, quotes, redact
from cx_text.readers import read_frame
from cx_text.records import CATALOGUE, CSV_TABLES, MENTIONS, STATUSES, VERBATIMS, Scored


def prepared(
    data: list[dict[str, str]], config: Config | None = None, roster: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Return the redacted rows of an export."""
    settings = config or Config()
    return redact(
        read_frame(pd.DataFrame(data), settings).verbatims, settings, roster, lambda who: f"c-{who}"
    )


def test_identifiers_are_gone_before_anything_is_scored() -> None:
    """Nothing after redaction sees them."""
    text = prepared(comments(["Write to me at jo@example.com or 4111 1111 1111 1111"]))["text"][0]
    assert "jo@" not in text
    assert "4111" not in text
    assert "[EMAIL]" in text


def test_redaction_can_be_turned_off() -> None:
    """It is a setting, on by default."""
    config = make_config({"privacy": {"redact": False}})
    assert "jo@example.com" in prepared(comments(["Write to jo@example.com"]), config)["text"][0]


def test_agents_of_the_roster_keep_their_names() -> None:
    """A comment about an agent can be read as such."""
    data = comments(["Mr. Lars Petrov was rude about my refund."])
    assert "Lars Petrov" in prepared(data, roster=("Lars Petrov",))["text"][0]
    assert "Petrov" not in prepared(data)["text"][0]


def test_customers_become_pseudonyms_and_missing_ones_stay_missing() -> None:
    """No customer is stored by name."""
    rows = [
        {**row, "customer_id": who} for row, who in zip(comments(["a b", "c d"]), ("Jo", ""), strict=True)
    ]
    told = prepared(rows)["customer_id"]
    assert told[0] == "c-Jo"
    assert pd.isna(told[1])


def test_attributes_and_questions_are_redacted_like_text() -> None:
    """Personal data hides in other columns, too."""
    rows = [
        {**row, "Note": "jo@example.com", "question": "Ask jo@example.com"}
        for row in comments(["fine by me"])
    ]
    frame = prepared(rows)
    assert "jo@" not in frame["attr_note"][0]
    assert "jo@" not in frame["question"][0]


@pytest.mark.parametrize(("told", "language"), [("EN-us", "en"), (" de ", "de"), ("", "en")])
def test_a_told_language_wins_and_is_two_letters(told: str, language: str) -> None:
    """`language` is ISO 639-1; without one it is found."""
    rows = [{**row, "language": told} for row in comments(["The parcel was left in the rain at my door."])]
    assert prepared(rows)["language"][0] == language


def test_no_rows_stay_no_rows() -> None:
    """A header alone is a fine night."""
    empty = redact(read_frame(pd.DataFrame({"comment": []}), Config()).verbatims, Config(), (), str)
    assert list(empty.columns) == list(VERBATIMS.columns)


def test_coverage_names_all_five_states() -> None:
    """Also those that nobody is in."""
    told = coverage(pd.Series(["themed", "themed", "non_answer"]))
    assert tuple(told) == STATUSES
    assert told == {"themed": 2, "unthemed": 0, "non_answer": 1, "boilerplate": 0, "other_language": 0}


def test_the_first_of_equal_texts_is_the_earliest_then_the_smallest_id() -> None:
    """Undated rows come last; non-answers repeat nothing."""
    frame = VERBATIMS.frame(
        {
            "verbatim_id": ["d", "c", "b", "a", "x", "y", "z"],
            "created_at": ["2025-01-02", "2025-01-01", "2025-01-01", None, None, "2025-01-01", "2025-01-02"],
            "text": ["Too slow", "too SLOW!", "Too slow.", "too slow", "n/a", "n/a", "Else"],
            "status": ["themed"] * 4 + ["non_answer"] * 2 + ["unthemed"],
        }
    )
    first = first_of_each_text(Scored(frame, MENTIONS.frame()))
    assert first.fillna("-").tolist() == ["b", "b", "-", "b", "-", "-", "-"]


def test_findings_of_nothing_are_empty_tables() -> None:
    """Every table has its columns; nothing is measured."""
    findings = find(Scored(VERBATIMS.frame(), MENTIONS.frame()), CATALOGUE.frame(), Config())
    for table in CSV_TABLES:
        frame = getattr(findings, table.name)
        assert list(frame.columns) == list(table.columns)
    assert findings.themes.empty
    assert all(metric["value"] is None for metric in findings.metrics.values())
    assert set(findings.coverage.values()) == {0}


def test_findings_do_not_depend_on_the_order_of_rows(pipeline: Pipeline) -> None:
    """The per-collection half sorts for itself."""
    scored = pipeline.score(pd.DataFrame(small_rows(150)))
    turned = Scored(scored.verbatims.iloc[::-1].reset_index(drop=True), scored.mentions.iloc[::-1])
    one, other = (find(rows, pipeline.themes, Config()) for rows in (scored, turned))
    for table in CSV_TABLES:
        pd.testing.assert_frame_equal(getattr(one, table.name), getattr(other, table.name))
    assert one.metrics == other.metrics


def test_quotes_hold_the_text_of_every_evidence(pipeline: Pipeline) -> None:
    """A report can show what it names."""
    scored = pipeline.score(pd.DataFrame(small_rows(150)))
    findings = find(scored, pipeline.themes, Config())
    told = quotes(scored, findings)
    named = {one for evidence in findings.themes["evidence"] for one in evidence}
    assert named
    assert named <= set(told)
    texts = scored.verbatims.set_index("verbatim_id")["text"]
    assert all(texts[name] == text for name, text in told.items())


def test_parents_are_ranked_and_compared_nowhere(pipeline: Pipeline) -> None:
    """A group has a row among the themes; nothing is expected of it in a channel, an agent or a week."""
    scored = pipeline.score(pd.DataFrame(small_rows(150)))
    parent = pd.DataFrame({"theme_id": ["P0001"], "label": ["all of it"]})
    themes = pipeline.themes.assign(parent_theme_id="P0001")
    catalogue = CATALOGUE.frame(pd.concat([CATALOGUE.frame(themes), CATALOGUE.frame(parent)]))
    findings = find(scored, catalogue, Config())
    assert findings.themes["theme_id"].iloc[-1] == "P0001"
    for table in (findings.channels, findings.issues, findings.trends):
        assert "P0001" not in set(table["theme_id"])
    assert "P0001" not in set(findings.agents["topic"]) | set(findings.coaching["topic"])
    bare = find(scored, CATALOGUE.frame(pipeline.themes.assign(parent_theme_id=None)), Config())
    pd.testing.assert_frame_equal(findings.channels, bare.channels)


def test_quotes_hold_an_example_of_near_copies(pipeline: Pipeline) -> None:
    """The report shows what was copied, whether or not it is evidence."""
    scored = pipeline.score(pd.DataFrame(small_rows(150)))
    findings = find(scored, CATALOGUE.frame(), Config())
    name = scored.verbatims["verbatim_id"].iloc[0]
    assert name not in quotes(scored, findings)
    assert name in quotes(scored, findings, [{"example": name}])


def test_a_muted_theme_is_ranked_last_and_nothing_else_is_said_of_it(pipeline: Pipeline) -> None:
    """No issue, channel, agent, trend or coaching; its numbers are those that it had."""
    scored = pipeline.score(pd.DataFrame(small_rows()))
    everything = find(scored, pipeline.themes, Config())
    muted = str(everything.themes["theme_id"].iloc[0])
    heard = find(scored, pipeline.themes, Config(), muted={muted})
    assert heard.themes["theme_id"].iloc[-1] == muted
    assert heard.themes["status"].iloc[-1] == "muted"
    assert heard.themes["volume"].iloc[-1] == everything.themes["volume"].iloc[0]
    assert heard.themes["rank"].tolist() == everything.themes["rank"].tolist()
    tables = [(heard.issues, "theme_id"), (heard.channels, "theme_id"), (heard.trends, "theme_id")]
    for table, column in [*tables, (heard.agents, "topic"), (heard.coaching, "topic")]:
        assert muted not in set(table[column].dropna())
    assert muted in set(everything.channels["theme_id"])
    assert heard.coverage == everything.coverage
