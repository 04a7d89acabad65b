"""What the codes say: counts, saturation, and the paradigm model with its evidence."""
