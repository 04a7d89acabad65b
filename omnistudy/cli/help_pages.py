"""What the help of every command says beside its options: one row per command, in the order of the work.

The rows are data: ``help_command.py`` sets them, and a test runs every example that stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from omnistudy.cli.help_page import STUDY_FILES, HelpPage
from omnistudy.cli.help_pages_crm import CRM_PAGES

PATH_OF_WORK: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Set up a study", ("new", "import", "merge", "anonymize", "check", "show")),
    ("Agreement of the coders", ("plan", "agreement", "audit")),
    ("What the codes say", ("codes", "saturation", "suggest", "paradigm")),
    ("Beside a published model", ("freeze", "compare")),
    ("Beside customer records", ("crm",)),
    ("The whole, and its report", ("run", "report", "verify", "export")),
    ("Words and formats", ("explain",)),
)
"""The commands under headings, in the order in which a study meets them."""

HELP_PAGES: Mapping[str, HelpPage] = MappingProxyType(
    {
        "new": HelpPage(
            short="an empty study, or a copy of the demonstration",
            about="The study passes check from the start, which then says what is still to come. With --transcripts "
            "it has the interviews of a folder, each with its row among the participants; with --reference "
            "it is laid out around a published model; with --demo it is the whole demonstration study: 14 "
            "synthetic interviews, three fictional coders, customer records.",
            reads="with --transcripts, the files of a folder; with --reference, a model: a shipped name or a file",
            writes="the folder NAME, which must not exist or be empty",
            examples=(
                ("omnistudy new my-study --language fa", "an empty study of Persian interviews"),
                ("omnistudy new maskan-again --reference maskan-bank", "around the model of Maskan Bank"),
                ("omnistudy new demo --demo", "the demonstration; then: omnistudy run demo"),
            ),
            see=("import", "check"),
        ),
        "import": HelpPage(
            short="other programs' files into a study",
            about="Reads REFI-QDA projects and codebooks (.qdpx, .qdc), Taguette, RQDA, QualCoder, requal, Label "
            "Studio, tables of ATLAS.ti, MAXQDA, NVivo and Taguette, code-by-unit sheets, and the "
            "adjudication sheet of agreement. Stored snippets are looked up in the text; how many were found is said.",
            reads="FILE… and the study",
            writes="transcripts, codings.csv, codebook and further tables inside STUDY, all or nothing; study.toml "
            "is not edited, the lines to add are printed",
            examples=(
                (
                    "omnistudy import interviews.qdpx --into empty --dry-run",
                    "what would come in; nothing is written",
                ),
                (
                    "omnistudy import interviews.qdpx --into empty --strict",
                    "only if every snippet is in its place",
                ),
                (
                    "omnistudy import coded.csv --into empty --coder sara --map quote=Passage",
                    "a sheet that does not say who coded",
                ),
            ),
            see=("merge", "check", "export"),
        ),
        "merge": HelpPage(
            short="the files of further coders into a study",
            about="Texts are matched by content, so that a transcript which an editor changed a little is realigned; "
            "what comes in and what is held are counted against each other.",
            reads="STUDY and FILE…",
            writes="codings.csv and what belongs to it inside STUDY, all or nothing",
            examples=(
                ("omnistudy merge my-study reza.qdpx --dry-run", "what would come in; nothing is written"),
                (
                    "omnistudy merge my-study reza.qdpx --coder reza.qdpx=reza --round second",
                    "as the coder reza, in the round second",
                ),
            ),
            see=("import", "agreement"),
        ),
        "anonymize": HelpPage(
            short="a copy with names and places replaced",
            about="Replaces what a table that you reviewed says, in transcripts and tables; offsets and quotes are "
            "carried over and verified. The answer never repeats the words that were searched for.",
            reads="STUDY and the table (find,replace and optionally kind,whole_word)",
            writes="the folder NEW, which must not exist or be empty; STUDY stays as it is",
            examples=(
                (
                    "omnistudy anonymize my-study --table replacements.csv --into public-study",
                    "a copy for others, with the words of the table replaced",
                ),
            ),
            see=("check", "export"),
        ),
        "check": HelpPage(
            short="every problem of a study at once",
            about="Reads everything that study.toml names and compares every coding with the text that it quotes. "
            "Problems are listed with file, row and remedy; a study with nothing but warnings can be used.",
            reads=STUDY_FILES,
            examples=(
                ("omnistudy check my-study", "all problems as a table"),
                ("omnistudy check my-study --format json", "the same for a program"),
            ),
            see=("show", "new"),
        ),
        "show": HelpPage(
            short="what is in a study",
            about="Interviews, coders and rounds, codes, codings, quotations, coverage, and whose codings count.",
            reads=STUDY_FILES,
            examples=(
                ("omnistudy show my-study", "the contents as tables"),
                ("omnistudy show my-study --lang fa", "in Persian"),
            ),
            see=("check", "codes"),
        ),
        "plan agreement": HelpPage(
            short="units that two coders have to code both",
            about="For an interval of the wanted width, and to show that kappa exceeds a bound.",
            reads="nothing",
            examples=(
                ("omnistudy plan agreement", "for the usual expectations"),
                (
                    "omnistudy plan agreement --kappa 0.75 --prevalence 0.1 --half-width 0.05",
                    "for a rare code and a narrow interval",
                ),
            ),
            see=("agreement", "plan themes"),
        ),
        "plan themes": HelpPage(
            short="interviews that show a theme once, twice, thrice",
            reads="nothing",
            examples=(
                ("omnistudy plan themes", "a theme that a fifth of the people hold"),
                ("omnistudy plan themes --prevalence 0.05 --power 0.9", "a rare one, more surely"),
            ),
            see=("saturation", "plan agreement"),
        ),
        "agreement": HelpPage(
            short="do the coders see the same thing?",
            about="Without --coefficient: percent agreement, Krippendorff's alpha and Gwet's AC1, with two coders also "
            "Cohen's kappa, with more Fleiss' and Conger's. A unit that nobody saw is missing, not absent. "
            "Intervals leave out whole interviews where interviews are known.\n\n"
            "A TABLE is wide (unit, one column per coder), long (unit,coder,value), of sets (codes parted by |), "
            "of spans (interview,start,end,coder,code) or, with --counts, a square of counts.",
            reads=f"{STUDY_FILES}, or a table",
            writes="nothing, except --output, --ratings and --sheet",
            examples=(
                ("omnistudy agreement my-study", "overall, per code, per pair of coders, per interview"),
                (
                    "omnistudy agreement my-study --level category --unit paragraph --ci bca",
                    "at another level and unit, with bootstrap intervals",
                ),
                (
                    "omnistudy agreement ratings.csv --coefficient fleiss_kappa --format json",
                    "one coefficient of a bare table, for a program",
                ),
                (
                    "omnistudy agreement my-study --disagreements --sheet decide.xlsx",
                    "the passages to talk about; import reads the decisions back",
                ),
                (
                    "omnistudy agreement my-study --coefficient krippendorff_alpha --fail-under 0.6",
                    "a gate for scripts",
                ),
            ),
            see=("explain krippendorff_alpha", "plan agreement", "audit kappa", "merge"),
            missed="an overall value lies below --fail-under",
        ),
        "audit kappa": HelpPage(
            short="which formula a printed kappa came from",
            about="A and D are what both coded and what neither coded, B and C what only one of them did. A fourth "
            "cell that nobody counted is written as -.",
            reads="nothing",
            examples=(
                ("omnistudy audit kappa 20 5 10 15 --printed .6809", "the formula behind a published value"),
                ("omnistudy audit kappa 20 5 10 -", "what can be said without the fourth cell"),
            ),
            see=("agreement", "explain cohen_kappa"),
        ),
        "audit holsti": HelpPage(
            short="per cent of agreement from three counts",
            about="N1 and N2 are the codes of the two passes or coders, M those that both gave.",
            reads="nothing",
            examples=(("omnistudy audit holsti 22 20 17", "two passes over an interview"),),
            see=("explain holsti", "agreement"),
        ),
        "audit cvr": HelpPage(
            short="content validity ratio of experts' opinions",
            about="The sheet has one row per item and expert: item,expert,rating, with the ratings essential, useful "
            "and not necessary. The least ratio of each panel size comes from the exact binomial count.",
            reads="the sheet (CSV, TSV, XLSX)",
            examples=(
                ("omnistudy audit cvr experts.csv", "the ratio of each item, and the index"),
                (
                    "omnistudy audit cvr experts.csv --format csv --output cvr.csv",
                    "as a table for the appendix",
                ),
            ),
            see=("audit trustworthiness",),
        ),
        "audit trustworthiness": HelpPage(
            short="member checks, and the four criteria",
            about="Fills nothing in: a technique that the tables do not describe is not described.",
            reads=f"{STUDY_FILES}; first of all member_checks.csv and trustworthiness.csv",
            examples=(
                ("omnistudy audit trustworthiness my-study", "what was done, and what is not described"),
            ),
            see=("report", "audit cvr"),
        ),
        "codes": HelpPage(
            short="frequencies, co-occurrence, quotations",
            about="Counts use the analysis set of the study, which is printed. --quotes retrieves the quotations; "
            "--code, --role, --interview, --coder and --attribute NAME=VALUE filter them.",
            reads=STUDY_FILES,
            examples=(
                ("omnistudy codes my-study", "every table of counts"),
                (
                    "omnistudy codes my-study --quotes --code known-clerk-trust --interview P02",
                    "the quotations of a code in one interview",
                ),
                (
                    "omnistudy codes my-study --level category --attribute role --format csv",
                    "a cross table by an attribute of the participants",
                ),
                (
                    "omnistudy codes my-study --reporting",
                    "quotation to code to category to role, for a thesis",
                ),
            ),
            see=("saturation", "paradigm", "suggest duplicates"),
        ),
        "saturation": HelpPage(
            short="when new codes stop coming",
            about="New codes per interview in the order of the interviews; Guest's rule with bases, runs and "
            "thresholds; the same over random orders; how many codes there may be (Chao2, rarefaction).",
            reads=f"{STUDY_FILES}, or a table of interview,code, or a code × interview table of 0 and 1",
            writes="nothing, except --output and --plot",
            examples=(
                ("omnistudy saturation my-study", "with all bases, runs and thresholds"),
                (
                    "omnistudy saturation my-study --base 4 --run 2 --threshold 0.05 --plot curve.svg",
                    "one rule, and the curve",
                ),
                ("omnistudy saturation mentions.csv --permutations 0", "a bare table, in its own order only"),
            ),
            see=("plan themes", "codes", "explain guest"),
        ),
        "suggest duplicates": HelpPage(
            short="codes whose labels look alike",
            about="Suggestions only: nothing is merged. What was accepted and rejected is kept in a log.",
            reads=f"{STUDY_FILES}; suggestions.log",
            writes="suggestions.log in the study",
            examples=(
                ("omnistudy suggest duplicates my-study", "pairs with their likeness"),
                (
                    "omnistudy suggest duplicates my-study --threshold 0.9",
                    "only pairs that are nearly the same",
                ),
            ),
            see=("suggest categories", "codes"),
        ),
        "suggest categories": HelpPage(
            short="open codes that might belong together",
            about="Groups by the words of labels, definitions and quotations, beside the researchers' own categories. "
            "Suggestions only.",
            reads=f"{STUDY_FILES}; suggestions.log",
            writes="suggestions.log in the study",
            examples=(
                ("omnistudy suggest categories my-study", "as many groups as there are categories"),
                ("omnistudy suggest categories my-study --groups 6", "six groups"),
            ),
            see=("suggest duplicates", "codes"),
        ),
        "suggest codes": HelpPage(
            short="passages that look like coded ones",
            about="Each suggestion comes with the coded quotation that it resembles, and with the trial: every "
            "interview is left out once, and what would have been suggested there is counted. Suggestions only.",
            reads=f"{STUDY_FILES}; suggestions.log",
            writes="suggestions.log in the study",
            examples=(
                ("omnistudy suggest codes my-study --most 5", "the five likeliest passages"),
                (
                    "omnistudy suggest codes my-study --unit turn --level subcategory --threshold 0.4",
                    "whole turns, by subcategory, more alike",
                ),
            ),
            see=("codes", "agreement"),
        ),
        "paradigm": HelpPage(
            short="the model with its evidence",
            about="Causal conditions, phenomenon, context, intervening conditions, strategies and outcomes, each arrow "
            "with the quotations it rests on, the rules that it breaks, and what stays when interviews are left "
            "out.",
            reads=STUDY_FILES,
            writes="nothing, except --output and --diagram",
            examples=(
                ("omnistudy paradigm my-study", "nodes, arrows, evidence, rules"),
                (
                    "omnistudy paradigm my-study --diagram model.svg --lang fa",
                    "the diagram with Persian words",
                ),
                (
                    "omnistudy paradigm my-study --resamples 0 --format json",
                    "for a program, without resampling",
                ),
            ),
            see=("compare", "codes", "explain paradigm"),
        ),
        "freeze": HelpPage(
            short="fix the protocol by its hash, before coding",
            about="Writes down what will be compared, how, and by which thresholds. compare names every later change; "
            "deposit the hash elsewhere if the date is to prove anything.",
            reads=f"{STUDY_FILES}; the reference model",
            writes="protocol.json in the study",
            examples=(
                ("omnistudy freeze my-study", "against the model that study.toml names"),
                (
                    "omnistudy freeze my-study --reference maskan-bank --replace",
                    "anew, against a named model",
                ),
            ),
            see=("compare", "new", "explain --schema protocol"),
        ),
        "compare": HelpPage(
            short="which concepts of the model are found here",
            about="Recall, precision and role kappa with intervals, the concepts with their interviews, what is new, "
            "decoys, and a verdict by the thresholds that study.toml declares. In informed mode recovery is "
            "circular, and is said to be.",
            reads=f"{STUDY_FILES}; the reference model, crosswalk.csv, protocol.json",
            examples=(
                ("omnistudy compare my-study", "with the model that study.toml names"),
                (
                    "omnistudy compare my-study --reference maskan-bank --group role --resamples 200",
                    "also by a group of participants",
                ),
            ),
            see=("freeze", "export", "explain recall"),
        ),
        **CRM_PAGES,
        "run": HelpPage(
            short="everything the study has data for",
            about="Check, every analysis, the report in all formats, and what it says in short. Agreement is recomputed "
            "with krippendorff, statsmodels and scikit-learn; a difference above 1e-9 stops the command (exit "
            "code 3).",
            reads=STUDY_FILES,
            writes="reports/<study id>/ below the current folder: the report, figures, manifest.json",
            examples=(
                ("omnistudy run my-study", "all formats, in English"),
                ("omnistudy run my-study --to html,docx --lang fa", "a page and a Word document in Persian"),
            ),
            see=("report", "verify", "check"),
        ),
        "report": HelpPage(
            short="the same report, without the short answer",
            reads=STUDY_FILES,
            writes="reports/<study id>/ below the current folder: the report, figures, manifest.json",
            examples=(
                ("omnistudy report my-study --to html", "the page only"),
                (
                    "omnistudy report my-study --to docx --quotes short --participants id",
                    "a Word document with shortened quotations",
                ),
            ),
            see=("run", "verify"),
        ),
        "verify": HelpPage(
            short="rerun, and compare with the last report",
            about="Compares inputs, numbers and files with reports/<study id>/manifest.json below the current folder.",
            reads=f"{STUDY_FILES}; the report and its manifest",
            examples=(
                ("omnistudy verify my-study", "what is no longer as it was"),
                ("omnistudy verify my-study --format json", "for a script"),
            ),
            see=("report", "run"),
            missed="an input, a number or a file differs",
        ),
        "export": HelpPage(
            short="a study for other programs, or as a model",
            about="qdpx and qdc are REFI-QDA (ATLAS.ti, MAXQDA, NVivo, QualCoder); what a format cannot hold is listed. "
            "reference makes the model of this study one that later studies are compared with.",
            reads=STUDY_FILES,
            writes="--output FILE, else a file in reports/<study id>/; reference is printed without --output",
            examples=(
                ("omnistudy export my-study --to qdpx --for nvivo --output study.qdpx", "for NVivo"),
                ("omnistudy export my-study --to xlsx", "codings and codebook as a spreadsheet"),
                ("omnistudy export my-study --to reference --output ours.toml", "as a model for compare"),
            ),
            see=("import", "compare"),
        ),
        "explain": HelpPage(
            short="what a term means; what the JSON holds",
            about="Coefficients, measures, metrics, rules of the model and the words of the outputs, by name, title or "
            "synonym; with --schema the JSON Schema of an output or a file.",
            reads="nothing",
            examples=(
                ("omnistudy explain krippendorff_alpha", "meaning, use, formula, source"),
                ('omnistudy explain "Cohen\'s kappa" --lang fa', "by its title, in Persian"),
                ("omnistudy explain --schema 'crm clv'", "what the JSON of a command holds"),
            ),
            see=("agreement",),
        ),
    }
)
"""Command, as it is typed after ``omnistudy``, to its page."""

GROUP_SHORT: Mapping[str, str] = MappingProxyType(
    {
        "plan": "how much to double-code, how many to interview",
        "audit": "printed kappas, Holsti, content validity, trust",
        "suggest": "duplicates, categories, codes; never applied",
        "crm": "metrics, lifetime value, journeys, audits, links",
    }
)
"""Group of commands to what the list of commands says of it."""
