"""Canonical text and offsets, units of analysis, match keys for Persian and Arabic script."""
