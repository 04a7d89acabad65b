"""Where the results of a script come from."""

from __future__ import annotations

from typing import Protocol

from omnistudy import __version__
from omnistudy.results import InputFile, Provenance
from omnistudy.study.bare_table import BareTable


class Sourced(Protocol):
    """What was read from files and knows them, such as a study or customer records."""

    @property
    def inputs(self) -> tuple[InputFile, ...]:
        """The files, with their hashes."""

    @property
    def synthetic(self) -> bool:
        """Whether the data are made up."""


def provenance_of(
    *sources: Sourced | BareTable | InputFile, command: str = "", seed: int | None = 1
) -> Provenance:
    """Say what a result computed in a script or notebook rests on.

    Parameters
    ----------
    *sources
        Everything that was read: the study, customer records, tables, further files; nothing where
        numbers were typed in. Synthetic data put their watermark on the result.
    command
        What made the result, for example the name of the script.
    seed
        The seed given to the analysis, ``None`` where nothing is drawn.

    Returns
    -------
    Provenance
        With this version, and the files with their hashes.

    Examples
    --------
    >>> from omnistudy.study.bare_table import table_of_columns
    >>> table = table_of_columns({"unit": ["u1"], "sara": ["a"], "reza": ["b"]}, "ratings of May")
    >>> provenance = provenance_of(table, command="agreement.py")
    >>> provenance.seed, provenance.inputs[0].path, provenance.synthetic
    (1, 'ratings of May', False)

    The shipped demonstration study is synthetic, and so is all that comes of it:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> provenance_of(load_study(shipped_study())).synthetic
    True
    """
    inputs: list[InputFile] = []
    synthetic = False
    for source in sources:
        if isinstance(source, BareTable):
            inputs.append(source.source)
        elif isinstance(source, InputFile):
            inputs.append(source)
        else:
            inputs += source.inputs
            synthetic = synthetic or source.synthetic
    return Provenance(
        version=__version__, command=command, seed=seed, inputs=tuple(inputs), synthetic=synthetic
    )
