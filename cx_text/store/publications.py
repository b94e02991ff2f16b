"""What a workspace keeps of what its runs published: the findings, and the hash of each file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cx_text.store.disk import damaged, make_folder, point
from cx_text.store.history import History
from cx_text.store.opening import REPORTS
from cx_text.store.seal import sha256_of
from cx_text.store.told import Told

LATEST = "latest"


class Publications(History):
    """The reports of a workspace, as far as it can vouch for them."""

    def report_folder(self, run_id: str) -> Path:
        """Return the folder for what a run publishes, made if it was not there.

        Raises:
            WorkspaceError: E_DAMAGED, a link lies in its place.
        """
        folder = self.path / REPORTS / run_id
        if folder.is_symlink():
            raise damaged(folder, "a link lies where reports belong")
        return make_folder(folder)

    def publish_latest(self, run_id: str) -> None:
        """Let ``reports/latest`` lead to the folder of a run."""
        point(self.path / REPORTS / LATEST, run_id)

    def keep_told(self, run_id: str, told: Told) -> None:
        """Keep what a run found, so that its reports can be told again."""
        self.change("INSERT OR REPLACE INTO told (run_id, findings) VALUES (?, ?)", (run_id, told.to_bytes()))

    def told(self, run_id: str) -> Told | None:
        """Return what a run found, None for a run of an older version, which did not keep it."""
        kept = self.select("SELECT findings FROM told WHERE run_id = ?", (run_id,))
        return Told.from_bytes(kept[0][0]) if kept else None

    def note_published(self, run_id: str, files: Iterable[Path]) -> None:
        """Remember what lies in the folder of a run: these files, as they are."""
        with self.transaction():
            self.change("DELETE FROM published WHERE run_id = ?", (run_id,))
            self.change_many(
                "INSERT INTO published (run_id, name, sha256) VALUES (?, ?, ?)",
                ((run_id, file.name, sha256_of(file)) for file in files),
            )

    def published(self) -> dict[str, dict[str, str]]:
        """Return the hash of each file by its name, by run."""
        found: dict[str, dict[str, str]] = {}
        statement = "SELECT run_id, name, sha256 FROM published ORDER BY run_id, name"
        for run_id, name, digest in self.select(statement):
            found.setdefault(run_id, {})[name] = digest
        return found

    def is_intact(self, run_id: str) -> bool:
        """Return whether all that a run published still lies in its folder, unchanged."""
        folder, files = self.path / REPORTS / run_id, self.published().get(run_id, {})
        return bool(files) and all(is_file(folder / name, digest) for name, digest in files.items())


def is_file(path: Path, digest: str) -> bool:
    """Return whether a real file with this hash lies at `path`."""
    return path.is_file() and not path.is_symlink() and sha256_of(path) == digest
