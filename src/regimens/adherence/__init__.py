"""Adherence: the doses that each subject gets where they differ from the plan, and the ledger that says why they do."""
