"""``python -m omnistudy``."""

from omnistudy.cli.main import run

run()
