"""What the analysed codings add up to: the counts that every analysis of theory starts from."""
