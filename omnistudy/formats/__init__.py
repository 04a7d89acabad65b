"""Other programs' files and a study, in both directions: one module per program, one registry."""
