"""The words of imports and merges, explained."""

from __future__ import annotations

from omnistudy.results import Term, msg

FORMAT_TERMS: tuple[Term, ...] = (
    Term(
        name="excerpt",
        title=msg("Excerpt"),
        text=msg(
            "Statements that came without running text, one paragraph each. Their order and what lies between them are "
            "unknown, so the unit of analysis is the quotation."
        ),
    ),
    Term(
        name="offset dialect",
        title=msg("Offset dialect"),
        text=msg(
            "How a program counts positions in a text: in characters, UTF-16 units or UTF-8 bytes, a line end as one or "
            "two, the byte order mark counted or not, the end included or not. An import starts from the program's habit "
            "and leaves it only when another way fits the stored words clearly better."
        ),
        aliases=("offsets", "dialect"),
    ),
    Term(
        name="snippet",
        title=msg("Snippet"),
        text=msg(
            "The words that a file stores beside the positions of a coding. An import compares them with the text it "
            "found there and says how many of how many are the same."
        ),
        aliases=(
            "verified",
            "exact",
            "shifted",
            "located",
            "ambiguous",
            "unverified",
            "failed",
            "normalised",
        ),
    ),
    Term(
        name="realignment",
        title=msg("Realignment"),
        text=msg(
            "Positions carried over to a slightly different text of the same name, by a comparison of the two; refused "
            "below 95 % of equal characters. Every carried quotation is marked and checked again."
        ),
    ),
    Term(
        name="conservation",
        title=msg("Conservation of codings"),
        text=msg(
            "After a merge the codings of all files are either in the study, exact duplicates of one that is, or listed "
            "as refused with the reason. A merge whose counts do not add up writes nothing."
        ),
        formula="codings in = held + duplicates + refused",
    ),
    Term(
        name="stock name",
        title=msg("Stock name"),
        text=msg(
            "A coder's name that a program gives to whoever uses it, such as admin or default. Two files with the same "
            "stock name are not one coder, so a name has to be given."
        ),
    ),
    Term(
        name="twin",
        title=msg("Twin"),
        text=msg(
            "A category and a code of the same name, left by programs that cannot code with a category. They are read as "
            "one code with children."
        ),
    ),
)
