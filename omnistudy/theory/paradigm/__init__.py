"""The Strauss–Corbin paradigm model with its evidence, and the rules it is held against."""
