"""Open-ended service comments in; ranked themes, tied to channels and agents, out."""
