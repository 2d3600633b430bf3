"""A study: a scenario resolved once, its tasks, what they gave, and the comparison of its arms."""
