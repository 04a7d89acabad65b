"""What a study says of its own quality, as data."""
