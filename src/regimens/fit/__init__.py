"""Fitting models to published responses, and checking them on others."""
