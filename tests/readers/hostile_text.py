"""Hostile CSV and TSV files."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from itertools import product

from hostile_corpus import Case, csv, either, lines, refused, rows, taken

ENCODINGS = {"utf8": "utf-8", "bom": "utf-8-sig", "utf16": "utf-16", "cp1252": "cp1252"}
MARKS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
BAD_DATES = {
    "word": "soon",
    "month-13": "2024-13-01",
    "feb-30": "2024-02-30",
    "year-0": "0000-01-01",
    "zone": "2024-05-17T10:00:00+99:99",
    "epoch": "1715900000",
    "serial": "45429",
    "hour-25": "2024-05-17 25:00",
    "bc": "-2024-05-17",
    "underflow": "0001-01-01T00:00:00+14:00",
    "long": "2" * 5000,
}
GOOD_DATES = {
    "2099": "2099-12-31",
    "leap-second": "2016-12-31T23:59:60Z",
    "midnight": "2024-05-17 24:00",
    "zone": "2024-05-17T10:00:00+14:00",
    "gap": "2024-03-31T02:30:00",
    "short": "20240517",
    "rfc": "17 May 2024 10:00 GMT",
    "ampm": "2024-05-17 11:59 pm",
    "empty": "",
    "9999": "9999-12-31",
    "arabic": "\u0662\u0660\u0662\u0664-05-17",
    "week": "2024-W20-5",
    "nanos": "2024-05-17T10:00:00.123456789Z",
}
FORMULAS = {
    "equals": "=1+1",
    "plus": "+1+1",
    "at": "@SUM(1)",
    "minus": "-2+3",
    "tab": '"\t=1"',
    "fullwidth": "\uff1d1+1",
    "bom": "\ufeff=1+1",
    "zero-width": "\u200b=1+1",
    "dde": "=cmd|' /C calc'!A0",
    "html": "<img src=x onerror=alert(1)>",
    "nul": "\0=1+1",
}


def encodings() -> Iterator[Case]:
    """Yield each encoding with each delimiter and line end, and encodings that are not read."""
    for (name, code), (sign, mark), (stop, end) in product(ENCODINGS.items(), MARKS.items(), ENDS.items()):
        yield taken(f"{name}-{sign}-{stop}.csv", lines(rows(), mark, end).encode(code), 6)
    text = lines(rows())
    yield taken("utf16-be-bom.csv", b"\xfe\xff" + text.encode("utf-16-be"), 6)
    yield refused("utf16-le-bare.csv", text.encode("utf-16-le"), "E_ENCODING")
    yield refused("utf16-be-bare.csv", text.encode("utf-16-be"), "E_ENCODING")
    yield refused("utf16-odd.csv", text.encode("utf-16")[:-1], "E_TRUNCATED")
    yield refused("utf32-le.csv", b"\xff\xfe\x00\x00" + text.encode("utf-32-le"), "E_ENCODING")
    yield refused("utf32-be.csv", b"\x00\x00\xfe\xff" + text.encode("utf-32-be"), "E_ENCODING")
    yield taken("one-latin-row.csv", text.encode() + b"x,Caf\xe9,,\n", 6, "Q_BAD_ENCODING")
    yield taken("undefined-bytes.csv", lines(rows()).encode("cp1252") + b"x,a\x81b,,\n", 6, "Q_BAD_ENCODING")
    yield taken("cut-inside-letter.csv", text.encode() + b"x,cut \xe2\x82", 6, "Q_RAGGED")
    yield taken("lone-surrogate.csv", text.encode() + b"x,a\xed\xa0\x80b,,\n", 6, "Q_BAD_ENCODING")
    yield taken("overlong.csv", text.encode() + b"x,a\xc0\xafb,,\n", 6, "Q_BAD_ENCODING")
    yield taken("replacement-kept.csv", csv("x,a\ufffdb,,"), 7)
    yield either("shift-jis.csv", "id,comment\n1,\u3042\u308a\u304c\u3068\u3046\n".encode("shift-jis"))
    yield either("gb18030.csv", "id,comment\n1,\u8c22\u8c22\n".encode("gb18030"))
    yield refused(
        "header-broken.csv", "id,comment,\u00fc\u00e4".encode() + b"\xff\n1,\xc3\xa9,b\n", "E_ENCODING"
    )
    yield taken("two-boms.csv", "\ufeff\ufeff" + csv(), 6)


def shapes() -> Iterator[Case]:
    """Yield files with no rows, odd lines, wrong widths and quotes."""
    for name, text in {
        "nothing": "",
        "bom": "\ufeff",
        "blank-lines": "\n\r\n\n",
        "blanks": "  \t \n",
    }.items():
        yield refused(f"empty-{name}.csv", text, "E_EMPTY")
    yield refused("empty-utf16.csv", b"\xff\xfe", "E_EMPTY")
    yield refused("empty-sep.csv", "sep=;\n", "E_EMPTY")
    yield taken("header-only.csv", "id,comment,date\n", 0)
    yield taken("header-no-end.csv", "id,comment,date", 0)
    yield taken("header-blank-lines.csv", "id,comment,date\n\n\n\n", 0)
    yield taken("last-line-open.csv", csv().rstrip("\n"), 6)
    yield taken("blank-lines-between.csv", csv().replace("\n", "\n\n"), 6)
    yield taken("sep-line.csv", "sep=;\r\n" + lines(rows(), ";", "\r\n"), 6)
    yield taken("sep-line-bom.csv", "\ufeffsep=|\n" + lines(rows(), "|"), 6)
    yield taken("sep-line-odd.csv", "sep=~\n" + lines(rows(), "~"), 6)
    yield taken("mixed-ends.csv", csv().replace("\n", "\r\n", 3), 6)
    yield taken("ragged-short.csv", csv("x,y"), 6, "Q_RAGGED")
    yield taken("ragged-long.csv", csv("x,a,2024-05-17,1,more"), 6, "Q_RAGGED")
    yield taken("ragged-unquoted-commas.csv", csv("x,slow, rude, late, dear,2024-05-17,1"), 6, "Q_RAGGED")
    yield refused("ragged-all.csv", "id,comment\n" + "1,a,b\n" * 5, "E_TOO_MANY_BAD")
    yield taken("conflict-markers.csv", csv("<<<<<<< HEAD", "=======", ">>>>>>> b"), 6, *["Q_RAGGED"] * 3)
    yield taken("total-line.csv", csv("Total: 6 rows"), 6, "Q_RAGGED")
    yield refused("quote-open-at-end.csv", csv('x,"cut he'), "E_TRUNCATED")
    yield refused("quote-open-long.csv", csv('x,"cut', "more", "and more"), "E_TRUNCATED")
    middle = csv().replace("\nr3,", '\nx,"open,2024-05-17,1\nr3,')
    yield taken("quote-open-closed-later.csv", middle + 'y,"fine",2024-05-17,1\n', 7, "Q_RAGGED")
    yield taken("quote-junk-after.csv", csv('x,"a"b,2024-05-17,1'), 6, "Q_RAGGED")
    yield taken("quote-backslash.csv", csv(r'x,"he said \"no\" twice",2024-05-17,1'), 6, "Q_RAGGED")
    yield taken("quote-inside-bare.csv", csv('x,the 5" pipe,2024-05-17,1'), 7)
    yield taken("quote-doubled.csv", csv('x,"the ""best"" shop",2024-05-17,1'), 7)
    yield taken("quote-header-open.csv", 'id,comment\n1,"a\nb"\n', 1)
    yield refused("quote-header-bad.csv", '"id"x,comment\n1,a\n', "E_FORMAT")
    yield taken("line-ends-in-cell.csv", csv('x,"a\r\nb\nc\rd",2024-05-17,1'), 7)
    yield taken("separators-in-cell.csv", csv("x,a\u2028b\u0085c\x0bd\x0ce,2024-05-17,1"), 7)
    yield taken("tab-in-quotes.tsv", lines(rows(), "\t") + 'x\t"a\tb"\t\t\n', 7)
    yield taken("bare-quotes.tsv", lines(rows(), "\t") + 'x\t5" pipe and "so\t\t\n', 7)
    yield taken("one-column.csv", "comment\nslow, rude; late\nfine\n", 2)
    yield taken("one-column.txt", "comment\nslow and rude\n", 1)
    yield taken("semicolons-with-commas.csv", "id;comment\n1;slow, rude, late\n2;a, b, c\n", 2)
    yield taken("excel-text-ids.csv", 'id,comment\n="007",a\n="008",b\n', 2)
    yield taken("nul-in-cell.csv", csv("x,a\0b,2024-05-17,1", "y,a\0\0b,2024-05-17,1"), 8)
    yield taken("nul-in-header.csv", "id,comment,x\0y\n1,a,b\n", 1)
    yield either("nul-tail.csv", csv().encode() + bytes(4096))
    yield either("nul-only.csv", bytes(4096))
    yield taken("control-characters.csv", csv("x,a\x1b[2Jb\x07\x08,2024-05-17,1"), 7)
    yield taken("forged-line.csv", csv('x,"fine\nerror: E_BUG: forged",2024-05-17,1'), 7)


def headers() -> Iterator[Case]:
    """Yield files whose headers are missing, doubled, hidden, alike or very many."""
    wide = [f"c{n}" for n in range(1998)]
    yield taken("columns-2000.csv", ",".join(["id", "comment", *wide]) + "\n" + "1,a" + "," * 1998 + "\n", 1)
    yield refused("columns-2001.csv", ",".join(["id", "comment", "d", *wide]) + "\n", "E_TOO_BIG")
    yield refused("columns-1e5.csv", "comment" + "," * 100_000 + "\n", "E_TOO_BIG")
    yield refused("header-twice.csv", "id,comment,comment\n1,a,b\n", "E_DUP_COLUMN")
    yield refused("header-case.csv", "id,comment,Comment\n1,a,b\n", "E_DUP_COLUMN")
    yield refused("header-blanks.csv", "id,comment, comment \n1,a,b\n", "E_DUP_COLUMN")
    yield refused("header-zero-width.csv", "id,comment,com\u200bment\n1,a,b\n", "E_DUP_COLUMN")
    yield refused("header-lookalike.csv", "id,\u0441omment\n1,a\n", "E_MISSING_COLUMN")
    yield refused("header-fullwidth.csv", "id,\uff43omment\n1,a\n", "E_MISSING_COLUMN")
    yield refused("header-missing.csv", "1,a,2024-05-17\n2,b,2024-05-18\n", "E_MISSING_COLUMN")
    yield refused("header-renamed.csv", "id,words of the client\n1,a\n", "E_MISSING_COLUMN")
    yield taken("header-invisible.csv", "\u200bid,\u2060Comment\u200d \n1,a\n", 1)
    yield taken("header-nbsp.csv", "id,\u00a0comment\u00a0\n1,a\n", 1)
    yield taken("header-shouted.csv", "ID,CUSTOMER-REMARKS\n1,a\n", 1)
    yield taken("header-nameless.csv", "id,comment,,\n1,a,b,c\n", 1)
    yield taken("header-long.csv", f"id,comment,{'h' * 100_000}\n1,a,b\n", 1)
    yield taken("header-formula.csv", "id,comment,=cmd|'/C calc'!A0\n1,a,b\n", 1)
    yield taken("header-control.csv", "id,comment,\x1b[31mred\x07\n1,a,b\n", 1)
    yield taken("header-html.csv", "id,comment,<script>alert(1)</script>\n1,a,b\n", 1)
    yield taken("header-ours.csv", "id,comment,attr_x,theme_id,status\n1,a,b,c,d\n", 1)
    yield taken("header-newline.csv", 'id,comment,"two\nlines"\n1,a,b\n', 1)
    yield refused("title-line.csv", "Export of 2024-05-17\n\nid,comment\n1,a\n", "E_MISSING_COLUMN")


def disguises() -> Iterator[Case]:
    """Yield other kinds of file under the name of a text one."""
    for name, magic in {
        "gzip": gzip.compress(b"id,comment\n1,a\n"),
        "zip": b"PK\x03\x04" + bytes(60),
        "parquet": b"PAR1" + bytes(60),
        "xls": b"\xd0\xcf\x11\xe0" + bytes(60),
        "pdf": b"%PDF-1.7\n%\xe2\xe3\n",
        "png": b"\x89PNG\r\n\x1a\n" + bytes(60),
    }.items():
        yield refused(f"{name}-as.csv", magic, "E_FORMAT")
        yield refused(f"{name}-as.jsonl", magic, "E_FORMAT")
    yield refused(
        "html-login.csv", "<!DOCTYPE html>\n<html><body>Please log in</body></html>\n", "E_MISSING_COLUMN"
    )
    yield refused(
        "lfs-pointer.csv",
        "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 5\n",
        "E_MISSING_COLUMN",
    )
    yield refused("csv-as.jsonl", csv(), "E_FORMAT")
    yield refused("jsonl-as.csv", '{"id": 1, "comment": "a"}\n', "E_MISSING_COLUMN")
    yield refused("xml-as.csv", "<?xml version='1.0'?><rows><r>a</r></rows>", "E_MISSING_COLUMN")
    yield refused("unknown.xls", b"\xd0\xcf\x11\xe0" + bytes(60), "E_FORMAT")
    yield refused("macros.xlsm", b"PK\x03\x04" + bytes(60), "E_FORMAT")
    yield refused("archive.zip", b"PK\x03\x04" + bytes(60), "E_FORMAT")
    yield refused("noending", csv(), "E_FORMAT")
    yield refused("parquet.parquet.gz", gzip.compress(b"PAR1"), "E_FORMAT")
    noise = random.Random(7)
    for number in range(4):
        yield either(f"noise{number}.csv", noise.randbytes(3000))
        yield either(f"noise{number}.jsonl", noise.randbytes(3000))


def values() -> Iterator[Case]:
    """Yield rows and columns with values that are wrong, odd or dangerous."""
    yield taken("id-empty.csv", csv(",no id,2024-05-17,1"), 6, "Q_NO_ID")
    yield taken("id-conflict.csv", csv("x,a,,1", "x,b,,1"), 7, "Q_DUP_ID_CONFLICT")
    yield taken(
        "ids-opaque.csv",
        "id,comment\n" + "".join(f"{i},a\n" for i in "007 7 1e5 100000 TRUE true NA null 0x1F =1+1".split()),
        10,
    )
    yield taken("ids-blanks.csv", "id,comment\n x ,a\nx,b\n x,c\n", 3)
    yield taken("id-long.csv", csv(f"{'x' * 100_000},a,,"), 7)
    yield taken(
        "words-for-nothing.csv",
        "id,comment\n"
        + "".join(f"{n},{w}\n" for n, w in enumerate(("NA", "null", "None", "nan", "NaN", "N/A", "-"))),
        7,
    )
    yield taken("too-long.csv", csv(f"x,{'long ' * 210_000},2024-05-17,1"), 6, "Q_TOO_LONG")
    yield taken("too-long-wide.csv", csv("x," + "\u00e9" * 500_001 + ",2024-05-17,1"), 6, "Q_TOO_LONG")
    yield taken("just-not-too-long.csv", csv(f"x,{'long ' * 200_000},2024-05-17,1"), 7)
    for name, row in {"lf": b"a\n", "cr": b"a\r", "blank": b"\n", "wide": b"a\0\n\0"}.items():
        yield refused(f"rows-{name}.csv", b"comment\n" + row * 1_100_000, "E_TOO_BIG")
    yield refused("no-text.csv", "id,comment\n" + "".join(f"{n}, \n" for n in range(20)), "E_NO_TEXT")
    yield taken("no-text-19.csv", "id,comment\n" + "".join(f"{n}, \n" for n in range(19)), 19)
    for name, cell in BAD_DATES.items():
        yield taken(f"date-{name}.csv", csv(f"x,a,{cell},1"), 6, "Q_BAD_DATE")
    for name, cell in GOOD_DATES.items():
        yield taken(f"good-date-{name}.csv", csv(f"x,a,{cell},1"), 7)
    dates = "id,comment,date\n{}"
    yield refused("dates-ambiguous.csv", dates.format("1,a,03/04/2024\n2,b,05/06/2024\n"), "E_FORMAT")
    yield refused("dates-both-orders.csv", dates.format("1,a,13/04/2024\n2,b,04/13/2024\n"), "E_FORMAT")
    yield taken("dates-day-first.csv", dates.format("1,a,03/04/2024\n2,b,25/04/2024\n"), 2)
    yield refused("dates-epoch.csv", dates.format("1,a,1715900000\n2,b,1715900001\n"), "E_TOO_MANY_BAD")
    yield taken(
        "dates-mixed-zones.csv",
        dates.format("1,a,2024-05-17T10:00Z\n2,b,2024-05-17 10:00 -0800\n3,c,2024-05-17\n"),
        3,
    )
    yield taken("score-off-scale.csv", csv("x,a,,6", "y,b,,0", "z,c,,-1"), 9, warns="scale")
    yield taken("score-comma.csv", "id;comment;csat\n1;a;4,0\n2;b;5,0\n", 2)
    yield taken("score-words.csv", csv("x,a,,five", "y,b,,1e400", "z,c,,nan"), 9, warns="no number")
    yield taken("score-digits.csv", csv("x,a,,\u0664"), 7, warns="no number")
    for name, cell in FORMULAS.items():
        yield taken(f"inject-{name}.csv", csv(f"{cell},{cell},2024-05-17,1"), 7)
    yield taken(
        "unique-column.csv", "id,comment,mail\n" + "".join(f"{n},a,u{n}@x.org\n" for n in range(300)), 300
    )


TEXT_CASES = (encodings, shapes, headers, disguises, values)
