"""Further coders' files into a study: the same people, texts and codes recognised, every coding accounted for."""
