"""One row per metric: value, interval, definition, or why there is none."""
