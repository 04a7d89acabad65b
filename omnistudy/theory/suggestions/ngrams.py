"""How alike names and passages look: character n-grams of match keys, weighted by TF-IDF.

Likeness of letters, not of meaning: two spellings of one name are alike, two synonyms are not. The
texts themselves are never touched; only their match keys are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from omnistudy.text.keys import match_key

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

NGRAMS = (2, 4)


def vectorizer() -> Any:
    """Return an unfitted scikit-learn vectorizer of character n-grams inside words, of 2 to 4 letters."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer="char_wb", ngram_range=NGRAMS, lowercase=False)


def likeness(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the cosines of the texts' match keys, shape (N, N), 1 on the diagonal.

    The weights come from these very texts, so that a cosine depends a little on what else is in the list.
    A text whose key is empty is like no other.
    """
    keys = [match_key(text) for text in texts]
    if not any(keys):
        return np.eye(len(keys))
    grams: csr_matrix = vectorizer().fit_transform(keys)
    cosines = np.clip((grams @ grams.T).toarray(), 0.0, 1.0)
    np.fill_diagonal(cosines, 1.0)
    return np.asarray(cosines, dtype=np.float64)
