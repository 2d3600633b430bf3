"""Contrasts: what endpoints of all arms, subjects and parameter draws say about one arm against another."""
