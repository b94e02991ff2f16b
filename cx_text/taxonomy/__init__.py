"""People's edits to themes, and the themes that people see once all edits are replayed.

The model knows *raw* themes; they change when it learns again. Edits are kept beside it and replayed
over whatever it knows, so that what people said of a theme holds after every run and every refit.
"""

from cx_text.taxonomy.correcting import corrected
from cx_text.taxonomy.edit import Action, Edit, in_force, undone
from cx_text.taxonomy.objections import checked, theme_named
from cx_text.taxonomy.replaying import Taxonomy, replay

__all__ = [
    "Action",
    "Edit",
    "Taxonomy",
    "checked",
    "corrected",
    "in_force",
    "replay",
    "theme_named",
    "undone",
]
