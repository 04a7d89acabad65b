"""The outermost door: commands are registered here, and errors become messages and exit codes."""

from __future__ import annotations

import json
import os
import sys
import traceback
from itertools import pairwise
from typing import Annotated

import typer

from omnistudy import __version__
from omnistudy.cli import (
    agreement_command,
    anonymize_command,
    audit_command,
    codes_command,
    compare_command,
    crm_command,
    explain_command,
    export_command,
    import_command,
    merge_command,
    paradigm_command,
    plan_command,
    report_commands,
    saturation_command,
    study_commands,
    suggest_command,
    verify_command,
)
from omnistudy.cli.exit_codes import ExitCode
from omnistudy.cli.help_command import HelpGroup, set_help
from omnistudy.errors import Problem, StudyError
from omnistudy.results import msg

# Typer's usage errors derive from a class that it does not export under a public name of its own.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]

app = typer.Typer(
    name="omnistudy",
    cls=HelpGroup,
    help="Rerun a grounded-theory study from its coded interviews, and see whether its model holds.",
    no_args_is_help=True,
    context_settings={"max_content_width": 100},
    # Plain help costs half the start-up time of decorated help.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for register in (
    study_commands.register,
    import_command.register,
    merge_command.register,
    anonymize_command.register,
    agreement_command.register,
    audit_command.register,
    plan_command.register,
    codes_command.register,
    saturation_command.register,
    suggest_command.register,
    paradigm_command.register,
    compare_command.register,
    crm_command.register,
    report_commands.register,
    verify_command.register,
    export_command.register,
    explain_command.register,
):
    register(app)
set_help(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"omnistudy {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Rerun a grounded-theory study from its coded interviews, and see whether its model holds."""


def run() -> None:
    """Entry point of the console script."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Run one command line and return its exit code; every error becomes a message here."""
    try:
        code = app(args=arguments, prog_name="omnistudy", standalone_mode=False)
    except Exception as error:
        return _explained(error, arguments)
    except KeyboardInterrupt:
        return _interrupted(arguments)
    if code == ExitCode.INTERRUPTED:
        # The framework answers the keyboard's interrupt with this code, and with no word.
        return _interrupted(arguments)
    return int(code) if isinstance(code, int) else ExitCode.DONE


def _interrupted(arguments: list[str]) -> int:
    from omnistudy.cli.messages import say
    from omnistudy.cli.problems import language_asked

    say(msg("Interrupted; nothing was left half-written."), language_asked(arguments))
    return ExitCode.INTERRUPTED


def _explained(error: Exception, arguments: list[str]) -> int:
    """Say what went wrong; a bug has an exit code of its own, or scripts would read it as low agreement."""
    match error:
        case StudyError():
            return _report(error.problems, arguments, error)
        case _UsageError():
            return _report([_usage_problem(error)], arguments, error)
        case typer.Abort():
            return _interrupted(arguments)
        case BrokenPipeError():
            # The reader of a pipe, for example head, has seen enough; flushing at exit must not complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return ExitCode.DONE
        case _:
            return _report_bug(error, arguments)


def _usage_problem(error: Exception) -> Problem:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "omnistudy"
    message = str(getattr(error, "format_message", lambda: str(error))())
    # The parser's own sentences may lack their end, and a remedy follows.
    what = message if message.endswith((".", "?", ")")) else f"{message}."
    return Problem(what=what, remedy=f"See: {command} --help")


def _report(problems: list[Problem] | tuple[Problem, ...], arguments: list[str], error: Exception) -> int:
    if "--debug" in arguments:
        traceback.print_exception(error)
    if _wants_json(arguments):
        _print_json(problems)
    else:
        from omnistudy.cli.problems import language_asked, problem_lines

        sys.stderr.write("\n".join(problem_lines(problems, language_asked(arguments))) + "\n")
    return ExitCode.BAD_INPUT


def _report_bug(error: Exception, arguments: list[str]) -> int:
    if "--debug" in arguments:
        traceback.print_exception(error)
    problem = Problem(
        what=f"omnistudy met a fault of its own: {type(error).__name__}: {error}",
        remedy="Run it again with --debug and report the traceback; check it for transcript text first.",
    )
    if _wants_json(arguments):
        _print_json([problem])
    else:
        from omnistudy.cli.problems import language_asked, problem_lines

        sys.stderr.write("\n".join(problem_lines([problem], language_asked(arguments))) + "\n")
    return ExitCode.BUG


def _wants_json(arguments: list[str]) -> bool:
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def _print_json(problems: list[Problem] | tuple[Problem, ...]) -> None:
    rows = [
        {
            "severity": str(problem.severity),
            "file": problem.file,
            "row": problem.row,
            "column": problem.column,
            "what": problem.what,
            "remedy": problem.remedy,
        }
        for problem in problems
    ]
    sys.stdout.write(
        json.dumps({"schema": "omnistudy.error/1", "problems": rows}, ensure_ascii=False, indent=2) + "\n"
    )
