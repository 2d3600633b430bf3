"""How fast, how exact, how early and how robust: one question a file, all answered by `python -m benchmarks`."""
