"""What `benchmarks/kills.py` does: nights to stop, how they are stopped, and what must hold afterwards."""
