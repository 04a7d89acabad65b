"""The command line: parse, load, compute, emit. The only room that prints, writes files or exits."""
