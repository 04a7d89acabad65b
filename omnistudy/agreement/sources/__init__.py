"""From a study or a bare table to ratings."""
