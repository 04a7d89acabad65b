"""Other programs' own files, one module per program, and the database tables that they hold alike."""
