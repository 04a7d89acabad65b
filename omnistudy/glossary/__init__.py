"""The words that outputs use and that are neither coefficients nor lint rules, explained."""

from __future__ import annotations

from omnistudy.crm.audits.terms import AUDIT_TERMS
from omnistudy.glossary.agreement_terms import AGREEMENT_TERMS
from omnistudy.glossary.answer_terms import ANSWER_TERMS
from omnistudy.glossary.crm_terms import CRM_TERMS
from omnistudy.glossary.section_terms import SECTION_TERMS
from omnistudy.glossary.study_terms import STUDY_TERMS
from omnistudy.glossary.table_terms import TABLE_TERMS
from omnistudy.glossary.theory_terms import THEORY_TERMS
from omnistudy.results import Term

GLOSSARY: tuple[Term, ...] = (*STUDY_TERMS, *AGREEMENT_TERMS, *THEORY_TERMS, *CRM_TERMS, *AUDIT_TERMS)
"""The words of the field."""
PRINTED_WORDS: tuple[Term, ...] = (*SECTION_TERMS, *ANSWER_TERMS, *TABLE_TERMS)
"""What stands in headings and answers; where a word of the field has the same name, that one keeps it."""
