"""How good it is: cases, checks and benchmarks."""
