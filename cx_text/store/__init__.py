"""What is kept between nights: one folder, the workspace, with state, models and reports."""

from cx_text.store.digest import digest_of_scored
from cx_text.store.state import FileRecord, RowState
from cx_text.store.workspace import Workspace

__all__ = ["FileRecord", "RowState", "Workspace", "digest_of_scored"]
