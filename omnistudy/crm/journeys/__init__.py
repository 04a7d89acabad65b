"""How customers move between channels."""
