"""A learned text model as bytes and back: arrays and JSON in one file, no pickle."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import msgspec
import numpy as np

from cx_text.config import Config
from cx_text.errors import WorkspaceError
from cx_text.records import CATALOGUE
from cx_text.scoring import TextModel
from cx_text.stages.calibration import Calibration
from cx_text.stages.themes import Change, Specialist, ThemeAssigner
from cx_text.stages.vectors import SpanFeatures
from cx_text.taxonomy import Edit

FORMAT = 3
_NO_MODEL = (
    ValueError,
    TypeError,
    AttributeError,
    KeyError,
    EOFError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
    msgspec.MsgspecError,
)
"""What foreign or damaged bytes make the readers of zip, array and JSON raise."""


def to_bytes(model: TextModel) -> bytes:
    """Return the model as an ``.npz`` file; equal models give equal bytes."""
    words: dict[str, Any] = {
        "format": FORMAT,
        "config": model.config,
        "templates": model.templates,
        "terms": model.features.terms,
        "themes": model.assigner.themes,
        "confidence": model.assigner.confidence,
        "catalogue": model.catalogue.to_dict("records"),
        "learned_from": model.learned_from,
        "roster": model.roster,
        "specialists": [
            {"theme_id": one.theme_id, "within": one.within, "phrases": one.phrases, "bias": one.bias}
            for one in model.specialists
        ],
        "edits": model.edits,
        "lineage": model.lineage,
        "seeded": model.seeded,
        "calibration": _told(model.calibration),
    }
    arrays: dict[str, Any] = {
        "words": np.frombuffer(msgspec.json.encode(words, order="deterministic"), dtype=np.uint8),
        "idf": model.features.idf,
        "weights": model.assigner.weights,
        "bias": model.assigner.bias,
        "leans": model.leans,
    }
    if model.calibration:
        arrays["calibration"] = model.calibration.weights
    arrays |= {f"specialist_{number}": one.weights for number, one in enumerate(model.specialists)}
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def _told(calibration: Calibration | None) -> dict[str, Any] | None:
    """Return what a calibration holds beside its weights."""
    if calibration is None:
        return None
    return {name: getattr(calibration, name) for name in ("learned_from", "before", "after", "gain")}


def from_bytes(data: bytes, where: str = "model") -> TextModel:
    """Return the model in `data`.

    Raises:
        WorkspaceError: the bytes are no model of ours, or of a newer format.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            words = msgspec.json.decode(arrays["words"].tobytes())
            if words["format"] > FORMAT:
                raise WorkspaceError("E_NEWER", "a newer version wrote it", "update cx-text", where)
            if words["format"] < FORMAT:
                raise WorkspaceError(
                    "E_OLDER", "an older version wrote it", "start a new workspace from your exports", where
                )
            return TextModel(
                config=msgspec.convert(words["config"], Config),
                templates=tuple(words["templates"]),
                features=SpanFeatures(tuple(words["terms"]), arrays["idf"]),
                assigner=ThemeAssigner(
                    arrays["weights"], arrays["bias"], words["themes"], words["confidence"]
                ),
                catalogue=CATALOGUE.frame(words["catalogue"]),
                leans=arrays["leans"],
                learned_from=words["learned_from"],
                roster=tuple(words["roster"]),
                specialists=tuple(
                    Specialist(
                        **(told | {"phrases": tuple(told["phrases"])}), weights=arrays[f"specialist_{number}"]
                    )
                    for number, told in enumerate(words["specialists"])
                ),
                edits=msgspec.convert(tuple(words["edits"]), tuple[Edit, ...]),
                lineage=msgspec.convert(tuple(words["lineage"]), tuple[Change, ...]),
                seeded=words["seeded"],
                calibration=words["calibration"]
                and Calibration(
                    **(words["calibration"] | {"gain": tuple(words["calibration"]["gain"])}),
                    weights=arrays["calibration"],
                ),
            )
    except _NO_MODEL:
        wrong, mend = "it is no model of cx-text", "give a file that `cx_text.save` wrote"
        raise WorkspaceError("E_MODEL", wrong, mend, where) from None
