"""Results as people and machines read them: terminal, JSON, CSV, Markdown, HTML and figures.

Renderers know the blocks of :mod:`omnistudy.results` and no statistics. They return text or bytes
and never write, print or exit.
"""
