"""Speed, accuracy, start-up time and robustness: one question per file, all run by `python -m benchmarks`."""
