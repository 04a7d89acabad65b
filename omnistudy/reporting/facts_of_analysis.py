"""Facts of the analysis: codes, saturation, model, evidence, comparison, limits."""

from __future__ import annotations

from omnistudy.agreement.result.result import AgreementResult
from omnistudy.replication.compare_result import CompareResult
from omnistudy.replication.comparison import Found
from omnistudy.reporting.material import Fact, Material, count
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.study.model import Level, Role
from omnistudy.theory.paradigm.result import ParadigmResult
from omnistudy.theory.saturation.result import SaturationResult
from omnistudy.theory.terms import analysis_set_words

_CODES = msg("Codes")


def saturation(material: Material) -> Fact | None:
    """Repeat the sentence on saturation, which speaks of codes only."""
    result = material.section(SaturationResult)
    return None if result is None else Fact(result.summary, result.title)


def code_tree(material: Material) -> Fact | None:
    """Count the codes of each level and their definitions."""
    codes = tuple(material.study.codebook)
    if not codes:
        return None
    levels = {level: sum(code.level is level for code in codes) for level in Level}
    defined = sum(bool(code.definition.texts) for code in codes)
    return Fact(
        msg(
            "{codes} codes, {subcategories} subcategories and {categories} categories; {defined} of {all} have a "
            "definition.",
            codes=count(levels[Level.CODE]),
            subcategories=count(levels[Level.SUBCATEGORY]),
            categories=count(levels[Level.CATEGORY]),
            defined=count(defined),
            all=count(len(codes)),
        ),
        _CODES,
    )


def analysis_set(material: Material) -> Fact:
    """Say whose codings are counted."""
    return Fact(
        msg("All counts rest on {analysis_set}.", analysis_set=analysis_set_words(material.study)), _CODES
    )


def quotations(material: Material) -> Fact | None:
    """Count the quotations and the interviews they come from."""
    spans = {coding.quotation for coding in material.study.analysed}
    if not spans:
        return None
    return Fact(
        msg(
            "{quotations} quotations from {interviews} of {n} interviews, each shown with its interview and place.",
            quotations=count(len(spans)),
            interviews=count(len({span.interview for span in spans})),
            n=count(len(material.study.interviews)),
        ),
        msg("From the category to its quotations"),
    )


def trace(material: Material) -> Fact | None:
    """Count the categories that can be followed back to quotations."""
    result = material.section(ParadigmResult)
    if result is None or not result.model.nodes:
        return None
    grounded = sum(node.grounding > 0 for node in result.model.nodes)
    return Fact(
        msg(
            "{grounded} of {n} categories of the model have quotations.",
            grounded=count(grounded),
            n=count(len(result.model.nodes)),
        ),
        msg("From the category to its quotations"),
        complete=grounded == len(result.model.nodes),
    )


def traced(material: Material) -> Fact | None:
    """Count the arrows that rest on quotations or memos."""
    result = material.section(ParadigmResult)
    if result is None or not result.model.edges:
        return None
    evidenced = sum(edge.evidenced for edge in result.model.edges)
    return Fact(
        msg(
            "{evidenced} of {arrows} arrows rest on quotations or memos; the others are asserted and drawn dashed.",
            evidenced=count(evidenced),
            arrows=count(len(result.model.edges)),
        ),
        result.title,
    )


def model(material: Material) -> Fact | None:
    """Repeat the sentence on the model."""
    result = material.section(ParadigmResult)
    return None if result is None else Fact(result.summary, result.title, complete=bool(result.model.nodes))


def core(material: Material) -> Fact | None:
    """Count the criteria of the core category that are met."""
    result = material.section(ParadigmResult)
    if result is None or not result.core:
        return None
    return Fact(
        msg(
            "{met} of {judged} criteria of a core category that the data can judge are met; the choice is the researchers'.",
            met=count(sum(one.met is True for one in result.core)),
            judged=count(sum(one.met is not None for one in result.core)),
        ),
        result.title,
        complete=False,
    )


def density(material: Material) -> Fact | None:
    """Give the links and the properties of the categories."""
    result = material.section(ParadigmResult)
    if result is None or not result.model.nodes:
        return None
    nodes = result.model.nodes
    return Fact(
        msg(
            "{linked} of {n} categories are linked with another, at most with {most}; {deep} have properties.",
            linked=count(sum(node.density > 0 for node in nodes)),
            n=count(len(nodes)),
            most=count(max(node.density for node in nodes)),
            deep=count(sum(node.properties > 0 for node in nodes)),
        ),
        result.title,
    )


def dimensions(material: Material) -> Fact | None:
    """Count the properties with both ends of a dimension."""
    properties = [one for code in material.study.codebook for one in code.properties]
    if not properties:
        return None
    ended = sum(bool(one.low.texts and one.high.texts) for one in properties)
    return Fact(
        msg(
            "{n} properties are recorded, {ended} with both ends of their dimension.",
            n=count(len(properties)),
            ended=count(ended),
        ),
        msg("Paradigm model"),
    )


def conditions(material: Material) -> Fact | None:
    """Count context and intervening conditions, and those placed in the conditional matrix."""
    result = material.section(ParadigmResult)
    if result is None or not result.model.nodes:
        return None
    wider = sum(node.role in {Role.CONTEXT, Role.INTERVENING} for node in result.model.nodes)
    return Fact(
        msg(
            "{wider} categories are contextual or intervening conditions; {placed} have a place in the "
            "conditional matrix.",
            wider=count(wider),
            placed=count(len(result.matrix)),
        ),
        result.title,
        complete=bool(result.matrix),
    )


def process(material: Material) -> Fact | None:
    """Count the arrows that lead back, the only trace of change over time in the data."""
    result = material.section(ParadigmResult)
    if result is None:
        return None
    back = sum(edge.relation.feedback for edge in result.model.edges)
    return Fact(
        msg(
            "{n} arrows are marked as feedback; what changes over time is the researcher's to tell.",
            n=count(back),
        ),
        result.title,
        complete=False,
    )


def propositions(material: Material) -> Fact | None:
    """Count the propositions and their evidence."""
    result = material.section(ParadigmResult)
    if result is None or not result.model.propositions:
        return None
    states = result.model.propositions
    return Fact(
        msg(
            "{n} propositions: {evidenced} with evidence for every relation, {partly} for some.",
            n=count(len(states)),
            evidenced=count(sum(one.status == "evidenced" for one in states)),
            partly=count(sum(one.status == "partly" for one in states)),
        ),
        result.title,
        complete=False,
    )


def negative_cases(material: Material) -> Fact | None:
    """Count the cases against; nobody having looked is said, never read as none found."""
    result = material.section(ParadigmResult)
    if result is None or not (result.model.propositions or result.model.edges):
        return None
    arrows = sum(edge.negative for edge in result.model.edges)
    against = sum(len(one.negative) for one in result.model.propositions)
    text = msg(
        "{arrows} negative cases among the arrows and {against} among the propositions.",
        arrows=count(arrows),
        against=count(against),
    )
    if not arrows and not against:
        text = msg("No negative case is recorded; that does not say that one was looked for.")
    return Fact(text, result.title, complete=bool(arrows or against))


def minor_themes(material: Material) -> Fact | None:
    """Count the codes that stand on one quotation."""
    uses: dict[str, set[object]] = {}
    for coding in material.study.analysed:
        uses.setdefault(coding.code, set()).add(coding.quotation)
    if not uses:
        return None
    return Fact(
        msg(
            "{once} of {n} used codes stand on a single quotation.",
            once=count(sum(len(one) == 1 for one in uses.values())),
            n=count(len(uses)),
        ),
        _CODES,
    )


def role_votes(material: Material) -> Fact | None:
    """Count the opinions on roles and those with a reason."""
    votes = material.study.role_votes
    if not votes:
        return None
    return Fact(
        msg(
            "{votes} opinions of {coders} people on the roles of {codes} codes, {reasons} with a reason.",
            votes=count(len(votes)),
            coders=count(len({vote.coder for vote in votes})),
            codes=count(len({vote.code for vote in votes})),
            reasons=count(sum(bool(vote.rationale) for vote in votes)),
        ),
        msg("Paradigm model"),
        complete=all(vote.rationale for vote in votes),
    )


def prevalence(material: Material) -> Fact | None:
    """Say that every coefficient stands with its prevalence, and how a printed kappa is checked."""
    result = material.section(AgreementResult)
    if result is None or result.headline is None or result.headline.value is None:
        return None
    rows = [row for row in result.rows if row.scope == "code" and row.prevalence is not None]
    return Fact(
        msg(
            "{n} coefficients of single codes stand with the prevalence of their code; {command} recomputes a "
            "printed kappa from its table of four cells.",
            n=count(len(rows)),
            command="omnistudy audit kappa",
        ),
        result.title,
    )


def extensions(material: Material) -> Fact | None:
    """Count what the study has beyond the model, and what it does not have of it."""
    result = material.section(CompareResult)
    if result is None:
        return None
    return Fact(
        msg(
            "{missing} concepts of the model were not found and {extra} stable local ones have no counterpart there; "
            "not found is not refuted.",
            missing=count(len(result.of_status(Found.NOT_FOUND))),
            extra=count(len(result.extensions)),
        ),
        result.title,
    )


def again(material: Material) -> Fact:
    """Say what the report can be made again from."""
    provenance = material.sections[0].provenance
    return Fact(
        msg(
            "Version {version}, seed {seed} and the hashes of {n} input files stand in the manifest; {command} makes "
            "the report again and compares.",
            version=provenance.version,
            seed="none" if provenance.seed is None else str(provenance.seed),
            n=count(len(provenance.inputs)),
            command="omnistudy verify",
        ),
        msg("Provenance"),
    )


def member_checks(material: Material) -> Fact | None:
    """Count the answers of participants who were shown findings."""
    checks = material.study.member_checks
    if not checks:
        return None
    return Fact(
        msg(
            "{n} answers of {people} participants to what they were shown: {agree} agree, {partly} in part, "
            "{disagree} disagree.",
            n=count(len(checks)),
            people=count(len({one.member for one in checks})),
            agree=count(sum(one.answer == "agree" for one in checks)),
            partly=count(sum(one.answer == "partly" for one in checks)),
            disagree=count(sum(one.answer == "disagree" for one in checks)),
        ),
        msg("Trustworthiness"),
    )


def trustworthiness(material: Material) -> Fact | None:
    """Count the techniques that the study records for the criteria of Lincoln and Guba."""
    techniques = material.study.trustworthiness
    if not techniques:
        return None
    return Fact(
        msg(
            "{done} of {n} recorded techniques of Lincoln and Guba's four criteria were carried out.",
            done=count(sum(one.done == "yes" for one in techniques)),
            n=count(len(techniques)),
        ),
        msg("Trustworthiness"),
    )


def verdict(material: Material) -> Fact | None:
    """Repeat the sentence on the comparison."""
    result = material.section(CompareResult)
    return None if result is None else Fact(result.summary, result.title)


def school(_: Material) -> Fact:
    """Say what the model's form follows; the study's own stance is the researcher's to state."""
    return Fact(
        msg(
            "The model has the form of the paradigm of Strauss and Corbin; state the school and the reasons for it."
        ),
        msg("Paradigm model"),
        complete=False,
    )


def question(material: Material) -> Fact | None:
    """Name the comparison that the study declares."""
    name = material.study.settings.reference.model
    if name is None:
        return None
    return Fact(msg("The study declares a comparison with the model {name}.", name=name), complete=False)


def limits(material: Material) -> Fact:
    """List what the data themselves limit: few interviews, agreement, gates that failed."""
    parts: list[Message] = []
    total = len(material.study.interviews)
    parts.append(msg("{n} purposively chosen interviews allow no statement on a population.", n=count(total)))
    measured = material.section(AgreementResult)
    headline = None if measured is None else measured.headline
    if headline is None or headline.value is None:
        parts.append(msg("Agreement between coders was not measured."))
    elif headline.value < 0.667:
        parts.append(
            msg("Agreement is below .667 ({value}).", value=Number(headline.value, Kind.COEFFICIENT))
        )
    compared = material.section(CompareResult)
    if compared is not None:
        parts.extend(gate.reason for gate in compared.judgement.gates if gate.reason is not None)
    text = parts[0]
    for part in parts[1:]:
        text = msg("{first} {second}", first=text, second=part)
    return Fact(text, complete=False)
