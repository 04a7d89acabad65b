"""What other programs and packages say of the same ratings."""
