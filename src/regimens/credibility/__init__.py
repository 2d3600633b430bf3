"""How far the models can be trusted: published orderings, verdicts when another model is true, verdicts before any data."""
