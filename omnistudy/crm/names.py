"""Names for people of what records call by a word: their tables, currencies, channels, customer groups and scales.

The word itself is what scripts read, and what an English page prints; other words of somebody's own
records stand for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from omnistudy.results import Label, Message, Table, listed, msg

_PERSIAN: Mapping[str, str] = MappingProxyType(
    {
        # tables
        "events": "رویدادها",
        "transactions": "تراکنش‌ها",
        "survey": "نظرسنجی",
        "tickets": "درخواست‌ها",
        "contracts": "قراردادها",
        "ops": "آمار عملیاتی",
        "identity_map": "نگاشت هویت",
        "preferences": "ترجیح‌های کانال",
        "cases": "موردها",
        "survivors": "باقی‌ماندگان",
        "activity": "فعالیت مشتریان",
        "IRR": "ریال",
        "IRT": "تومان",
        # groups
        "all": "همه",
        "(none)": "نامشخص",
        "physical": "حضوری",
        "assisted": "با کمک کارکنان",
        "digital": "دیجیتال",
        # channels
        "branch": "شعبه",
        "atm": "خودپرداز",
        "call_centre": "مرکز تماس",
        "call_center": "مرکز تماس",
        "mobile_bank": "همراه‌بانک",
        "internet_bank": "اینترنت‌بانک",
        "telephone_bank": "تلفن‌بانک",
        "pos": "پایانهٔ فروش",
        "kiosk": "کیوسک",
        "website": "وبگاه",
        "app": "برنامک",
        "email": "رایانامه",
        "sms": "پیامک",
        "chat": "گفت‌وگوی برخط",
        "social": "شبکه‌های اجتماعی",
        # customer groups
        "retired": "بازنشسته",
        "salaried": "حقوق‌بگیر",
        "self_employed": "خویش‌فرما",
        "small_business": "کسب‌وکار کوچک",
        "student": "دانشجو",
        "youth": "جوانان",
        "corporate": "شرکتی",
        "retail": "خرد",
        # instruments
        "perceived-security": "امنیت ادراک‌شده",
        "technology-readiness": "آمادگی فناورانه",
    }
)


def label_of(name: str) -> Label:
    """Return the label of a word of the records, for figures."""
    persian = _PERSIAN.get(name)
    return Label(name) if persian is None else Label(name, {"en": name, "fa": persian})


def named(name: str | None) -> Message | None:
    """Return the name of a word of the records, for tables and sentences; in plain English the word itself."""
    return msg("{name}", name=label_of(name)) if name else None


def all_named(names: Iterable[str]) -> Message | None:
    """Return the names of several words as one list."""
    return listed([label_of(name) for name in names])


def without_ids(table: Table, *keys: str) -> Table:
    """Return a table for people, without the columns of ids that have a name beside them."""
    kept = [at for at, column in enumerate(table.columns) if column.key not in keys]
    return replace(
        table,
        columns=tuple(table.columns[at] for at in kept),
        rows=tuple(tuple(row[at] for at in kept) for row in table.rows),
    )
