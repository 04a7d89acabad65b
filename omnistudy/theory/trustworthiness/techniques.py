"""The four criteria of trustworthiness and the techniques that belong to each.

After Lincoln & Guba (1985), Naturalistic Inquiry, chapter 11. The names are the field's; which of them a
study needs is for the researchers to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from omnistudy.results import Message, msg
from omnistudy.text.keys import match_key

CRITERION_NAMES: dict[str, Message] = {
    "credibility": msg("Credibility"),
    "transferability": msg("Transferability"),
    "dependability": msg("Dependability"),
    "confirmability": msg("Confirmability"),
}


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique of the source: its id, criterion, display name, and the words that tables use for it."""

    id: str
    criterion: str
    title: Message
    words: tuple[str, ...]


TECHNIQUES: tuple[Technique, ...] = (
    Technique(
        "prolonged-engagement",
        "credibility",
        msg("Prolonged engagement"),
        ("درگیری طولانی‌مدت", "درگیری طولانی", "حضور طولانی در میدان"),
    ),
    Technique(
        "persistent-observation",
        "credibility",
        msg("Persistent observation"),
        ("مشاهدهٔ مداوم", "مشاهدهٔ پیوسته"),
    ),
    Technique("triangulation", "credibility", msg("Triangulation"), ("مثلث‌سازی", "سه‌سویه‌سازی", "هم‌سوسازی")),
    Technique(
        "peer-debriefing",
        "credibility",
        msg("Peer debriefing"),
        ("بازبینی همتایان", "بازبینی همکاران", "مرور همتایان"),
    ),
    Technique(
        "negative-case-analysis",
        "credibility",
        msg("Negative case analysis"),
        ("تحلیل موارد منفی", "تحلیل موارد خلاف", "negative cases"),
    ),
    Technique(
        "referential-adequacy", "credibility", msg("Referential adequacy"), ("کفایت ارجاعی", "کفایت مراجع")
    ),
    Technique(
        "member-checks",
        "credibility",
        msg("Member checks"),
        ("member check", "member checking", "بازبینی مشارکت‌کنندگان", "بازبینی اعضا", "تطبیق توسط اعضا"),
    ),
    Technique(
        "thick-description",
        "transferability",
        msg("Thick description"),
        ("توصیف فربه", "توصیف غنی", "توصیف ضخیم"),
    ),
    Technique(
        "inquiry-audit",
        "dependability",
        msg("Inquiry audit"),
        ("dependability audit", "حسابرسی فرایند", "ممیزی فرایند پژوهش"),
    ),
    Technique(
        "audit-trail",
        "confirmability",
        msg("Audit trail"),
        ("confirmability audit", "ردپای حسابرسی", "مسیر ممیزی"),
    ),
    Technique(
        "reflexive-journal",
        "confirmability",
        msg("Reflexive journal"),
        ("reflexive diary", "دفترچهٔ بازاندیشی", "یادداشت‌های بازاندیشانه"),
    ),
)

_BY_KEY = {
    match_key(word): technique
    for technique in TECHNIQUES
    for word in (technique.id, str(technique.title), *technique.words)
}


def technique_named(words: str) -> Technique | None:
    """Return the technique that a cell means in English or Persian; ``None`` for one of the study's own."""
    return _BY_KEY.get(match_key(words))
