"""Every coefficient, its large-sample error, and the one registry."""
