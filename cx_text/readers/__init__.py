"""Where feedback comes from: one file a format, one table `READERS`.

Names are imported when they are first asked for: the child process that parses one untrusted file
(`cx_text.readers.child`) loads nothing that it does not need.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cx_text.readers.files import READERS, read_file, read_frame, read_stream
    from cx_text.readers.reading import Reading
    from cx_text.readers.sheet import Sheet
    from cx_text.readers.source import find_inputs

__all__ = ["READERS", "Reading", "Sheet", "find_inputs", "read_file", "read_frame", "read_stream"]

_HOME = {"Reading": "reading", "Sheet": "sheet", "find_inputs": "source"}


def __getattr__(name: str) -> Any:
    """Return a public name from the module it lives in, mostly `files`."""
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"cx_text.readers.{_HOME.get(name, 'files')}"), name)
