"""REFI-QDA projects and codebooks, read leniently and written valid against the schemas that lie here.

Modules in ``_writer`` write, with ``elements``; ``tags``, ``offsets`` and ``xml`` serve both ways; the rest read.
"""
