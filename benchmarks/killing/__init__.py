"""What `benchmarks/kills.py` does: processes that are stopped, nights to stop, and what must hold afterwards."""
