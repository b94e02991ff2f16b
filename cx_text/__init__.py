"""Open-ended service comments in; ranked themes, tied to channels and agents, out.

    import cx_text
    result = cx_text.analyze("export.csv")
    result.themes

Names are imported when they are first asked for: `import cx_text` itself is quick.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

# Read by onnxruntime when it is loaded: else it reports to its maker, and keeps an id of the machine at home.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

if TYPE_CHECKING:
    from cx_text.account import __version__
    from cx_text.api import Pipeline, analyze, fit, load, save
    from cx_text.config import Config, load_config, make_config
    from cx_text.errors import (
        ConfigError,
        CxTextError,
        InputError,
        LockedError,
        ResourceError,
        UsageError,
        WorkspaceError,
    )
    from cx_text.records import Findings, Result, Scored

__all__ = [
    "Config",
    "ConfigError",
    "CxTextError",
    "Findings",
    "InputError",
    "LockedError",
    "Pipeline",
    "ResourceError",
    "Result",
    "Scored",
    "UsageError",
    "WorkspaceError",
    "__version__",
    "analyze",
    "fit",
    "load",
    "load_config",
    "make_config",
    "save",
]

_ROOMS = {
    "account": ("__version__",),
    "api": ("Pipeline", "analyze", "fit", "load", "save"),
    "config": ("Config", "load_config", "make_config"),
    "records": ("Findings", "Result", "Scored"),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    """Return a public name from the room it lives in; errors live in `cx_text.errors`."""
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"cx_text.{_HOME.get(name, 'errors')}"), name)
