"""Hostile JSON Lines and gzip files."""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from collections.abc import Iterator

from hostile_corpus import TEXT, Case, csv, either, refused, taken

GOOD_LINES = "".join(json.dumps({"id": f"j{n}", "comment": f"{TEXT} {n}"}) + "\n" for n in range(6))


def json_lines() -> Iterator[Case]:
    """Yield JSON Lines of which one is broken or unusual."""
    good = GOOD_LINES

    def plus(name: str, line: str, *codes: str) -> Case:
        return taken(f"{name}.jsonl", good + line + "\n", 6 if codes else 7, *codes)

    yield taken("good.jsonl", good, 6)
    yield taken("good.ndjson", good, 6)
    yield taken("bom.jsonl", "\ufeff" + good, 6)
    yield taken("utf16.jsonl", good.encode("utf-16"), 6)
    yield taken("crlf.jsonl", good.replace("\n", "\r\n\r\n"), 6)
    yield taken("no-last-end.jsonl", good.rstrip(), 6)
    yield refused("empty.jsonl", "", "E_EMPTY")
    yield refused("blank.jsonl", "\n \n", "E_EMPTY")
    yield plus("cut", '{"id": "x", "comm', "Q_BAD_JSON")
    yield plus("array-line", "[1, 2]", "Q_BAD_JSON")
    yield plus("number-line", "5", "Q_BAD_JSON")
    yield plus("null-line", "null", "Q_BAD_JSON")
    yield plus("text-line", '"a"', "Q_BAD_JSON")
    yield plus("twins-line", '{"id": "x", "comment": "a"}{"id": "y", "comment": "b"}', "Q_BAD_JSON")
    yield plus("name-twice", '{"id": "x", "comment": "a", "comment": "b"}', "Q_BAD_JSON")
    yield plus("single-quotes", "{'id': 'x', 'comment': 'a'}", "Q_BAD_JSON")
    yield plus("trailing-comma", '{"id": "x", "comment": "a",}', "Q_BAD_JSON")
    yield plus("comment-list", '{"id": "x", "comment": ["a"]}', "Q_BAD_TYPE")
    yield plus("comment-object", '{"id": "x", "comment": {"en": "a"}}', "Q_BAD_TYPE")
    yield plus("id-list", '{"id": ["x"], "comment": "a"}', "Q_BAD_TYPE")
    yield plus("id-null", '{"id": null, "comment": "a"}', "Q_NO_ID")
    yield plus("id-missing", '{"comment": "a"}', "Q_NO_ID")
    yield plus("surrogate", '{"id": "x", "comment": "a\\ud83d"}', "Q_BAD_ENCODING")
    yield plus("surrogate-pair", '{"id": "x", "comment": "a\\ud83d\\ude00"}')
    yield plus("nul", '{"id": "x", "comment": "a\\u0000b"}')
    yield plus("raw-control", '{"id": "x", "comment": "a\x01\tb"}')
    yield plus("nan", '{"id": "x", "comment": "a", "csat": NaN}')
    yield plus("infinity", '{"id": "x", "comment": "a", "csat": -Infinity}')
    yield plus("number-id", '{"id": 7, "comment": "a"}')
    yield plus("float-id", '{"id": 1e5, "comment": "a"}')
    yield plus("flag-comment", '{"id": "x", "comment": true}')
    yield plus("null-comment", '{"id": "x", "comment": null}')
    yield plus("nested-attribute", '{"id": "x", "comment": "a", "tags": ["p", {"q": 1}]}')
    yield plus("big-number", '{"id": "x", "comment": "a", "n": ' + "9" * 20_000 + "}")
    yield plus("nameless", '{"id": "x", "comment": "a", "": "kept"}')
    yield plus("odd-names", '{"id": "x", "comment": "a", "\\u0000\\u001b[2J": "b"}')
    yield plus("line-separator", '{"id": "x", "comment": "a\u2028b\u0085c"}')
    yield plus("line-of-2MB", '{"id": "x", "comment": "' + "a b " * 500_000 + '"}', "Q_TOO_LONG")
    yield plus("deep-list", '{"id": "x", "comment": "a", "d": ' + "[" * 100_000 + "}", "Q_BAD_JSON")


def json_files() -> Iterator[Case]:
    """Yield JSON that is odd as a whole: too deep, too wide, one array."""
    good = GOOD_LINES
    for depth in (100, 400, 900, 980):
        yield either(
            f"deep-{depth}.jsonl",
            good + '{"id": "x", "comment": "a", "d": ' + "[" * depth + "]" * depth + "}\n",
        )
    yield either("deep-open.jsonl", good + '{"a":' * 100_000 + "\n")
    yield refused("deep-first.jsonl", "[" * 100_000, "E_TRUNCATED")
    yield refused("pretty-object.json", json.dumps({"id": "x", "comment": "a"}, indent=2), "E_FORMAT")
    yield refused("wrapped.json", json.dumps({"data": [{"id": "x", "comment": "a"}]}), "E_MISSING_COLUMN")
    yield refused(
        "names-alike.jsonl", '{"id": 1, "comment": "a"}\n{"id": 2, "Comment": "b"}\n', "E_DUP_COLUMN"
    )
    yield refused("no-names.jsonl", "{}\n{}\n", "E_MISSING_COLUMN")
    yield refused("no-names-bad.jsonl", "{}\nno\n", "E_MISSING_COLUMN")
    yield refused("scalars.jsonl", "1\n2\n", "E_FORMAT")
    names = json.dumps({f"k{n}": n for n in range(2001)})
    yield refused("objects-empty.jsonl", b"{}\n" * 1_100_000, "E_TOO_BIG")
    yield refused("objects-empty.json", b"[{}" + b",{}" * 1_100_000 + b"]", "E_TOO_BIG")
    yield refused("names-2001.jsonl", names + "\n", "E_TOO_BIG")
    many = "".join(json.dumps({"comment": "a", f"k{n % 1990}": n}) + "\n" for n in range(30_000))
    yield refused("names-times-rows.jsonl", many, "E_TOO_BIG")
    array = [json.loads(line) for line in good.splitlines()]
    yield taken("array.json", json.dumps(array, indent=1), 6)
    yield taken("array-empty.json", "[]", 0)
    yield taken("array-mixed.json", json.dumps([*array, 5, None, "x"]), 6, *["Q_BAD_JSON"] * 3)
    yield refused("array-cut.json", json.dumps(array)[:-30], "E_TRUNCATED")
    yield refused("array-no-end.json", json.dumps(array)[:-1], "E_TRUNCATED")
    yield refused("array-tail.json", json.dumps(array) + "x", "E_FORMAT")
    yield refused("array-of-lists.json", "[[1, 2], [3, 4]]", "E_FORMAT")
    yield refused("array-commas.json", json.dumps(array).replace("}, {", "} {", 1), "E_FORMAT")


def compressed() -> Iterator[Case]:
    """Yield gzip files that are cut, altered, nested or bombs."""
    good = gzip.compress(csv().encode(), mtime=0)
    many = gzip.compress(csv(count=2000).encode(), mtime=0)
    yield taken("good.csv.gz", good, 6)
    yield taken("good.CSV.GZ", good, 6)
    yield taken("level-0.csv.gz", gzip.compress(csv().encode(), 0, mtime=0), 6)
    yield taken("members.csv.gz", good + gzip.compress(b"x,a,2024-05-17,1\n"), 7)
    yield taken("zero-padded.csv.gz", good + bytes(512), 6)
    yield taken("lines.jsonl.gz", gzip.compress(b'{"id": "x", "comment": "a"}\n'), 1)
    yield taken("named.csv.gz", good[:3] + b"\x08" + good[4:10] + b"../../etc/passwd\0" + good[10:], 6)
    yield refused("nothing.csv.gz", b"", "E_EMPTY")
    yield refused("of-nothing.csv.gz", gzip.compress(b""), "E_EMPTY")
    for name, size in {
        "header": 5,
        "start": 12,
        "half": len(many) // 2,
        "sum": len(many) - 8,
        "last": len(many) - 1,
    }.items():
        yield refused(f"cut-{name}.csv.gz", many[:size], "E_TRUNCATED")
    yield refused("wrong-sum.csv.gz", good[:-8] + bytes(4) + good[-4:], "E_FORMAT")
    yield refused("wrong-size.csv.gz", good[:-4] + bytes(4), "E_FORMAT")
    yield refused("garbage-after.csv.gz", good + b"garbage", "E_FORMAT")
    yield refused("garbage-inside.csv.gz", many[:60] + bytes(40) + many[100:], "E_FORMAT")
    yield refused("wrong-method.csv.gz", good[:2] + b"\x07" + good[3:], "E_FORMAT")
    yield refused("plain.csv.gz", csv(), "E_FORMAT")
    yield refused("zip.csv.gz", b"PK\x03\x04" + bytes(60), "E_FORMAT")
    yield refused("zlib.csv.gz", zlib.compress(csv().encode()), "E_FORMAT")
    yield refused("nested.csv.gz", gzip.compress(good), "E_FORMAT")
    yield refused("tar.tar.gz", gzip.compress(bytes(1024)), "E_FORMAT")
    yield refused("bomb.csv.gz", gzip.compress(bytes(5_000_000)), "E_TOO_BIG")
    yield refused("bomb-text.csv.gz", gzip.compress(b"id,comment\n" + b"1,a\n" * 1_000_000), "E_TOO_BIG")
    members = gzip.compress(b"id,comment\n") + gzip.compress(b"a" * 1_000_000) * 20
    yield refused("bomb-members.csv.gz", members, "E_TOO_BIG")
    yield either("size-lies.csv.gz", good[:-4] + struct.pack("<I", 2**32 - 1))


LINES_CASES = (json_lines, json_files, compressed)
