"""What of imported projects a study does not have yet, and the tables that hold both: computed, not written."""
