"""Ratings, what is counted of them, and what a coefficient asks of the counts."""
