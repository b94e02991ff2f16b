"""What is wrong is told with what to do, before a night finds out; what is right is told, too."""

from __future__ import annotations

import fcntl
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from build_export import small_rows, write_export
from flow import Call, Kept

from cx_text import shipped
from cx_text.config import make_config
from cx_text.doctor import Sign, examine, machine, material, place
from cx_text.store import Workspace


def by_name(signs: Iterable[Sign]) -> dict[str, Sign]:
    """Return signs by what they are of; of several, the last."""
    return {sign.of: sign for sign in signs}


def test_nothing_is_wrong_here_and_nothing_is_changed(kept: Kept, tmp_path: Path) -> None:
    """All that was looked at is told in order; a workspace is not made by looking."""
    signs = list(examine(tmp_path / "w", None, [str(kept.export)]))
    assert [sign.of for sign in signs] == [
        *("Python", "packages", "shipped models", "memory", "cores", "time zones"),
        *("workspace", "lock", "disk", "writing", "file system", "virtual memory"),
        *("settings", "extras", f"export {kept.export.name}"),
    ]
    assert not [sign for sign in signs if sign.state == "problem"]
    assert list(tmp_path.iterdir()) == []


def test_every_trouble_comes_with_what_to_do(tmp_path: Path) -> None:
    """And what is fine without."""
    signs = list(examine(tmp_path / "w", tmp_path / "none.toml", [str(tmp_path / "none.csv")]))
    assert {sign.of for sign in signs if sign.state == "problem"} == {"settings", "export"}
    assert all(bool(sign.mend) == (sign.state != "ok") for sign in signs)


def test_the_columns_of_an_export_are_shown_as_a_run_would_take_them(tmp_path: Path) -> None:
    """With how many rows would be set aside, and what would not be stored."""
    rows = small_rows(30)
    export = write_export(tmp_path / "a.csv", [*rows, {**rows[0], "Response ID": ""}])
    [sign] = material.exports([str(export)], make_config({}))
    assert sign.state == "warning"
    assert sign.found.startswith(
        "31 rows; verbatim = Comment, verbatim_id = Response ID, created_at = Created At"
    )
    assert "1 rows would be set aside" in sign.found


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "E_EMPTY"), (b"a,b\n1,2\n", "E_MISSING_COLUMN"), (b"id,feedback,comment\n1,a,b\n", "AMBIGUOUS")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_export_that_would_be_refused_is_a_problem(tmp_path: Path, content: bytes, words: str) -> None:
    """By the code that a run would give; the others are looked at, too."""
    (tmp_path / "a.csv").write_bytes(content)
    write_export(tmp_path / "b.csv", small_rows(20))
    signs = by_name(material.exports([str(tmp_path)], make_config({})))
    assert words in signs["export a.csv"].found
    assert signs["export a.csv"].state == "problem"
    assert signs["export b.csv"].state == "ok"


def test_a_folder_without_exports_is_a_warning(tmp_path: Path) -> None:
    """It may be the wrong one."""
    assert [sign.state for sign in material.exports([str(tmp_path)], make_config({}))] == ["warning"]


def test_all_mistakes_of_the_settings_are_told_at_once(tmp_path: Path) -> None:
    """With the nearest key; the rest is looked at under the defaults."""
    (tmp_path / "c.toml").write_text("seed = -1\n[themes]\nminimun = 3\n", encoding="utf-8")
    sign, config = material.settings(tmp_path / "c.toml")
    assert sign.state == "problem"
    assert "seed" in sign.found
    assert "themes.minimum" in sign.found
    assert config == make_config({})


def test_an_extra_that_the_settings_need_is_a_problem_where_it_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not needed, it is none."""
    monkeypatch.setattr(material, "MODELS", ("no_such_model",))
    assert material.extras(make_config({})).state == "ok"
    assert "cx_text[names]" in material.extras(make_config({"privacy": {"names": True}})).mend


def test_a_workspace_is_told_with_what_it_holds(kept: Kept) -> None:
    """Rows and runs."""
    sign = by_name(place.place(kept.workspace))["workspace"]
    assert sign.state == "ok"
    assert f"{len(small_rows()):,} rows of 1 runs" in sign.found


def test_a_workspace_that_is_at_work_is_a_warning(copied: Path) -> None:
    """And looking does not take the lock away from who holds it."""
    with Workspace.open(copied, write=True):
        assert by_name(place.place(copied))["lock"].state == "warning"
        assert by_name(place.place(copied))["lock"].state == "warning"
    assert by_name(place.place(copied))["lock"].state == "ok"


def test_a_damaged_workspace_is_a_problem(copied: Path) -> None:
    """By the code that a run would give."""
    next((copied / "models").iterdir()).unlink()
    sign = by_name(place.place(copied))["workspace"]
    assert (sign.state, sign.found.split()[0]) == ("problem", "E_DAMAGED")


def test_a_folder_in_which_nothing_can_be_locked_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on some network file systems; the folder for trying is gone afterwards."""

    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    sign = by_name(place.place(tmp_path / "w"))["writing"]
    assert sign.state == "problem"
    assert "not supported" in sign.found
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("free", "state"), [(10**8, "problem"), (10**9, "warning"), (10**10, "ok")])
def test_little_room_on_the_disk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    """Too little is a problem."""
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert by_name(place.place(tmp_path))["disk"].state == state


def test_a_network_file_system_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest mount counts; a blank in its name is written as a number."""
    mounts = tmp_path / "mounts"
    far = tmp_path / "far away"
    mounts.write_text(
        "1 0 8:1 / / rw - ext4 /dev/a rw\n"
        + f"2 1 0:9 / {far} rw - nfs4 host:/x rw\n".replace("r a", r"r\040a"),
        encoding="utf-8",
    )
    monkeypatch.setattr(place, "MOUNTS", mounts)
    assert place.file_system(far / "w") == "nfs4"
    assert place.file_system(tmp_path) == "ext4"
    far.mkdir()
    assert by_name(place.place(far / "w"))["file system"].state == "warning"
    monkeypatch.setattr(place, "MOUNTS", tmp_path / "none")
    assert place.file_system(far) == ""


@pytest.mark.parametrize(
    ("requirement", "told"),
    [
        ("msgspec", ""),
        ("msgspec>=0.1,<99", ""),
        ("msgspec[toml]>=0.1 ; python_version > '3'", ""),
        ("msgspec>=99", "msgspec is"),
        ("msgspec<0.1", "msgspec is"),
        ("no-such-package>=1", "no-such-package is missing"),
    ],
)
def test_a_package_that_will_not_do_is_named(requirement: str, told: str) -> None:
    """Missing, too old or too new."""
    found = machine.unfit(requirement)
    assert found.startswith(told)
    assert bool(found) == bool(told)


def test_a_missing_package_ends_the_looking(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What needs it could not even be imported; the table is told up to there."""
    monkeypatch.setattr(machine, "requires", lambda _: ["no-such-package>=1"])
    signs = list(examine(tmp_path / "w"))
    assert by_name(signs)["packages"].state == "problem"
    assert signs[-1].of == "time zones"


def test_a_python_that_is_too_old_or_new_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """With those that will do."""
    monkeypatch.setattr(sys, "version_info", (3, 9, 0))
    assert by_name(machine.machine())["Python"].state == "problem"
    monkeypatch.setattr(platform, "python_version", lambda: "3.9.0")
    assert "3.9.0" in by_name(machine.machine())["Python"].found


def test_a_shipped_file_that_was_changed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One byte is enough; a missing one is named, too, and a manifest that is none."""
    models = tmp_path / "models"
    for name in ("signals-1", "names-1", "topics-1"):
        shutil.copytree(shipped.model_path(name), models / name)
    monkeypatch.setattr(shipped, "model_path", lambda name: models / name)
    assert by_name(machine.machine())["shipped models"].state == "ok"
    (models / "names-1" / "words.txt").open("a", encoding="utf-8").close()
    assert shipped.changed_files()[1] == []
    with (models / "names-1" / "words.txt").open("a", encoding="utf-8") as file:
        file.write("x")
    (models / "signals-1" / "signals.toml").unlink()
    (models / "topics-1" / "manifest.json").write_text("{", encoding="utf-8")
    sign = by_name(machine.machine())["shipped models"]
    assert sign.state == "problem"
    assert "names-1/words.txt, signals-1/signals.toml, topics-1/manifest.json" in sign.found


@pytest.mark.parametrize(
    ("limit", "state"), [("500000000", "problem"), ("2000000000", "warning"), ("max", "ok")]
)
def test_the_memory_of_a_container_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, state: str
) -> None:
    """The smaller of machine and limit."""
    (tmp_path / "memory.max").write_text(f"{limit}\n", encoding="ascii")
    monkeypatch.setattr(machine, "CGROUP", tmp_path / "memory.max")
    monkeypatch.setattr(os, "sysconf", lambda name: 4096 if "SIZE" in name else 2**22)
    assert by_name(machine.machine())["memory"].state == state


def test_the_command_answers_with_a_table_or_json_and_its_exit_code(
    call: Call, tmp_path: Path, kept: Kept
) -> None:
    """0 where a night could begin, else 2."""
    good = call("doctor", kept.export, "--workspace", kept.workspace)
    assert good.code == 0
    assert "verbatim = Comment" in " ".join(good.out.split())
    bad = call("doctor", tmp_path / "none.csv", "--workspace", tmp_path / "w", "--json")
    assert bad.code == 2
    assert json.loads(bad.out)[-1] | {"found": ""} == {
        "of": "export",
        "state": "problem",
        "found": "",
        "mend": "check the path",
    }
