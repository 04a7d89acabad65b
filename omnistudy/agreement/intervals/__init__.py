"""Standard errors and confidence limits from replicates."""
