"""Rules about codes and categories: what feeds them, and the roles they were given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from omnistudy.results import Message, listed, msg
from omnistudy.study.model import Role, RoleVote
from omnistudy.theory.paradigm.findings import Case, Remark, Weight
from omnistudy.theory.terms import count, role_name


def no_roles(case: Case) -> Iterable[Remark]:
    """Say that there is no model yet."""
    if not case.model.nodes:
        yield Remark("study", msg("No code has a role, so that there is no paradigm model yet."))


def no_phenomenon(case: Case) -> Iterable[Remark]:
    """Say that nothing stands in the middle."""
    if case.model.nodes and not case.model.in_role(Role.PHENOMENON):
        yield Remark(Role.PHENOMENON, msg("No category has the role of the phenomenon."))


def two_phenomena(case: Case) -> Iterable[Remark]:
    """Name the rivals for the core."""
    phenomena = case.model.in_role(Role.PHENOMENON)
    if len(phenomena) > 1:
        names = listed([node.id for node in phenomena])
        yield Remark(
            Role.PHENOMENON,
            msg(
                "{n} categories are the phenomenon, and there can be one: {ids}.",
                n=count(len(phenomena)),
                ids=names,
            ),
        )


def empty_role(case: Case) -> Iterable[Remark]:
    """Name roles without a category; a memo on the role says that it was looked for."""
    if not case.model.nodes:
        return
    for role in Role:
        if role is Role.PHENOMENON or case.model.in_role(role):
            continue
        memos = [memo.id for memo in case.study.memos if memo.target == "role" and memo.target_id == role]
        if memos:
            said = msg(
                "No category has the role {role}; it was looked for and not found ({memos}).",
                role=role_name(role),
                memos=listed(memos),
            )
            yield Remark(role, said, Weight.INFO)
        else:
            yield Remark(
                role,
                msg(
                    "No category has the role {role}, and no memo on the role says that it was looked for.",
                    role=role_name(role),
                ),
            )


def category_without_role(case: Case) -> Iterable[Remark]:
    """Name coded categories that have no place in the model."""
    if not case.model.nodes:
        return
    for node in case.model.unplaced:
        if node.grounding:
            yield Remark(node.id, msg("{code} is coded and has no role.", code=node.label))


def code_in_two_roles(case: Case) -> Iterable[Remark]:
    """Name codes whose role votes disagree, with the split."""
    for code, votes in votes_by_code(case).items():
        if len({vote.role for vote in votes}) > 1:
            yield Remark(
                code,
                msg(
                    "The coders see {code} in different roles: {split}.",
                    code=case.study.codebook[code].label,
                    split=vote_split(votes),
                ),
            )


def role_against_votes(case: Case) -> Iterable[Remark]:
    """Name codes whose agreed role has fewer votes than another role."""
    for code, votes in votes_by_code(case).items():
        agreed = case.study.codebook.role_of(code)
        tally = Counter(vote.role for vote in votes)
        if agreed is not None and tally[agreed] < max(tally.values()):
            yield Remark(
                code,
                msg(
                    "The codebook has {code} as {role}, but the votes are {split}.",
                    code=case.study.codebook[code].label,
                    role=role_name(agreed),
                    split=vote_split(votes),
                ),
            )


def role_within_category(case: Case) -> Iterable[Remark]:
    """Name codes whose own role is not that of the category that stands for them."""
    book = case.study.codebook
    for code in book:
        node = case.model.by_id.get(case.model.stands_in[code.id])
        if node is None or node.id == code.id or code.role is None or code.role is node.role:
            continue
        yield Remark(
            code.id,
            msg(
                "{code} has the role {own}, but its category {category} has {role}.",
                code=code.label,
                own=role_name(code.role),
                category=node.label,
                role=role_name(node.role),
            ),
        )


def role_without_rationale(case: Case) -> Iterable[Remark]:
    """Name categories whose role nobody gave a reason for."""
    if case.model.nodes and not case.study.role_votes:
        yield Remark("study", msg("No role votes are recorded, so that no role has a rationale."))
        return
    reasoned = {vote.code for vote in case.study.role_votes if vote.rationale.strip()}
    below: dict[str, set[str]] = {}
    for code, stands in case.model.stands_in.items():
        below.setdefault(stands, set()).add(code)
    for node in case.model.nodes:
        of_the_node = {node.id, *case.study.codebook.ancestors(node.id), *below[node.id]}
        if not reasoned & of_the_node:
            yield Remark(
                node.id,
                msg(
                    "No rationale is recorded for {code} as {role}.",
                    code=node.label,
                    role=role_name(node.role),
                ),
            )


def category_without_quotation(case: Case) -> Iterable[Remark]:
    """Name categories that nothing feeds."""
    for node in case.model.nodes:
        if not node.grounding:
            yield Remark(node.id, msg("No quotation feeds {code} in the analysis set.", code=node.label))


def category_from_one_interview(case: Case) -> Iterable[Remark]:
    """Name categories that a single interview feeds."""
    for node in case.model.nodes:
        if len(node.held_by) == 1:
            yield Remark(
                node.id,
                msg(
                    "{code} is fed by one interview only ({interview}).",
                    code=node.label,
                    interview=node.held_by[0],
                ),
            )


def category_from_one_coder(case: Case) -> Iterable[Remark]:
    """Name categories that a single coder applied, where several coded."""
    human = set(case.study.human_coders)
    if len({coding.coder for coding in case.study.codings} & human) < 2:
        return
    for node in case.model.nodes:
        if node.coders == 1:
            yield Remark(
                node.id, msg("{code} was applied by one coder only, though several coded.", code=node.label)
            )


def category_without_property(case: Case) -> Iterable[Remark]:
    """Name categories without a property or dimension."""
    for node in case.model.nodes:
        if not node.properties:
            yield Remark(node.id, msg("No property or dimension is recorded for {code}.", code=node.label))


def interview_without_coding(case: Case) -> Iterable[Remark]:
    """Name interviews in which nothing is coded."""
    coded = {coding.quotation.interview for coding in case.study.analysed}
    for interview in case.study.interviews:
        if interview.id not in coded:
            yield Remark(
                interview.id,
                msg("Nothing in interview {interview} is coded in the analysis set.", interview=interview.id),
            )


def code_without_definition(case: Case) -> Iterable[Remark]:
    """Name codes that nobody defined."""
    for code in case.study.codebook:
        if not any(code.definition.texts.values()):
            yield Remark(code.id, msg("{code} has no definition.", code=code.label))


def code_used_once(case: Case) -> Iterable[Remark]:
    """Name codes with a single quotation of their own."""
    spans: dict[str, set[object]] = {}
    for coding in case.study.analysed:
        spans.setdefault(coding.code, set()).add(coding.quotation)
    for code in case.study.codebook:
        if len(spans.get(code.id, ())) == 1:
            yield Remark(code.id, msg("{code} is used for one quotation only.", code=code.label))


def votes_by_code(case: Case) -> dict[str, list[RoleVote]]:
    """Return the role votes of each code, codes in codebook order."""
    votes: dict[str, list[RoleVote]] = {code.id: [] for code in case.study.codebook}
    for vote in case.study.role_votes:
        votes[vote.code].append(vote)
    return {code: own for code, own in votes.items() if own}


def vote_split(votes: Iterable[RoleVote]) -> Message:
    """Return the votes as words, the most frequent role first."""
    tally = Counter(vote.role for vote in votes)
    order = list(Role)
    ranked = sorted(tally, key=lambda role: (-tally[role], order.index(role)))
    words = msg("{role} {n}", role=role_name(ranked[0]), n=count(tally[ranked[0]]))
    for role in ranked[1:]:
        words = msg("{before}, {role} {n}", before=words, role=role_name(role), n=count(tally[role]))
    return words
