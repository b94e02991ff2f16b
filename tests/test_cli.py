"""The command: exit codes, one line for an error, stdout for the answer and nothing else."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from build_export import comments, small_rows, write_export
from flow import Answer, Call, Kept

from cx_text import nightly
from cx_text.cli import guarded, with_columns
from cx_text.config import Config
from cx_text.errors import ResourceError, UsageError
from cx_text.store import Workspace

ERROR = re.compile(r"error: [A-Z_0-9]+[^\n]*: [^\n]+; [^\n]+\n")


def failed(answer: Answer, code: int, *words: str) -> None:
    """Check that a command failed with `code` and one line that holds `words`, and answered nothing."""
    assert answer.code == code, answer
    assert answer.out == ""
    assert ERROR.fullmatch(answer.err), answer.err
    assert all(word in answer.err for word in words), answer.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bogus"],
        ["run"],
        ["run", "x.csv", "--bogus"],
        ["run", "x.csv", "--workers", "0"],
        ["run", "x.csv", "--workers", "many"],
        ["run", "x.csv"],
        ["score", "x.csv"],
        ["export"],
        ["export", "bogus"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_exit_2_and_one_line(
    call: Call, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the parser of flags finds the mistake; nothing is made."""
    monkeypatch.chdir(tmp_path)
    failed(call(*arguments), 2)


@pytest.mark.parametrize(
    ("flag", "word"), [("nonsense", "E_MAP"), ("bogus=Comment", "E_MAP"), ("verbatim=", "E_MAP")]
)
def test_a_wrong_map_is_exit_2(call: Call, kept: Kept, tmp_path: Path, flag: str, word: str) -> None:
    """The error shows the flag and what could be mapped."""
    failed(
        call("run", kept.export, "--map", flag, "--workspace", tmp_path / "w"), 2, word, flag, "verbatim_id"
    )
    assert not (tmp_path / "w").exists()


def test_map_flags_go_over_the_columns_of_the_config() -> None:
    """A header may hold an equals sign; both places work together."""
    config = with_columns(Config(columns={"agent": "A", "team": "T"}), ["agent=Who = it"])
    assert config.columns == {"agent": "Who = it", "team": "T"}
    with pytest.raises(UsageError, match="agnt=A"):
        with_columns(Config(), ["agnt=A"])


def test_a_map_to_a_header_that_is_not_there_rejects_the_file(call: Call, kept: Kept, tmp_path: Path) -> None:
    """A renamed column is exit 3: it is the file that changed."""
    answer = call("run", kept.export, "--map", "verbatim=Nope", "--workspace", tmp_path / "w")
    assert answer.code == 3
    assert answer.err.count("E_MISSING_COLUMN") == 1


def test_two_columns_that_could_be_the_comment_name_the_flag(call: Call, tmp_path: Path) -> None:
    """An ambiguous guess is an error, not a choice."""
    rows = [{"id": "1", "feedback": "My refund is late", "comment": "The app crashes"}]
    export = write_export(tmp_path / "a.csv", rows)
    failed(call("run", export, "--workspace", tmp_path / "w"), 2, "--map")


@pytest.mark.parametrize("text", ["bogus = 1\nseed = -4", "[themes]\nminimun = 3", "not toml"])
def test_a_wrong_config_is_exit_2_and_names_all_mistakes(
    call: Call, kept: Kept, tmp_path: Path, text: str
) -> None:
    """In one go, with the nearest key."""
    (tmp_path / "c.toml").write_text(text, encoding="utf-8")
    answer = call("run", kept.export, "--config", tmp_path / "c.toml", "--workspace", tmp_path / "w")
    failed(answer, 2, "c.toml")
    assert "bogus" not in text or ("bogus" in answer.err and "seed" in answer.err)
    assert "minimun" not in text or "themes.minimum" in answer.err


def test_an_empty_file_is_exit_3_and_the_rest_is_taken(call: Call, tmp_path: Path) -> None:
    """The answer still stands on stdout, the error on stderr."""
    (tmp_path / "a.csv").write_bytes(b"")
    export = write_export(tmp_path / "b.csv", small_rows(15))
    answer = call("run", tmp_path / "a.csv", export, "--workspace", tmp_path / "w", "--json")
    assert answer.code == 3
    assert json.loads(answer.out)["ledger"]["accepted"] == 15
    assert [line for line in answer.err.splitlines() if "E_EMPTY" in line] == [
        "error: E_EMPTY a.csv: the file holds no bytes; export it again"
    ]


@pytest.mark.parametrize(
    "arguments", [["status"], ["digest"], ["refit"], ["score", "-"], ["export", "verbatims"]], ids=" ".join
)
def test_no_workspace_is_exit_4(call: Call, tmp_path: Path, arguments: list[str]) -> None:
    """And it is not made by looking."""
    failed(call(*arguments, "--workspace", tmp_path / "w"), 4, "E_NO_WORKSPACE")
    assert not (tmp_path / "w").exists()


def test_a_folder_of_somebody_else_is_no_workspace(call: Call, kept: Kept, tmp_path: Path) -> None:
    """Nothing is written among other people's files."""
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    failed(call("run", kept.export, "--workspace", tmp_path), 4, "E_NOT_A_WORKSPACE")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_damaged_model_is_exit_4_and_never_used(call: Call, copied: Path) -> None:
    """One byte is enough."""
    [model] = (copied / "models").iterdir()
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    failed(call("score", "-", "--workspace", copied, stdin=b"fine\n"), 4, "E_DAMAGED")
    answer = call("run", "-", "--workspace", copied, stdin=b"id,comment\n1,My refund is late\n")
    failed(answer, 4, "E_DAMAGED")


def test_a_second_writer_is_exit_5_while_readers_read(call: Call, copied: Path, kept: Kept) -> None:
    """One writer; looking is free."""
    with Workspace.open(copied, write=True):
        failed(call("run", kept.export, "--workspace", copied), 5, "E_LOCKED")
        assert call("status", "--workspace", copied).code == 0


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (MemoryError(), 6, "E_MEMORY"),
        (ResourceError("E_DISK", "the disk is full", "free space"), 6, "E_DISK"),
        (OSError(28, "No space left on device"), 6, "E_DISK"),
        (OSError(27, "File too large"), 6, "E_DISK"),
        (OSError(12, "Cannot allocate memory"), 6, "E_MEMORY"),
        (ImportError("x.so: failed to map segment from shared object"), 6, "E_MEMORY"),
        (RuntimeError("can't start new thread"), 6, "E_MEMORY"),
        (RuntimeError("My refund is late"), 1, "E_BUG: RuntimeError"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_every_error_has_its_code_and_no_comment_text(
    call: Call, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, word: str
) -> None:
    """Promise 41: what a bug says of itself may hold a comment, so only its kind is told."""
    monkeypatch.setattr(nightly, "run", raising(error))
    answer = call("run", "a.csv")
    failed(answer, code, word)
    assert "refund" not in answer.err


def raising(error: BaseException) -> Callable[..., None]:
    """Return a function that raises `error`."""

    def fail(*_: object) -> None:
        raise error

    return fail


def test_control_c_is_exit_130(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word, as the shell expects."""
    monkeypatch.setattr(nightly, "run", raising(KeyboardInterrupt()))
    assert call("run", "a.csv") == Answer(130, "", "")


def test_debug_tells_where_an_error_comes_from(call: Call, tmp_path: Path) -> None:
    """Where it is asked for, and only there; the line of the error comes last."""
    answer = call("--debug", "run", tmp_path / "nothing.csv", "--workspace", tmp_path / "w")
    assert answer.code == 2
    assert re.search(r'File ".*intake.py", line \d+, in read_all', answer.err)
    assert answer.err.splitlines()[-1].startswith("error: ")
    failed(call("run", tmp_path / "nothing.csv", "--workspace", tmp_path / "w"), 2)


def test_a_traceback_holds_no_comment_text(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 41: places in the code and kinds of errors are told, what they say is not, causes included."""

    def fail(*_: object) -> None:
        try:
            raise KeyError("My refund is late")  # noqa: TRY301
        except KeyError as error:
            raise RuntimeError("My parcel is lost") from error

    monkeypatch.setattr(nightly, "run", fail)
    answer = call("--debug", "run", "a.csv")
    assert answer.code == 1
    assert {"RuntimeError", "KeyError"} <= set(answer.err.splitlines())
    assert "refund" not in answer.err.replace('raise KeyError("My refund is late")', "")
    assert "parcel" not in answer.err.replace('raise RuntimeError("My parcel is lost")', "")


def test_control_characters_do_not_reach_the_terminal(call: Call, tmp_path: Path) -> None:
    """Promise 34: no forged lines, no moved cursor."""
    answer = call("run", tmp_path / "a\x1b[2Jb\nerror: forged.csv", "--workspace", tmp_path / "w")
    assert answer.code == 2
    assert "\x1b" not in answer.err
    assert answer.err.count("\n") == 1


def test_run_answers_on_stdout_and_remarks_on_stderr(call: Call, tmp_path: Path) -> None:
    """The table, the ledger and the page; the mapping and what the workspace held go to stderr."""
    export = write_export(tmp_path / "a.csv", small_rows(15))
    answer = call("run", export, "--workspace", tmp_path / "w")
    assert answer.code == 0
    assert "read 15, accepted 15, quarantined 0, duplicate 0, updated 0" in answer.out
    assert answer.out.splitlines()[-1].endswith("R000001/report.html")
    assert "held 0 rows" in answer.err
    assert "verbatim = Comment" in answer.err
    assert not any(row["Comment"] in answer.err for row in small_rows(15))
    again = call("run", export, "--workspace", tmp_path / "w")
    assert "nothing new" in again.out
    assert "held 15 rows" in again.err


def test_the_json_answer_is_the_record_and_nothing_else(call: Call, kept: Kept, copied: Path) -> None:
    """A program reads stdout whole."""
    answer = call("run", kept.export, "--workspace", copied, "--json")
    told = json.loads(answer.out)
    assert answer.code == 0
    assert told.pop("output") == str(copied / "reports" / "R000001")
    assert told == json.loads((kept.output / "run.json").read_text(encoding="utf-8"))


def test_refit_answers_like_run(call: Call, copied: Path, tmp_path: Path) -> None:
    """With its own run, and the folder that was asked for."""
    answer = call("refit", "--workspace", copied, "--output", tmp_path / "out", "--json")
    assert answer.code == 0
    assert json.loads(answer.out)["run_id"] == "R000002"
    assert (tmp_path / "out" / "report.html").is_file()


@pytest.mark.parametrize(
    "data", [b"id,comment\n1,My refund is late\n", b'{"id": "1", "comment": "My refund is late"}\n']
)
def test_standard_input_is_csv_or_json_lines(call: Call, tmp_path: Path, data: bytes) -> None:
    """`-` needs no file."""
    answer = call("run", "-", "--workspace", tmp_path / "w", "--json", stdin=data)
    assert answer.code == 0
    assert json.loads(answer.out)["ledger"]["accepted"] == 1


def test_nothing_on_standard_input_is_an_empty_file(call: Call, tmp_path: Path) -> None:
    """As a file without bytes."""
    answer = call("run", "-", "--workspace", tmp_path / "w")
    assert answer.code == 3
    assert "error: E_EMPTY -:" in answer.err


def test_score_answers_a_json_line_a_verbatim(call: Call, kept: Kept) -> None:
    """And keeps stderr clean."""
    answer = call("score", "-", "--workspace", kept.workspace, stdin=b"My refund is late\nThe app crashes\n")
    assert answer.code == 0
    assert answer.err == ""
    assert [json.loads(line)["verbatim_id"] for line in answer.out.splitlines()] == ["1", "2"]


def test_export_writes_the_table_and_nothing_else(call: Call, kept: Kept) -> None:
    """The answer can be piped into another program."""
    answer = call("export", "mentions", "--workspace", kept.workspace, "--format", "csv")
    assert answer.code == 0
    assert answer.err == ""
    mentions = pd.read_parquet(kept.output / "mentions.parquet")
    assert len(pd.read_csv(io.StringIO(answer.out))) == len(mentions)


def test_status_says_what_is_held_in_words_and_json(call: Call, kept: Kept) -> None:
    """Both say the same."""
    told = json.loads(call("status", "--workspace", kept.workspace, "--json").out)
    assert told["rows"] == len(small_rows())
    assert told["runs"] == 1
    lines = dict(
        line.split(maxsplit=1) for line in call("status", "--workspace", kept.workspace).out.splitlines()
    )
    assert lines["rows"] == str(told["rows"])
    assert lines["model"] == told["model"]


def test_the_digest_holds_nothing_of_the_customers(call: Call, kept: Kept) -> None:
    """It is canonical JSON with its own hash."""
    told = json.loads(call("digest", "--workspace", kept.workspace).out)
    assert len(told["rows"]) == len(small_rows())
    assert not any("customer_id" in row for row in told["rows"])
    assert re.fullmatch("[0-9a-f]{64}", told["sha256"])


def test_the_version_and_the_help_need_no_command(call: Call) -> None:
    """Both answer on stdout with exit 0."""
    assert re.match(r"\d", call("--version").out)
    answer = call("--help")
    assert answer.code == 0
    assert all(name in answer.out for name in ("demo", "run", "refit", "score", "export", "status", "digest"))


def test_the_workspace_can_come_from_the_environment(
    call: Call, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`$CX_TEXT_WORKSPACE` stands in for the flag."""
    monkeypatch.setenv("CX_TEXT_WORKSPACE", str(kept.workspace))
    assert json.loads(call("status", "--json").out)["rows"] == len(small_rows())


def test_demo_makes_a_sample_export_and_runs_on_it(
    call: Call, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything lies in its folder; here the sample is the small export."""
    sample = tmp_path / "sample"
    sample.mkdir()
    (sample / "comments.csv").write_bytes(b"id,comment\n1,My refund is late\n")
    monkeypatch.setattr("cx_text.shipped.sample_path", lambda: sample)
    answer = call("demo", "--output", tmp_path / "demo", "--json")
    assert answer.code == 0
    assert json.loads(answer.out)["ledger"]["accepted"] == 1
    assert {path.name for path in (tmp_path / "demo").iterdir()} == {"comments.csv", "workspace", "report"}


def test_a_run_leaves_no_file_outside_workspace_and_output(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 35, for the folder that it is started in and for the home."""
    here, home = tmp_path / "here", tmp_path / "home"
    for folder in (here, home):
        folder.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(home))
    write_export(tmp_path / "a.csv", comments(["My refund is late"]))
    assert call("run", "../a.csv", "--workspace", "../w", "--output", "../out").code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"a.csv", "here", "home", "w", "out"}
    assert not [*here.iterdir(), *home.iterdir()]


def test_an_output_that_is_a_file_is_exit_2_and_nothing_is_kept(call: Call, tmp_path: Path) -> None:
    """The night is taken back with its reports."""
    export = write_export(tmp_path / "a.csv", small_rows(15))
    answer = call("run", export, "--workspace", tmp_path / "w", "--output", export)
    assert answer.code == 2
    assert json.loads(call("status", "--workspace", tmp_path / "w", "--json").out)["rows"] == 0
    assert call("run", export, "--workspace", tmp_path / "w").code == 0


def test_a_command_without_a_number_is_done() -> None:
    """`guarded` gives 0 for a plain return, and the number of one that has it."""
    assert guarded(lambda: None) == 0
    assert guarded(lambda: 3) == 3


COMMAND = (sys.executable, "-m", "cx_text")


def test_a_reader_that_has_read_enough_is_no_error(kept: Kept) -> None:
    """`cx-text digest | head -c 5` ends in peace."""
    command = [*COMMAND, "digest", "--workspace", str(kept.workspace)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(5) == b'{"row'
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_full_disk_behind_stdout_is_exit_6(kept: Kept) -> None:
    """An export that was cut is not called done."""
    with Path("/dev/full").open("wb") as full:
        command = [*COMMAND, "export", "verbatims", "--workspace", str(kept.workspace)]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 6
    assert ERROR.fullmatch(ended.stderr)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_stops_a_run_within_10_seconds_and_the_next_run_works(
    call: Call, tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    """Promise 23; the state is that of the night before."""
    export = write_export(tmp_path / "a.csv", small_rows(700))
    workspace = tmp_path / "w"
    command = [*COMMAND, "run", str(export), "--workspace", str(workspace)]
    heard = partial(signal.signal, sent, signal.SIG_DFL)  # a job in the background is born deaf to SIGINT
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heard,  # noqa: PLW1509  the child only sets a signal
    ) as process:
        while not (workspace / "reports").exists() and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(sent)
        began = time.monotonic()
        out, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert time.monotonic() - began < 10
    assert out == ""
    assert "Traceback" not in err
    assert json.loads(call("status", "--workspace", workspace, "--json").out)["rows"] == 0
    small = write_export(tmp_path / "b.csv", small_rows(15))
    assert call("run", small, "--workspace", workspace).code == 0
