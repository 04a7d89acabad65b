"""A copy of a study with reviewed words replaced, its quotations carried over and verified again."""
