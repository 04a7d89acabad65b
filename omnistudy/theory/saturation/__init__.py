"""When new codes stop coming, and how many more there may be."""
