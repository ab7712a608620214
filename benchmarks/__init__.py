"""Benchmarks of the product against common alternatives, on the same data in the same process."""
