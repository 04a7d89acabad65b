"""What the fuzzer starts from: one small study with every table it may have, and other programs' files.

Everything is invented and built by code, so that a case on disk holds only what differs from it.
"""

from __future__ import annotations

import io
import json
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "formats"))

from label_studio_builder import annotation, region, task
from qualcoder_builder import QualCoderFile
from refi_builder import QUALCODER, Project, zipped
from taguette_builder import small_project

Files = dict[str, bytes]

SECRET = {
    "P1": "The account number that nobody may ever read outside of this text is forty-two, and so on for long.",
    "P2": "رمز گاوصندوقی که هیچ‌کس نباید بیرون از این متن بخواند همان است که پدرم پشت قاب عکس پنهان کرده بود.",
    "P3": "My neighbour's illness is a thing that was told in confidence and that no message may ever repeat.",
}
TEXTS = {
    "P1": f"Interviewer: How is the new app?\n\nP1: I trust the clerk, not the app. The app is slow 😀.\n{SECRET['P1']}\n",
    "P2": f"پرسشگر: شعبه چطور بود؟\n\nP2: صف می\u200cایستم و به کارمند اعتماد دارم. برنامه کند است.\n{SECRET['P2']}\n",
    "P3": f"Interviewer: And you?\n\nP3: The fees are a riddle, so I go to the branch. The app is slow.\n{SECRET['P3']}\n",
}
CODED = (
    ("P1", "I trust the clerk", "trust", "abc"),
    ("P1", "The app is slow 😀", "slow", "ac"),
    ("P1", "not the app", "fees", "b"),
    ("P2", "به کارمند اعتماد دارم", "trust", "abc"),
    ("P2", "صف می\u200cایستم", "queue", "ab"),
    ("P2", "برنامه کند است", "slow", "bc"),
    ("P3", "The fees are a riddle", "fees", "abc"),
    ("P3", "I go to the branch", "branch", "ac"),
    ("P3", "The app is slow", "slow", "ab"),
)
CODERS = {"a": "sara", "b": "reza", "c": "consensus"}

SETTINGS = """\
[study]
id = "small"
title = "A small study"
language = "en"
synthetic = true
[interviews]
transcripts = "transcripts"
attributes = "participants.csv"
interviewers = ["پرسشگر"]
[codings]
files = ["codings.csv"]
seen = "seen.csv"
coders = "coders.csv"
[codebook]
file = "codebook.toml"
roles = "roles.csv"
[theory]
relations = "relations.csv"
propositions = "propositions.csv"
memos = "memos.csv"
member_checks = "member_checks.csv"
trustworthiness = "trustworthiness.csv"
[analysis]
codings = "consensus"
speakers = "participants"
[agreement]
unit = "turn"
level = "code"
coders = ["sara", "reza"]
round = "independent"
double_coded = ["P1", "P2", "P3"]
min_overlap = "50%"
[reference]
model = "model.toml"
crosswalk = "crosswalk.csv"
mode = "blind"
thresholds = { recall = 0.8, role_kappa = 0.61, alpha = 0.667, coverage = 0.9 }
[report]
answers = "answers.toml"
"""
RECORDS = """\
[crm]
events = "crm/events.csv"
transactions = "crm/transactions.csv"
survey = "crm/survey.csv"
tickets = "crm/tickets.csv"
columns = "crm/columns.toml"
calendar = "jalali"
links = "crm/links.toml"
registered = "crm/registered.json"
funnel = "crm/funnel.csv"
gap = "crm/gap.csv"
maturity = "crm/maturity.csv"
readiness = "crm/readiness.csv"
ecrm = "crm/ecrm.csv"
"""
CODEBOOK = """\
[codebook]
name = "small"
language = "en"
title = { en = "A small codebook", fa = "کتابچه" }

[[codes]]
id = "causes"
level = "category"
role = "causal"
label = { en = "Causes", fa = "علت‌ها" }

[[codes]]
id = "slow"
parent = "causes"
level = "subcategory"
role = "causal"
label = { en = "Slow", fa = "کندی" }
definition = "takes long"
include = "waiting for an answer"
exclude = "queues"
example = "The app is slow"
aliases = ["sluggish", "کند"]
properties = [ { name = "length", low = "seconds", high = "days" } ]
since = "independent"

[[codes]]
id = "trust"
level = "subcategory"
role = "context"
label = "Trust"

[[codes]]
id = "fees"
level = "subcategory"
role = "intervening"
label = "Fees"

[[codes]]
id = "queue"
level = "subcategory"
role = "phenomenon"
label = "Queue"

[[codes]]
id = "branch"
level = "subcategory"
role = "strategy"
label = "Branch"
"""
MODEL = """\
[codebook]
name = "published"
language = "en"
title = { en = "A published model", fa = "الگو" }
[reference]
phenomenon_status = "inferred"
interviews = 14
participants = "managers"
subcategories = 4
roles = 5
[source]
authors = ["A. Author"]
title = "A paper"
year = 2020
[not_reported]
kappa = { en = "Not said.", fa = "نیامده است." }
[[codes]]
id = "core"
level = "subcategory"
role = "phenomenon"
label = "Core"
[[codes]]
id = "speed"
level = "subcategory"
role = "causal"
label = "Speed"
[[codes]]
id = "confidence"
level = "subcategory"
role = "context"
label = "Confidence"
[[codes]]
id = "price"
level = "subcategory"
role = "intervening"
label = "Price"
[[codes]]
id = "visits"
level = "subcategory"
role = "strategy"
label = "Visits"
"""
ANSWERS = '[coreq]\n1 = "Two of the authors"\n2 = "PhD"\n[srqr]\nS1 = "A study"\n'
TABLES = {
    "participants.csv": "interview,date,order,role_group,city\nP1,2025-01-02,2,manager,north\n"
    "P2,1403-10-12,1,customer,south\nP3,2025-01-05,3,customer,north\n",
    "coders.csv": "coder,kind\nsara,human\nreza,human\nconsensus,consensus\n",
    "seen.csv": "interview,coder,round\n"
    + "".join(f"{i},{c},independent\n" for i in TEXTS for c in ("sara", "reza"))
    + "".join(f"{i},consensus,consensus\n" for i in TEXTS),
    "roles.csv": "code,role,coder,rationale\nslow,causal,sara,it starts it\nslow,causal,reza,\n"
    "trust,context,sara,\ntrust,intervening,reza,who knows\nfees,intervening,sara,\nbranch,strategy,reza,\n",
    "propositions.csv": "id,text,relations,negative_cases\nPR1,The slower the longer.,slow>queue,P1:38-55\n",
    "crosswalk.csv": "local,reference,relation,rater,rationale\nslow,speed,exact,r1,the same\n"
    "trust,confidence,narrower,r1,\ntrust,confidence,exact,r2,\nfees,price,broader,r1,\nqueue,core,overlap,r1,\n",
    "member_checks.csv": "member,date,shown,shown_id,answer,comment,change\nP1,2025-03-01,model,,agree,yes,\n"
    "P2,1403-12-12,relation,slow>queue,partly,not quite,worded anew\nP3,,code,slow,disagree,,\n",
    "trustworthiness.csv": "criterion,technique,done,evidence,note\n"
    "credibility,member checks,yes,member_checks.csv,\ndependability,audit trail,partly,,\n",
}
CUSTOMERS = {
    "crm/events.csv": "customer_id,ts,channel,event,outcome,journey_id,journey_step,value,segment\n"
    + "".join(
        f"c{at % 17},2024-{1 + at % 12:02d}-{1 + at % 28:02d}T{at % 24:02d}:00:00,"
        f"{('app', 'branch', 'call')[at % 3]},{('visit', 'apply', 'pay')[at % 5 % 3]},"
        f"{('completed', 'failed', '')[at % 3]},j{at // 3},{1 + at % 3},{at % 40},{'ab'[at % 2]}\n"
        for at in range(150)
    ),
    "crm/transactions.csv": "customer_id,ts,value\n"
    + "".join(f"c{at % 23},2024-{1 + at % 12:02d}-{1 + at % 28:02d},{10 + at % 31}.5\n" for at in range(200)),
    "crm/survey.csv": "respondent_id,customer_id,ts,instrument,item,channel,score,scale_min,scale_max\n"
    + "".join(
        f"r{at // 3},c{at % 17},1403-{1 + at % 12:02d}-{1 + at % 28:02d},{('nps', 'csat', 'trust')[at % 3]},q{at % 2},app,"
        f"{at % 6},0,{('10', '5', '5')[at % 3]}\n"
        for at in range(90)
    ),
    "crm/tickets.csv": "ticket_id,customer_id,opened,closed,channel,reopened\n"
    + "".join(
        f"t{at},c{at % 17},2024-03-{1 + at % 28:02d}T08:00:00,2024-03-{1 + at % 28:02d}T{9 + at % 12:02d}:00:00,"
        f"call,{at % 2}\n"
        for at in range(60)
    ),
    "crm/columns.toml": 'synthetic = true\nzone = "Asia/Tehran"\ncurrency = "IRR"\n[channels]\nbranch = "physical"\n'
    'app = "digital"\ncall = "assisted"\n[values.channel]\n"شعبه" = "branch"\n',
    "crm/links.toml": '[register]\nreference = "model.toml"\n[[links]]\nid = "l1"\ncategory = "slow"\n'
    'metric = "nps"\nrole = "effect"\ndirection = "-"\ndata = "S"\ntheory = "information-systems"\n'
    'source = "A"\nrationale = "Slow systems annoy."\n[[links]]\nid = "l2"\ncategory = "branch"\n'
    'metric = "retention"\nrole = "effect"\ndirection = "+"\ndata = "T"\ndate = "2024-06-01"\n'
    'control = "channel=branch"\nsource = "B"\nrationale = "Visits bind."\n',
    "crm/registered.json": '{"schema": "omnistudy.link-register/1", "links": [{"id": "l1", "sha256": "'
    + "0" * 64
    + '"}, {"id": "l2", "sha256": "'
    + "1" * 64
    + '"}]}',
    "crm/maturity.csv": "item,answer,evidence\nlevel.declared,omni,\nconsistency.look,yes,P1:38-55\n",
    "crm/readiness.csv": "item,score,evidence\nstep.know_needs,3,P1:38-55\nstep.central_data,1,P2:65-79\n",
    "crm/ecrm.csv": "item,stage,evidence\nstage.services_hours,2,P3:27-48\n",
    "crm/gap.csv": "stage,current,target,evidence_ref\npay,1,3,P1:38-55\n",
    "crm/funnel.csv": "campaign,noticed,engaged,acted\nspring,1000,400,100\nfall,900,300,50\n",
}
BARE = {
    "wide.csv": "unit,a,b,c\n"
    + "".join(f"u{at},{at % 3},{at % 4 % 3},{'' if at % 5 else 1}\n" for at in range(20)),
    "long.csv": "unit,coder,value,interview,round\n"
    + "".join(f"u{at // 2},{'ab'[at % 2]},{at % 3},P{at % 4},1\n" for at in range(40)),
    "sets.csv": "unit,a,b\n"
    + "".join(f"u{at},x|{'yz'[at % 2]},{'x|z' if at % 3 else 'y'}\n" for at in range(15)),
    "spans.csv": "interview,start,end,coder,code,length\n"
    + "".join(f"P1,{at * 7},{at * 7 + 5},{'ab'[at % 2]},{'xy'[at % 3 % 2]},200\n" for at in range(20)),
    "counts.csv": "label,x,y\nx,20,5\ny,3,12\n",
    "weights.csv": "label,0,1,2\n0,1,0.5,0\n1,0.5,1,0.5\n2,0,0.5,1\n",
    "categories.txt": "0\n1\n2\n3\n",
    "matrix.csv": "code,P1,P2,P3\nx,1,0,1\ny,0,1,1\nz,0,0,1\n",
    "codes.csv": "interview,code\nP1,x\nP1,y\nP2,x\nP3,z\nP4,x\nP5,x\nP6,y\nP7,x\n",
    "cvr.csv": "item,expert,rating\n" + "".join(f"i{at % 4},e{at // 4},{1 + at % 3}\n" for at in range(24)),
}
SHEETS = {
    "statements.csv": "interview,coder,code,quote\nS1,a,trust,I go to the branch every week\n"
    "S1,b,fees,The fees are a riddle\nS2,a,slow,It takes days\nS2,b,fees,Nobody told me the price\n",
    "further.csv": "interview,coder,code,quote\nP1,dana,trust,I trust the clerk\nP3,dana,slow,The app is slow\n",
    "offsets.csv": "interview,start,end,coder,code,quote\nP1,38,55,dana,trust,\nP3,27,48,dana,fees,\n",
    "map.csv": "file,native_id,coder\nfurther.csv,dana,mina\n",
    "replacements.csv": "find,replace,kind,whole_word\nclerk,colleague,word,yes\nP1,R1,interview,\nکارمند,همکار,word,no\n",
}
_RQDA = """
CREATE TABLE source (name, id, file, memo, owner, date, status);
CREATE TABLE freecode (name, memo, id, status);
CREATE TABLE codecat (name, catid, memo, status);
CREATE TABLE treecode (cid, catid, status);
CREATE TABLE coding (cid, fid, seltext, selfirst REAL, selend REAL, status, owner, date, memo);
CREATE TABLE cases (name, id, status);
CREATE TABLE caselinkage (caseid, fid, status);
CREATE TABLE journal (name, journal, date, owner, status);
INSERT INTO source VALUES ('S1', 1, 'I wait, and I wait.', 'a note', 'sara', 'x', 1);
INSERT INTO freecode VALUES ('waiting', 'time', 1, 1), ('old', '', 2, -1);
INSERT INTO codecat VALUES ('time', 1, '', 1);
INSERT INTO treecode VALUES (1, 1, 1);
INSERT INTO coding VALUES (1, 1, 'I wait', 0, 6, 1, 'sara', 'Tue Apr  1 10:51:03 2014', 'm');
INSERT INTO coding VALUES (1, 1, 'and', 8, 11, 1, 'sara', 'soon', NULL);
INSERT INTO cases VALUES ('Ms A', 1, 1);
INSERT INTO caselinkage VALUES (1, 1, 1);
INSERT INTO journal VALUES ('day 1', 'text', 'Tue Apr  1 10:51:03 2014', 'sara', 1);
"""
_REQUAL = """
CREATE TABLE users (user_id INTEGER PRIMARY KEY, user_name TEXT);
CREATE TABLE documents (doc_id INTEGER PRIMARY KEY, doc_name TEXT, doc_text TEXT);
CREATE TABLE codes (code_id INTEGER PRIMARY KEY, code_name TEXT, code_description TEXT);
CREATE TABLE categories (category_id INTEGER PRIMARY KEY, category_name TEXT, category_description TEXT);
CREATE TABLE categories_codes_map (category_id INTEGER, code_id INTEGER);
CREATE TABLE segments (segment_id INTEGER PRIMARY KEY, user_id INTEGER, doc_id INTEGER, code_id INTEGER,
    segment_start INTEGER, segment_end INTEGER, segment_text TEXT);
CREATE TABLE memos (memo_id INTEGER PRIMARY KEY, text TEXT, user_id INTEGER);
CREATE TABLE memos_segments_map (memo_id INTEGER, segment_id INTEGER);
INSERT INTO users VALUES (1, 'سارا'), (2, 'reza');
INSERT INTO codes VALUES (1, 'صف', 'انتظار'), (2, 'بانک', '');
INSERT INTO categories VALUES (1, 'شعبه', '');
INSERT INTO categories_codes_map VALUES (1, 1);
INSERT INTO documents VALUES (1, 'S1', 'one two three four five six');
INSERT INTO segments VALUES (1, 1, 1, 1, 1, 3, 'one'), (2, 2, 1, 2, 5, 7, 'two'), (3, 2, 1, 1, 9, 13, 'three');
INSERT INTO memos VALUES (1, 'یادداشت', 1);
INSERT INTO memos_segments_map VALUES (1, 1);
"""


def _codings() -> str:
    rows = ["interview,start,end,coder,code,quote,round,created,memo"]
    for interview, quote, code, coders in CODED:
        start = TEXTS[interview].index(quote)
        for letter in coders:
            round_ = "consensus" if letter == "c" else "independent"
            rows.append(
                f'{interview},{start},{start + len(quote)},{CODERS[letter]},{code},"{quote}",{round_},2025-02-03,'
            )
    return "\n".join(rows) + "\n"


def _evidence(interview: str, quote: str) -> str:
    start = TEXTS[interview].index(quote)
    return f"{interview}:{start}-{start + len(quote)}"


@cache
def study_files() -> Mapping[str, bytes]:
    """The study without customer records, under ``study/``."""
    slow = _evidence("P1", "The app is slow 😀")
    tables = {
        **TABLES,
        "codings.csv": _codings(),
        "relations.csv": "source,target,type,polarity,feedback,rationale,evidence\n"
        f"slow,queue,causes,+,false,it takes long,{slow};{_evidence('P3', 'The app is slow')}\n"
        "queue,branch,leads to,+,false,,M1\ntrust,branch,modifies,-,true,because,\n",
        "memos.csv": "id,target,target_id,coder,created,title,text\nM1,code,slow,sara,2025-02-02,A thought,Long text\n"
        f"M2,quotation,{slow},reza,,,Why?\nM3,interview,P2,sara,,,یادداشت\n",
        "study.toml": SETTINGS,
        "codebook.toml": CODEBOOK,
        "model.toml": MODEL,
        "answers.toml": ANSWERS,
    }
    files = {f"study/{name}": text.encode() for name, text in tables.items()}
    return files | {f"study/transcripts/{name}.txt": text.encode() for name, text in TEXTS.items()}


def study_with_records() -> Files:
    """The study with customer records and the sheets of the audits."""
    files = dict(study_files()) | {f"study/{name}": text.encode() for name, text in CUSTOMERS.items()}
    return files | {"study/study.toml": (SETTINGS + RECORDS).encode()}


def bare_tables() -> Files:
    """Tables of people who have no study."""
    return {name: text.encode() for name, text in BARE.items()}


def _database(script: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with closing(sqlite3.connect(path)) as db, db:
            db.executescript(script)
        return path.read_bytes()


def _written(write: object, name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write.write(path)  # type: ignore[attr-defined]
        return path.read_bytes()


def _workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.create_sheet("codings", 0)
    for line in SHEETS["further.csv"].splitlines():
        sheet.append(line.split(","))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _qualcoder() -> bytes:
    file = QualCoderFile(
        sources=[("P1", TEXTS["P1"]), ("P9", "one two three")],
        categories=[("top", None), ("below", 1)],
        codes=[("trust", None), ("slow", 2)],
        annotations=[(1, 3, 9, "why")],
        attributes=[("age", "numeric", "40", 1)],
        cases=[("Ms A", (1,))],
    )
    for words in ("I trust", "the clerk", "not the app", "The app is slow"):
        file.code(1, 1, words, "sara", memo="m")
    file.code(2, 2, "two", "reza")
    return _written(file, "a.qda")


DOCUMENT = (
    b'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    b"<w:p><w:r><w:t>Interviewer: Why?</w:t><w:tab/></w:r></w:p><w:p><w:r><w:t>P4: One more voice.</w:t><w:br/></w:r>"
    b"</w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>"
)
OPEN_DOCUMENT = (
    b'<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text><text:p>Why?</text:p>'
    b'<text:p>P5: One<text:s text:c="3"/>more<text:tab/>voice.<text:line-break/>Yes.</text:p></office:text>'
    b"</office:body></office:document-content>"
)


@cache
def transcript_files() -> Mapping[str, bytes]:
    """One transcript of every format that is read, under ``study/transcripts/``."""
    files = {
        "P4.docx": zipped({"word/document.xml": DOCUMENT}),
        "P5.odt": zipped(
            {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": OPEN_DOCUMENT}
        ),
        "P6.rtf": rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}\f0 P6: One\par two \'e9 \u1587? \b bold\b0\par}",
        "P7.vtt": b"WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.000\n<v Sara>I wait &amp; wait.\n\n"
        b"00:00:05.000 --> 00:00:06.000 align:start\nYes.\n",
        "P8.srt": b"1\n00:00:01,000 --> 00:00:04,000\nSara: I wait.\n\n2\n00:00:05,000 --> 00:00:06,000\nYes.\n",
        "P9.md": b"# P9\n\n**Interviewer:** Why?\n\nP9: *Because*.\n",
    }
    return {f"study/transcripts/{name}": data for name, data in files.items()}


def _label_studio() -> bytes:
    passages = [("I trust", ["trust"]), ("the clerk", ["trust", "waiting"])]
    both = [annotation(*(region(*each) for each in passages), by=who) for who in (1, 2)]
    machine = {"model_version": "m", "result": [region("the app", ["trust"])]}
    found = task(*both, predictions=[machine])
    found["data"]["name"] = "P10"  # the study has a P1 of its own
    return json.dumps([found], ensure_ascii=False).encode()


@cache
def foreign_files() -> Mapping[str, bytes]:
    """One file of every program whose files are imported."""
    return {
        "a.qdpx": zipped(Project(QUALCODER).members()),
        "a.qdc": (
            b'<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="x"><Codes>'
            b'<Code guid="11111111-1111-1111-1111-111111111111" name="top" isCodable="false"><Description>d</Description>'
            b'<Code guid="11111111-1111-1111-1111-111111111112" name="below" isCodable="true" color="#ff0000"/></Code>'
            b"</Codes><Sets/></CodeBook>"
        ),
        "a.sqlite3": _written(small_project(), "a.sqlite3"),
        "a.rqda": _database(_RQDA),
        "a.qda": _qualcoder(),
        "a.requal": _database(_REQUAL),
        "a.json": _label_studio(),
        "a.xlsx": _workbook(),
        **{name: text.encode() for name, text in SHEETS.items()},
    }
