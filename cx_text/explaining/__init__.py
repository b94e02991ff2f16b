"""Where a number comes from: formula, parameters and the comments behind it, in facts and in words.

Nothing is looked up in reports. Every number is computed again from the rows, mentions, model and edits
that the workspace holds, so an explanation is a check of the report, too.
"""

from cx_text.explaining.finding import explain_agent, explain_issue
from cx_text.explaining.source import Source, read_source
from cx_text.explaining.telling import in_words
from cx_text.explaining.theme import explain_theme
from cx_text.explaining.verbatim import explain_verbatim

__all__ = [
    "Source",
    "explain_agent",
    "explain_issue",
    "explain_theme",
    "explain_verbatim",
    "in_words",
    "read_source",
]
