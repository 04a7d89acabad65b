"""The report as a Word document: real headings, numbered tables and figures, both directions of writing."""
