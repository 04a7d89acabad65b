"""omnistudy: rerun a grounded-theory study from its coded interviews."""

__version__ = "0.1.0"
