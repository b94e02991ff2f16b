"""What `benchmarks/themes.py` measures: one file a table, beside the sets, the methods and the measures."""
