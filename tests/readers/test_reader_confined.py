"""A confined reader gives the sheet of a free one, and may die without harm."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hostile_parquet import parquet
from hypothesis import given
from hypothesis import strategies as st

from cx_text.config import Config, make_config
from cx_text.errors import InputError, ResourceError
from cx_text.readers import child
from cx_text.readers.confined import confined
from cx_text.readers.delimited import read_delimited
from cx_text.readers.parcel import packed, packed_error, unpacked
from cx_text.readers.parquet import read_parquet
from cx_text.readers.sheet import Misfit, Sheet

CELL = (
    st.none()
    | st.text(st.characters(), max_size=5)
    | st.builds(Misfit, st.text(max_size=3), st.just("Q_BAD_TYPE"))
)


def same(one: Sheet, other: Sheet) -> None:
    """Check that two sheets are equal, marks of cells and all."""
    assert one == other
    kinds = [[[getattr(cell, "code", "") for cell in row] for row in sheet.rows] for sheet in (one, other)]
    assert kinds[0] == kinds[1]


@given(st.integers(1, 3).flatmap(lambda width: st.lists(st.tuples(*[CELL] * width), max_size=8)))
def test_a_sheet_arrives_as_it_was_sent(rows: list[tuple[str | None, ...]]) -> None:
    """Broken letters, empty cells and cells that are no text too."""
    width = len(rows[0]) if rows else 2
    sheet = Sheet(
        tuple(f"c{n}" for n in range(width)), rows, list(range(2, len(rows) + 2)), [{"line": 9}], ("hm",)
    )
    same(unpacked(packed(sheet)), sheet)


def test_rows_without_columns_arrive() -> None:
    """Objects without names are rows, too."""
    sheet = Sheet((), [(), ()], [1, 2])
    same(unpacked(packed(sheet)), sheet)


def test_equal_cells_are_one_object_at_the_end() -> None:
    """A dictionary bomb cannot fill the memory with copies."""
    sheet = unpacked(packed(Sheet(("a",), [("x" * 1000,)] * 100, list(range(100)))))
    assert len({id(row[0]) for row in sheet.rows}) == 1


def test_a_refusal_arrives_as_it_was_sent() -> None:
    """Code, what is wrong, what to do."""
    error = InputError("E_FORMAT", "this is wrong", "do that")
    with pytest.raises(InputError) as caught:
        unpacked(packed_error(error))
    assert str(caught.value) == str(error)


def test_a_confined_reader_gives_the_sheet_of_a_free_one() -> None:
    """And its refusals."""
    data = parquet({})
    same(confined(read_parquet, data, Config()), read_parquet(data, Config()))
    with pytest.raises(InputError, match="E_TRUNCATED"):
        confined(read_parquet, data[:-20], Config())
    with pytest.raises(InputError, match="E_TOO_BIG"):
        confined(read_parquet, data, make_config({"input": {"max_columns": 2}}))


DEADLY = {
    "eats_memory": ("bytearray(10**12)", "E_TOO_BIG"),
    "is_killed": ("os.kill(os.getpid(), 9)", "E_TOO_BIG"),
    "aborts": ("os.abort()", "E_TOO_BIG"),
    "crashes": ("os.kill(os.getpid(), 11)", "E_FORMAT"),
    "raises": ("1 / 0", "E_FORMAT"),
    "exits": ("os._exit(3)", "E_FORMAT"),
}


@pytest.mark.parametrize("name", DEADLY)
def test_a_reader_that_dies_refuses_its_file_and_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Memory and time used up are E_TOO_BIG, all else is E_FORMAT; the crash is not ours."""
    act, code = DEADLY[name]
    (tmp_path / "deadly.py").write_text(f"import os\ndef read(data, config):\n    {act}\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    deadly: Any = ModuleType("deadly")
    exec("def read(data, config): ...", deadly.__dict__)  # noqa: S102  stands for the one in the child
    with pytest.raises(InputError) as caught:
        confined(deadly.read, b"x", Config())
    assert caught.value.code == code


FRUGAL = """
import os
from pathlib import Path
from cx_text.readers.parquet import read_parquet
from cx_text.readers.sheet import Sheet

def addresses(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))

threads, before = len(os.listdir("/proc/self/task")), addresses("VmSize")

def read(data, config):
    read_parquet(data, config)
    return Sheet(("threads", "kilobytes"), [(str(threads), str(addresses("VmPeak") - before))], [1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_small_file_needs_few_addresses_however_many_cores_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Libraries that reserve a gigabyte or a stack a core would use up the limit before anything is read."""
    (tmp_path / "frugal.py").write_text(FRUGAL, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    frugal: Any = ModuleType("frugal")
    exec("def read(data, config): ...", frugal.__dict__)  # noqa: S102  stands for the one in the child
    [(threads, kilobytes)] = confined(frugal.read, parquet({}), Config()).rows
    assert int(str(threads)) <= 2
    assert 0 < int(str(kilobytes)) < 65_536


def test_a_file_whose_share_is_about_a_gigabyte_is_read() -> None:
    """As much as a library likes to reserve at once; nothing would be left for the file then."""
    padding = {"padding": pa.array([bytes(4_600_000 // 6)] * 6)}
    data = parquet(padding, compression="none", use_dictionary=False)
    assert len(confined(read_parquet, data, Config()).rows) == 6


def test_no_process_at_all_is_a_lack_of_means(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not the fault of the file."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ResourceError):
        confined(read_delimited, b"comment\na\n", Config())


@pytest.mark.parametrize("gzipped", ["0", "1"])
def test_the_child_answers_with_a_parcel(monkeypatch: pytest.MonkeyPatch, gzipped: str) -> None:
    """Here in this process, unlimited."""
    monkeypatch.setattr(child, "confine", lambda _: None)
    stdin = io.BytesIO(msgspec.json.encode(Config()) + b"\n" + b"comment\nfine\n")
    stdout = io.BytesIO()
    assert child.main(["cx_text.readers.delimited", "read_delimited", gzipped, "13"], stdin, stdout) == 0
    if gzipped == "0":
        assert unpacked(stdout.getvalue()).rows == [("fine",)]
        return
    with pytest.raises(InputError, match="no sound gzip"):
        unpacked(stdout.getvalue())


def test_the_child_loads_neither_pandas_nor_the_readers_it_does_not_need() -> None:
    """It starts in a tenth of a second."""
    call = "import sys, cx_text.readers.child, cx_text.readers.xlsx; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=True)
    assert not {"pandas", "numpy", "pyarrow", "cx_text.readers.files"} & set(loaded.stdout.split())
