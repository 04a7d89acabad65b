"""Tables of codings: spreadsheets and text of any program, adjudication sheets, and codings as one wide table."""
