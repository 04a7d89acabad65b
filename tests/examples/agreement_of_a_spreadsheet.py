"""Agreement of a sheet with one column per coder, as text and as a page: agreement_of_a_spreadsheet.py TABLE PAGE."""

import sys
from pathlib import Path

from omnistudy.agreement.analysis import agreement_of_table
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.sources.from_table import ratings_of_table
from omnistudy.render.context import RenderContext
from omnistudy.render.language import language
from omnistudy.render.registry import render
from omnistudy.study.bare_table import read_bare_table
from omnistudy.study.provenance import provenance_of

table = read_bare_table(sys.argv[1])
found = ratings_of_table(table)
provenance = provenance_of(table, command="agreement_of_a_spreadsheet.py")
result = agreement_of_table(found.ratings, AgreementOptions(), provenance, notes=found.notes)
print(render("table", [result], RenderContext(width=80)))
page = render("html", [result], RenderContext(language=language("fa")))
Path(sys.argv[2]).write_bytes(page.encode("utf-8") if isinstance(page, str) else page)
