"""Figures drawn by our own hand as SVG with text as text; one module per kind of picture."""
