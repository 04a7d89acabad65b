"""Other programs' files and a study, in both directions: readers and writers, then what becomes of the study."""
