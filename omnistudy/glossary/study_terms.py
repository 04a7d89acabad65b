"""The words of a study's material: interviews, codes, codings, and who coded what."""

from __future__ import annotations

from omnistudy.results import Term, msg

STRAUSS_CORBIN = "Strauss, A., & Corbin, J. (1998). Basics of qualitative research (2nd ed.). Sage."

STUDY_TERMS: tuple[Term, ...] = (
    Term(
        name="interview",
        title=msg("Interview"),
        text=msg(
            "One conversation with one participant, with its transcript. Interviews are numbered in the order "
            "they were held, because saturation depends on it. They are the sampling unit: intervals resample them."
        ),
        aliases=("document", "source"),
    ),
    Term(
        name="quotation",
        title=msg("Quotation"),
        text=msg(
            "A span of a transcript that somebody coded: interview, start and end, counted from 0 in characters "
            "of the canonical text, the end not included. Several codings of one span are one quotation."
        ),
        aliases=("segment", "highlight", "coded segment"),
    ),
    Term(
        name="coding",
        title=msg("Coding"),
        text=msg("One code that one coder gave one quotation in one round."),
    ),
    Term(
        name="code",
        title=msg("Code"),
        text=msg(
            "A name for what a passage is about, with definition, inclusion and exclusion. Open codes are grouped "
            "into subcategories and these into categories; counts say at which level they are taken."
        ),
        source=STRAUSS_CORBIN,
        aliases=("tag", "node", "label"),
    ),
    Term(
        name="memo",
        title=msg("Memo"),
        text=msg("An analytic note on an interview, a quotation, a code, a relation or the whole study."),
        source=STRAUSS_CORBIN,
    ),
    Term(
        name="grounding",
        title=msg("Grounding"),
        text=msg(
            "How many quotations carry a code, or anything under it in the code tree. It is always shown beside "
            "the number of interviews and coders, because ten quotations of one talkative participant are not "
            "ten people."
        ),
        formula="number of distinct (interview, start, end) coded c or a descendant of c",
        aliases=("groundedness",),
    ),
    Term(
        name="density",
        title=msg("Density"),
        text=msg(
            "How many other codes a code is linked to by a relation of the model. It is not the dense description "
            "of the literature, and not the number of codes on one quotation."
        ),
        formula="number of distinct codes linked to c by a relation in either direction",
    ),
    Term(
        name="coverage",
        title=msg("Coverage"),
        text=msg(
            "The share of what participants said that carries at least one code of the analysis set. White space "
            "and the interviewer's speech do not count."
        ),
        formula="coded characters / all characters of participants' speech",
        aliases=("coded share",),
    ),
    Term(
        name="analysis set",
        title=msg("Analysis set"),
        text=msg(
            "Whose codings feed counts, saturation, model and comparison: the consensus, one leading coder, what a "
            "majority coded, or any coder's. Agreement never uses it: it compares the coders themselves."
        ),
        aliases=("consensus", "majority", "lead", "any"),
    ),
    Term(
        name="unit",
        title=msg("Unit of analysis"),
        text=msg(
            "What coders agree or disagree about: a character, token, sentence, paragraph, turn, pre-cut quotation "
            "or whole interview. The choice moves every coefficient, so it is always printed. A quotation rates a "
            "unit when the two share at least the minimal overlap."
        ),
        aliases=("character", "token", "sentence", "paragraph", "turn", "unit of analysis", "min overlap"),
    ),
    Term(
        name="seen",
        title=msg("Seen"),
        text=msg(
            "Which coder coded which interview in which round, whatever they found. Absence of a code is a rating "
            "only where the coder saw the interview; otherwise the rating is missing. Without a seen table a coder "
            "is taken to have seen the interviews in which they coded anything (flag assumed_seen)."
        ),
        aliases=("assumed_seen", "missing", "absent"),
    ),
    Term(
        name="round",
        title=msg("Round"),
        text=msg(
            "One pass of a coder through an interview. Agreement is measured on the last pass made independently, "
            "before discussion; a consensus round never enters it."
        ),
    ),
    Term(
        name="synthetic",
        title=msg("Synthetic data"),
        text=msg(
            "The demonstration interviews were written for omnistudy and describe no real bank or person. They are "
            "recognised by their text, and every output made from them says so."
        ),
        aliases=("watermark", "maskan-demo"),
    ),
    Term(
        name="maskan-bank",
        title=msg("The Maskan Bank reference model"),
        text=msg(
            "Nineteen subcategories in five roles, as the public record of the study names them. The record gives "
            "no kappa value, frequency, arrow or CRM figure, and lists no core phenomenon; the one used here is "
            "inferred from its title and marked so."
        ),
        source="https://srb.sanad.iau.ir/fa/Article/1219500",
        aliases=("maskan",),
    ),
    Term(
        name="trace table",
        title=msg("From the quotation to the role"),
        text=msg(
            "Every coded quotation with its interviewee, open code, concept, subcategory, category and role. A concept "
            "is an open code that other open codes stand under; a level that a branch lacks stays empty."
        ),
        aliases=("reporting", "concept", "مفهوم", "trace"),
    ),
    Term(
        name="frequency",
        title=msg("Interviewees and mentions"),
        text=msg(
            "A frequency counts interviewees, each once however often they speak of it, or mentions, which are "
            "quotations. A table that says neither can mean either."
        ),
        aliases=("interviewees", "mentions", "فراوانی"),
    ),
    Term(
        name="speaker",
        title=msg("Speaker"),
        text=msg(
            "Whoever a turn of a transcript begins with. The interviewer's speech is no data: it stands outside units, "
            "coverage and agreement unless the study says that all speakers count."
        ),
        aliases=("interviewer", "participant", "speakers"),
    ),
    Term(
        name="level",
        title=msg("Level"),
        text=msg(
            "Where in the code tree counts are taken: code, subcategory or category. A coding counts for the code above it "
            "at that level, so higher levels agree more."
        ),
        aliases=("subcategory", "category"),
    ),
)
