"""Two rounds, two groups of coders, two passes of one coder."""
