"""How help is set: options in groups, then files, examples, exit codes and related commands.

Plain text, and made only when help is asked for: decorated help doubles the start-up time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from omnistudy.cli.completion import complete_values
from omnistudy.cli.help_page import HelpPage
from omnistudy.cli.help_pages import GROUP_SHORT, HELP_PAGES, PATH_OF_WORK

_OWN = "Options"
_LAST = "Output"
_GROUPS: dict[str, tuple[str, ...]] = {
    "Intervals and chance": (
        "ci", "cluster", "confidence", "resamples", "permutations", "bootstrap", "decoys", "seed",
    ),
    "What is compared": (
        "unit", "level", "min_overlap", "round", "by", "units", "compare_rounds", "compare_coders", "retest",
    ),
    "Tables without a study": ("weights_kind", "categories", "length", "counts"),
    "How files are read": ("offsets", "strict", "split", "encoding", "map_", "keep_twins", "coder_from"),
    "Records": ("records", "columns", "map", "zone", "engine", "calendar", "since", "until"),
    "Further files": ("ratings", "plot", "diagram", "export", "register"),
    _LAST: ("format", "output", "lang", "quiet", "debug", "help", "version"),
}  # fmt: skip
_GROUP_OF = {name: title for title, names in _GROUPS.items() for name in names}
_ELSEWHERE = {
    ("agreement", "sheet"): "Further files",
    ("paradigm", "strict"): _OWN,
    ("plan agreement", "confidence"): _OWN,
    ("suggest codes", "unit"): _OWN,
    ("suggest codes", "level"): _OWN,
    ("saturation", "level"): _OWN,
    ("codes", "level"): _OWN,
    ("codes", "unit"): _OWN,
    ("crm journeys", "unit"): _OWN,
    ("crm metrics", "by"): _OWN,
}
"""Options whose name means something else in one command, to their group there."""

_EXITS = {
    0: "done; refusals and undefined values are answers too",
    2: "bad input or usage; nothing was written",
    3: "a fault of omnistudy",
    130: "interrupted",
}


def path_of(context: Any) -> str:
    """Return the command as it is typed after ``omnistudy``."""
    names: list[str] = []
    while context.parent is not None:
        names.insert(0, str(context.info_name))
        context = context.parent
    return " ".join(names)


class HelpCommand(TyperCommand):
    """A command whose help is a page: options in groups, files, examples, exit codes, related commands.

    Its parameters offer their values to the shell's completion.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        complete_values(self.params)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Newer frameworks put brackets around an argument that says itself that it can be left out."""
        return [re.sub(r"^\[(\[.*\])\]$", r"\1", piece) for piece in super().collect_usage_pieces(ctx)]

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """The sentence of the command, then the paragraphs of its page."""
        super().format_help_text(ctx, formatter)
        page = HELP_PAGES.get(path_of(ctx))
        if page is not None and page.about:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(page.about)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments, the command's own options, then groups in one order everywhere."""
        command = path_of(ctx)
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is None:
                continue
            name = str(param.name)
            title = _ELSEWHERE.get((command, name), _GROUP_OF.get(name, _OWN))
            if param.param_type_name == "argument":
                title = "Arguments"
            sections.setdefault(title, []).append(record)
        for title in ("Arguments", _OWN, *_GROUPS):
            if title in sections:
                with formatter.section(title):
                    formatter.write_dl(sections[title])

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Everything that a page of a manual says after the options."""
        page = HELP_PAGES.get(path_of(ctx))
        if page is not None:
            _write_page(page, formatter)


class HelpGroup(TyperGroup):
    """A group whose commands are listed under headings, in the order of the work."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands; those without a place come last, and a test says that there are none."""
        path = path_of(ctx)
        left = dict.fromkeys(self.list_commands(ctx))
        headings = PATH_OF_WORK if not path else ()
        for title, names in (*headings, ("Commands", tuple(left))):
            rows = [
                (name, _short(f"{path} {name}".strip(), self.commands[name]))
                for name in names
                if name in left
            ]
            for name, _ in rows:
                del left[name]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Where to begin, or what the commands of a group have in common."""
        if path_of(ctx):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(
                    f"Each has its own help with examples: {ctx.command_path} COMMAND --help"
                )
            return
        with formatter.section("Try it"):
            _write_examples(_BEGINNING, formatter)
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), text) for code, text in _with_missed("a threshold was missed")])


_BEGINNING = (
    ("omnistudy new demo --demo", "a copy of the demonstration study, which is synthetic"),
    ("omnistudy run demo", "analyse all of it and write reports/maskan-demo/report.html"),
    ("omnistudy agreement --help", "every command has a page with examples"),
)


def _short(path: str, command: Any) -> str:
    if path in GROUP_SHORT:
        return GROUP_SHORT[path]
    page = HELP_PAGES.get(path)
    return str(command.get_short_help_str(70)) if page is None else page.short


def _with_missed(missed: str | None) -> Iterator[tuple[int, str]]:
    exits = _EXITS if missed is None else {**_EXITS, 1: missed}
    yield from sorted(exits.items())


def _write_examples(examples: tuple[tuple[str, str], ...], formatter: Any) -> None:
    """Commands are never wrapped, so that they can be copied."""
    indent = " " * formatter.current_indent
    for command, meaning in examples:
        formatter.write(f"{indent}{command}\n{indent}    {meaning}\n")


def _write_page(page: HelpPage, formatter: Any) -> None:
    with formatter.section("Files"):
        formatter.write_dl([("Reads", page.reads), ("Writes", page.writes)])
    with formatter.section("Examples"):
        _write_examples(page.examples, formatter)
    with formatter.section("Exit codes"):
        formatter.write_dl([(str(code), text) for code, text in _with_missed(page.missed)])
    with formatter.section("See also"):
        formatter.write_text(", ".join(f"omnistudy {other}" for other in page.see))


def set_help(app: typer.Typer) -> None:
    """Give every command and group of ``app`` its page; called once all are registered."""
    for command in app.registered_commands:
        command.cls = HelpCommand
    for group in app.registered_groups:
        group.cls = HelpGroup
        if group.typer_instance is not None:
            set_help(group.typer_instance)
