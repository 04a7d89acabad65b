"""The result: sentences, tables, pictures, and the ratings as a file."""
