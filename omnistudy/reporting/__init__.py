"""What reviewers ask of a report: checklists filled from the study, the trace table, privacy."""
