"""Adherence: how the plan of an arm becomes the doses that each subject really gets, and the ledger that says why."""
