"""Coefficients of one scope: their rows, and how far the limits can be trusted."""
