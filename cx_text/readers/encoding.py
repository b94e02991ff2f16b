"""Bytes to text: UTF-8, UTF-16 with a byte order mark, Windows-1252 when UTF-8 fails."""

from __future__ import annotations

import codecs
import re

from cx_text.errors import InputError

FOREIGN = {
    b"\x1f\x8b": "a gzip file; give it the ending .gz",
    b"PK\x03\x04": "a zip file; unpack it, or call a workbook .xlsx",
    b"PAR1": "a Parquet file; call it .parquet",
    b"\xd0\xcf\x11\xe0": "an old or encrypted Office file; save it as CSV UTF-8",
    b"%PDF": "a PDF; export the comments as CSV",
    b"\x89PNG": "a picture; export the comments as CSV",
}
_WIDE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_GUESSED = "read as Windows-1252, for it is not UTF-8; save it as UTF-8 if letters look wrong"
_HARMED = "some rows are not UTF-8 as the others are; save the file as UTF-8"
_SAVE = "save it as UTF-8"
_MOST_ROWS, _FEWEST_BYTES = 1 << 20, 20
"""More rows than a sheet of a workbook holds need so many bytes each: cells cost more than their letters."""


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text of `data` without byte order mark, and warnings.

    Bytes that fit no encoding become lone surrogates, so that only their rows are set aside.

    Raises:
        InputError: E_EMPTY, E_FORMAT (another kind of file), E_ENCODING, E_TRUNCATED, E_TOO_BIG (millions
            of rows of next to nothing).
    """
    if not data:
        raise InputError("E_EMPTY", "the file holds no bytes", "export it again")
    rows = max(map(data.count, (b"\n", b"\r", b"{")))
    if rows > _MOST_ROWS and len(data) < rows * _FEWEST_BYTES:
        wrong = f"{rows} rows of {len(data) / rows:.0f} bytes"
        raise InputError("E_TOO_BIG", wrong, f"leave empty rows out, or give at most {_MOST_ROWS} at once")
    for magic, what in FOREIGN.items():
        if data.startswith(magic):
            wrong, mend = what.split("; ")
            raise InputError("E_FORMAT", f"this is {wrong}", mend)
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise InputError("E_ENCODING", "UTF-32 is not read", _SAVE)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _utf16(data), ()
    return _utf8(data.removeprefix(codecs.BOM_UTF8))


def _utf16(data: bytes) -> str:
    """Return UTF-16 as text; half a character at the end is a file cut short."""
    if len(data) % 2:
        raise InputError("E_TRUNCATED", "UTF-16 text ends inside a character", "export the file again")
    order = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    return data[2:].decode(order, "surrogatepass")


def _utf8(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return UTF-8 text, else what the bytes are more likely to be."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _other(data)
    if "\0" in text[:4096] and text[:4096].count("\0") * 3 > len(text[:4096]):
        raise InputError("E_ENCODING", "UTF-16 without a byte order mark", _SAVE)
    return text, ()


def _other(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return damaged UTF-8 where most letters are whole UTF-8, else Windows-1252."""
    wide = _WIDE.findall(data)
    if len(wide) >= len(_HIGH.findall(data)) - sum(map(len, wide)) and wide:
        return data.decode("utf-8", "surrogateescape"), (_HARMED,)
    if data.count(b"\0") * 3 > len(data):
        raise InputError("E_ENCODING", "UTF-16 without a byte order mark", _SAVE)
    return data.decode("cp1252", "surrogateescape"), (_GUESSED,)
