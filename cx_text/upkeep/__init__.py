"""The health of a workspace between nights: looked over, mended, copied."""

from cx_text.upkeep.backing import back_up
from cx_text.upkeep.checking import Fault, check
from cx_text.upkeep.repairing import Repair, repair

__all__ = ["Fault", "Repair", "back_up", "check", "repair"]
