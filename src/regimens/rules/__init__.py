"""Rules: doses that depend on what is measured. Their words, what they decide, the totals that they may lead to, and the doses
that each subject gets by them.
"""
