"""Customer records from files: their tables, the SQL that reads them, and the engine that runs it."""
