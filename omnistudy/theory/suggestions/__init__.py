"""Questions to the researcher from how alike names and passages look; nothing is ever applied."""
