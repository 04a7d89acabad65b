"""The report as a workbook: one tidy sheet per table, a list of the sheets, and what every column means."""
