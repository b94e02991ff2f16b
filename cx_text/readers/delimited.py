"""CSV and TSV: the delimiter and line end are found, quotes are strict, text stays text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice

from cx_text.config import Config
from cx_text.errors import InputError
from cx_text.readers.encoding import decode
from cx_text.readers.sheet import Row, Sheet, checked, refused

DELIMITERS = (",", ";", "\t", "|")
_NONE = "\x1f"
_SAMPLE, _SAMPLE_LENGTH = 50, 1 << 20
_SEP = re.compile(r'"?sep=(.)"?(?:\r\n|\n|\r)', re.IGNORECASE)
_END = re.compile(r"\r\n|\n|\r")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_SEEN = re.compile(r"[^\r\n \t]")
_CR = re.compile(r"\r(?!\n)")
_STAND_INS = "\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4\ufdd5"
_QUOTES = "the quotes are not paired; double a quote inside a quoted cell"

Record = tuple[int, list[str] | None, str]


class _Lines(Iterator[str]):
    """The lines of a text; those of a row that went wrong, all but its first, are given once more.

    Attributes:
        taken: the lines given since `begin`.
        number: how many lines were given before these.
    """

    def __init__(self, text: str) -> None:
        """Begin with the first line of `text`."""
        self._lines = _lines(text)
        self._again: list[str] = []
        self.taken: list[str] = []
        self.number = 0

    def __next__(self) -> str:
        """Return the next line with its end."""
        line = self._again.pop() if self._again else next(self._lines)
        self.taken.append(line)
        return line

    def begin(self) -> None:
        """Begin a row."""
        self.number += len(self.taken)
        self.taken.clear()

    def back(self) -> None:
        """Take back all lines of this row but the first."""
        self._again.extend(reversed(self.taken[1:]))
        del self.taken[1:]


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of `text` with their ends, CR, LF or CRLF; nothing else is copied."""
    return (match[0] for match in _LINE.finditer(text))


def read_delimited(data: bytes, config: Config) -> Sheet:
    """Return the table of a CSV or TSV file.

    Raises:
        InputError: E_EMPTY, E_ENCODING, E_FORMAT, E_TRUNCATED, E_DUP_COLUMN, E_TOO_BIG.
    """
    text, warnings = decode(data)
    csv.field_size_limit(config.input.max_expanded_bytes)
    return split(text, config.input.max_columns, warnings)


def split(text: str, max_columns: int, warnings: tuple[str, ...] = ()) -> Sheet:
    """Return the table in `text`.

    Raises:
        InputError: as `read_delimited`.
    """
    declared = _SEP.match(text)
    skipped = 1 if declared else 0
    body = text[declared.end() :] if declared else text
    if not _SEEN.search(body):
        raise InputError("E_EMPTY", "the file holds no header and no rows", "export it again")
    body, stand_in = _without_inner_cr(body)
    delimiter = declared[1] if declared else sniff(body)
    sheet = _table(body, delimiter, skipped, max_columns)
    rows = _with_inner_cr(sheet.rows, stand_in) if stand_in else sheet.rows
    return Sheet(sheet.headers, rows, sheet.lines, sheet.rejected, warnings)


def sniff(text: str) -> str:
    r"""Return the delimiter that splits the first rows most evenly; a unit separator if none does.

    >>> sniff("id;comment\n1;good, quick\n")
    ';'
    """
    sample = text[:_SAMPLE_LENGTH]
    best = max(DELIMITERS, key=lambda mark: _evenness(sample, mark))
    return best if _evenness(sample, best) > (0.0, 0) else _NONE


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    """Return the share of first rows with as many cells as the header, and that number."""
    reader = csv.reader(_lines(text), delimiter=delimiter)
    widths = [len(row) for row in islice(filter(None, reader), _SAMPLE)]
    if widths[0] < 2:
        return (0.0, 0)
    return (widths.count(widths[0]) / len(widths), widths[0])


def _without_inner_cr(text: str) -> tuple[str, str]:
    """Return `text` with lone CRs that do not end lines replaced, and what stands for them."""
    end = _END.search(text)
    if end is None or end[0] == "\r" or not _CR.search(text):
        return text, ""
    stand_in = next(mark for mark in _STAND_INS if mark not in text)
    return _CR.sub(stand_in, text), stand_in


def _with_inner_cr(rows: list[Row], stand_in: str) -> list[Row]:
    """Return `rows` with their lone CRs again."""
    return [tuple(cell and cell.replace(stand_in, "\r") for cell in row) for row in rows]


def _table(text: str, delimiter: str, skipped: int, max_columns: int) -> Sheet:
    """Return the table; rows that do not fit the header are set aside."""
    quoted = delimiter != "\t" or _is_quoted(text)
    records = _records(text, delimiter, skipped, quoted=quoted)
    first, header, _ = next(records)
    if header is None:
        raise InputError("E_FORMAT", f"line {first} holds no header: {_QUOTES}", "mend the header")
    sheet = Sheet(checked(header, max_columns), [], [])
    width = len(sheet.headers)
    for line, cells, raw in records:
        if cells is None:
            sheet.rejected.append(refused(line, "Q_RAGGED", _QUOTES, raw))
        elif len(cells) != width:
            reason = f"{len(cells)} cells where the header has {width}"
            sheet.rejected.append(refused(line, "Q_RAGGED", reason, delimiter.join(cells)))
        else:
            sheet.rows.append(tuple(cell or None for cell in cells))
            sheet.lines.append(line)
    return sheet


def _records(text: str, delimiter: str, skipped: int, *, quoted: bool) -> Iterator[Record]:
    """Yield line number, cells (None where quotes fail) and first line of each row that is not blank.

    A stray quote costs its own line only: reading goes on with the line after it.

    Raises:
        InputError: E_TRUNCATED, a quote is open at the end of the file.
    """
    lines = _Lines(text)
    reader = csv.reader(
        lines, delimiter=delimiter, strict=True, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    )
    while True:
        lines.begin()
        line = lines.number + 1 + skipped
        try:
            cells: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error):
                wrong = f"the quote opened in line {line} is never closed"
                raise InputError("E_TRUNCATED", wrong, "export the file again or close it") from None
            cells = None
            lines.back()
        if cells != []:
            yield line, cells, lines.taken[0].rstrip("\r\n")


def _is_quoted(text: str) -> bool:
    """Return whether quotes are paired; by its own standard TSV knows no quotes."""
    try:
        for _ in csv.reader(_lines(text), delimiter="\t", strict=True):
            pass
    except csv.Error:
        return False
    return True
