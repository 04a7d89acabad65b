"""The vocabulary of a study and the one door in."""
