"""What is wrong with a machine, a workspace, settings or exports, told before the night finds out."""

from cx_text.doctor.examine import examine
from cx_text.doctor.sign import PROBLEM, Sign

__all__ = ["PROBLEM", "Sign", "examine"]
