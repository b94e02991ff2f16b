"""Headers to canonical columns: usual names, what is told, what is ambiguous."""

from __future__ import annotations

import pytest

from cx_text.errors import InputError, UsageError
from cx_text.readers.mapping import TARGETS, USUAL, map_columns
from cx_text.readers.sheet import normal
from cx_text.records import INPUT


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Comment", "verbatim"),
        ("Customer Remarks", "verbatim"),
        ("feedback text", "verbatim"),
        ("What is the reason for your score?", "verbatim"),
        ("\ufeffVERBATIM ", "verbatim"),
        ("Unique id", "verbatim_id"),
        ("ResponseId", "verbatim_id"),
        ("Survey_response_Date", "created_at"),
        ("RecordedDate", "created_at"),
        ("Channel_name", "channel"),
        ("Agent_name", "agent"),
        ("CSR", "agent"),
        ("Supervisor", "team"),
        ("CSAT Score", "csat"),
        ("Likelihood to recommend", "nps"),
        ("FCR", "resolved"),
        ("Customer ID", "customer_id"),
        ("Category", "contact_reason"),
        ("Product_category", "product"),
        ("Issue_reported at", "contacted_at"),
        ("issue_responded", "responded_at"),
    ],
)
def test_a_usual_header_is_found(header: str, target: str) -> None:
    """Case, blanks, `_`, `-` and invisible marks aside."""
    headers = [header] if target == "verbatim" else ["verbatim", header]
    assert map_columns(headers, {})[target] == header


@pytest.mark.parametrize("header", ["commment", "c\u043emment", "my comment", "comment 2", "email", "source"])
def test_nothing_is_found_by_likeness(header: str) -> None:
    """Neither by spelling nor by look-alike letters."""
    assert map_columns(["verbatim", header], {}) == {"verbatim": "verbatim"}


def test_no_usual_header_stands_for_two_columns() -> None:
    """Else the guess would hang on the order of a table."""
    names = [normal(name) for target, usual in USUAL.items() for name in (*usual, target)]
    assert sorted(names) == sorted(set(names))


def test_every_column_of_the_input_has_a_place_in_the_table() -> None:
    """And the table knows no other."""
    assert set(USUAL) == set(TARGETS)
    assert set(INPUT.columns) - {"content_hash"} <= set(TARGETS)


def test_the_canonical_name_wins_over_usual_ones() -> None:
    """A file that uses our words is not ambiguous."""
    headers = ["comment", "verbatim", "date", "Created At"]
    assert map_columns(headers, {}) == {"verbatim": "verbatim", "created_at": "Created At"}


def test_two_usual_headers_for_one_column_are_an_error_that_names_both_flags() -> None:
    """It is not guessed."""
    with pytest.raises(UsageError) as caught:
        map_columns(["text", "date", "Timestamp"], {})
    assert caught.value.code == "AMBIGUOUS"
    assert caught.value.exit_code == 2
    assert '--map created_at="date" or --map created_at="Timestamp"' in str(caught.value)


def test_what_is_told_wins_and_is_not_guessed_for_another_column() -> None:
    """A header has one meaning."""
    mapped = map_columns(["text", "date", "agent", "rep"], {"created_at": "date", "team": "agent"})
    assert mapped == {"verbatim": "text", "created_at": "date", "agent": "rep", "team": "agent"}


def test_what_is_told_settles_what_is_ambiguous() -> None:
    """As the error says."""
    assert (
        map_columns(["text", "date", "Timestamp"], {"created_at": "timestamp"})["created_at"] == "Timestamp"
    )


def test_an_empty_header_says_that_a_column_is_not_there() -> None:
    """A wrong guess can be switched off."""
    assert "contact_reason" not in map_columns(["text", "category"], {"contact_reason": ""})


def test_a_told_header_that_is_not_there_is_an_error_that_names_those_there_are() -> None:
    """Control characters in them are spelled out."""
    with pytest.raises(InputError) as caught:
        map_columns(["text", "da\x1bte"], {"created_at": "Datum"})
    assert caught.value.code == "E_MISSING_COLUMN"
    assert 'no column "Datum" for created_at; there are "text", "da\\x1bte"' in caught.value.wrong


def test_an_unknown_column_name_is_a_usage_error_that_names_the_nearest() -> None:
    """With the names there are when none is near."""
    with pytest.raises(UsageError, match="did you mean agent"):
        map_columns(["text"], {"agnet": "text"})
    with pytest.raises(UsageError, match="there are verbatim, verbatim_id"):
        map_columns(["text"], {"zzz": "text"})


def test_without_a_comment_column_the_error_names_the_flag() -> None:
    """Long lists of headers are cut."""
    with pytest.raises(InputError) as caught:
        map_columns([f"h{n}" for n in range(30)], {})
    assert caught.value.code == "E_MISSING_COLUMN"
    assert "--map verbatim=" in caught.value.mend
    assert caught.value.wrong.endswith("and 10 more")
