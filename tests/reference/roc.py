"""Writes roc.csv: areas under ROC curves by scikit-learn, for `auc` in src/view/detection.rs.

    python3 tests/reference/roc.py > tests/reference/roc.csv

Three lines for each case: the area, the scores of the negatives, and those of the positives. Scores are like errors per pixel:
positive, skewed, and rounded in half of the cases, so that some are equal.
"""

import platform

import numpy
import sklearn
from sklearn.metrics import roc_auc_score

random = numpy.random.default_rng(5)
print(f"# scikit-learn {sklearn.__version__}, NumPy {numpy.__version__}, Python {platform.python_version()}")
for shift, decimals, counts in [(0.02, 6, (90, 10)), (0.02, 2, (90, 10)), (0.0, 3, (40, 40)), (-0.01, 2, (7, 60))]:
    scores = random.gamma(6.0, 0.007, sum(counts)) + 0.005
    labels = numpy.repeat([0, 1], counts)
    # As f32, which is what the page has.
    scores = numpy.round(scores + shift * labels, decimals).astype(numpy.float32)
    print(repr(float(roc_auc_score(labels, scores))))
    for label in (0, 1):
        print(",".join(repr(float(score)) for score in scores[labels == label]))
