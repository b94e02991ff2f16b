"""CSV and TSV: delimiters, line ends, quotes, encodings; text survives unchanged."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.config import Config, make_config
from cx_text.errors import InputError
from cx_text.readers.delimited import read_delimited, sniff
from cx_text.readers.sheet import Sheet

ROWS = [("1", "Good, but slow"), ("2", 'She said "hi"'), ("3", "two\nlines")]


def read(text: str, encoding: str = "utf-8") -> Sheet:
    """Return the sheet of a CSV text."""
    return read_delimited(text.encode(encoding), Config())


def written(rows: list[tuple[str, ...]], delimiter: str = ",", end: str = "\n") -> str:
    """Return rows as CSV."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return stream.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_delimiter_and_line_end_gives_the_same_rows(delimiter: str, end: str) -> None:
    """Delimiter and line end are found, and never part of a cell."""
    sheet = read(written([("id", "comment"), *ROWS], delimiter, end))
    assert sheet.headers == ("id", "comment")
    assert sheet.rows == ROWS
    assert sheet.rejected == []


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("id,comment\n1,a\n", ","),
        ("id;comment\n1;a, b, c\n2;d\n", ";"),
        ("id\tcomment\n1\ta, b\n", "\t"),
        ("id|comment, free\n1|a; b\n2|c\n", "|"),
        ('"a,b";c\n"d,e";f\n', ";"),
        ("comment\nGood, quick\nBad\n", "\x1f"),
    ],
)
def test_the_delimiter_is_the_one_that_splits_evenly(text: str, delimiter: str) -> None:
    """A mark inside quotes or only in comments is no delimiter."""
    assert sniff(text) == delimiter


def test_one_column_of_unquoted_comments_keeps_its_commas() -> None:
    """Where the header has no delimiter, a comma is a comma."""
    sheet = read("comment\nGood, quick\nBad; slow\n")
    assert sheet.rows == [("Good, quick",), ("Bad; slow",)]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_sep_line_of_excel_names_the_delimiter_and_is_no_row(line: str) -> None:
    """Line numbers still count it."""
    sheet = read(f"{line}\r\nid;a,b\r\n1;x,y\r\n")
    assert sheet.headers == ("id", "a,b")
    assert sheet.rows == [("1", "x,y")]
    assert sheet.lines == [3]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "caf\u00e9 \U0001f600 \u4e2d\u6587"),
        ("utf-8-sig", "caf\u00e9 \U0001f600"),
        ("utf-16", "caf\u00e9 \U0001f600 \u4e2d\u6587"),
        ("cp1252", "caf\u00e9 \u201cgreat\u201d \u20ac5"),
    ],
)
def test_text_survives_each_encoding(encoding: str, text: str) -> None:
    """Neither a byte order mark nor a replacement character gets into the text."""
    sheet = read(f"id,comment\n1,{text}\n", encoding)
    assert sheet.headers == ("id", "comment")
    assert sheet.rows == [("1", text)]


def test_big_endian_utf16_with_a_mark_is_read() -> None:
    """The mark says which byte comes first."""
    sheet = read_delimited(b"\xfe\xff" + "id,comment\n1,\u00e9\n".encode("utf-16-be"), Config())
    assert sheet.rows == [("1", "\u00e9")]


def test_a_guessed_encoding_is_said() -> None:
    """Windows-1252 is a guess, so there is a warning."""
    assert "Windows-1252" in read("id,comment\n1,caf\u00e9\n", "cp1252").warnings[0]
    assert read("id,comment\n1,caf\u00e9\n").warnings == ()


def test_one_broken_row_among_utf8_does_not_change_the_letters_of_the_others() -> None:
    """The file stays UTF-8; the broken byte is kept apart as a lone surrogate."""
    data = "id,comment\n1,caf\u00e9 cr\u00e8me\n2,na\u00efve\n".encode() + b"3,caf\xe9\n"
    sheet = read_delimited(data, Config())
    assert [row[1] for row in sheet.rows] == ["caf\u00e9 cr\u00e8me", "na\u00efve", "caf\udce9"]


@pytest.mark.parametrize("cell", ["NA", "null", "None", "nan", "007", "1e5", "TRUE", " x ", "#N/A", "-"])
def test_what_looks_like_a_value_is_text(cell: str) -> None:
    """Only a really empty cell is empty."""
    assert read(f"id,comment\n1,{cell}\n").rows == [("1", cell)]


def test_an_empty_cell_is_none_and_blank_lines_are_no_rows() -> None:
    """Quoted or not, nothing is nothing."""
    sheet = read('id,comment\n\n1,\n2,""\n\n')
    assert sheet.rows == [("1", None), ("2", None)]
    assert sheet.lines == [3, 4]


def test_a_nul_inside_a_comment_stays() -> None:
    """Comments that differ only by NUL stay distinct."""
    assert [row[1] for row in read("id,comment\n1,a\0b\n2,ab\n").rows] == ["a\0b", "ab"]


def test_a_lone_carriage_return_in_a_file_with_line_feeds_belongs_to_the_text() -> None:
    """Writers that end lines with LF do not quote CR."""
    sheet = read('id,comment\n1,one\rtwo\n2,"three\rfour"\n3,five\r\n')
    assert [row[1] for row in sheet.rows] == ["one\rtwo", "three\rfour", "five"]
    assert sheet.lines == [2, 3, 4]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2,b,c", "3 cells where the header has 2"),
        ("2", "1 cells where the header has 2"),
        ('2,"b" c', "quotes"),
    ],
)
def test_a_row_that_does_not_fit_the_header_is_ragged(line: str, reason: str) -> None:
    """It is set aside with its line; the rows around it stay."""
    sheet = read(f"id,comment\n1,a\n{line}\n3,d\n")
    assert sheet.rows == [("1", "a"), ("3", "d")]
    [row] = sheet.rejected
    assert (row["line"], row["code"]) == (3, "Q_RAGGED")
    assert reason in row["reason"]
    assert row["raw"] == line


def test_lines_count_the_line_breaks_inside_quotes() -> None:
    """A row's line is where it starts."""
    assert read('id,comment\n1,"a\nb\nc"\n2,d\n').lines == [2, 5]


def test_tsv_without_quoting_keeps_its_quotes() -> None:
    """By its own standard TSV knows no quotes; an unpaired one shows it."""
    assert read('id\tcomment\n1\t"Great" service\n2\t5" screen\n').rows == [
        ("1", '"Great" service'),
        ("2", '5" screen'),
    ]


def test_a_comment_of_ten_megabytes_is_read() -> None:
    """The limit of the csv module does not stop a file."""
    assert len(read(f"id,comment\n1,{'x' * 10_000_000}\n").rows[0][1] or "") == 10_000_000


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E_EMPTY"),
        (b"\xef\xbb\xbf", "E_EMPTY"),
        (b"\n\n \n", "E_EMPTY"),
        (b'id,comment\n1,"never closed\n2,b\n', "E_TRUNCATED"),
        ("id,comment\n1,a\n".encode("utf-16-le"), "E_ENCODING"),
        (b"\xff\xfe" + "id,comment\n".encode("utf-16-le") + b"x", "E_TRUNCATED"),
        ("id,comment\n1,a\n".encode("utf-32"), "E_ENCODING"),
        (b"PK\x03\x04 no table", "E_FORMAT"),
        (b"\x1f\x8b no table", "E_FORMAT"),
        (b"PAR1 no table", "E_FORMAT"),
        (b'"id"x,comment\n1,a\n', "E_FORMAT"),
        (b"id,comment,Comment\n1,a,b\n", "E_DUP_COLUMN"),
        (b"a,a\n1,2\n", "E_DUP_COLUMN"),
    ],
)
def test_a_file_that_is_no_table_is_refused(data: bytes, code: str) -> None:
    """With one code and what to do."""
    with pytest.raises(InputError) as caught:
        read_delimited(data, Config())
    assert caught.value.code == code
    assert caught.value.mend


def test_too_many_columns_are_refused() -> None:
    """The limit is a setting."""
    with pytest.raises(InputError, match="E_TOO_BIG"):
        read_delimited(b"a,b,c\n1,2,3\n", make_config({"input": {"max_columns": 2}}))


def test_a_column_without_header_gets_a_name() -> None:
    """An index written by a data frame has none."""
    assert read(",comment\n0,a\n").headers == ("column 1", "comment")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8"), min_size=1),
            st.text(st.characters(codec="utf-8")),
        ),
        max_size=6,
    ),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_a_csv_writer_quotes_is_read_again(
    rows: list[tuple[str, str]], delimiter: str, end: str
) -> None:
    """All text comes back as it was, save that empty is none."""
    text = written([("id", "comment"), *rows], delimiter, end)
    expected = [tuple(cell or None for cell in row) for row in rows]
    assert read(text).rows == expected
