"""The analysis of codes: what each carries, and which stand together."""
