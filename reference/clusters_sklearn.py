"""Reference values for principal components, HDBSCAN and silhouettes, by scikit-learn.

    python reference/clusters_sklearn.py > reference/values/clusters_sklearn.json

Rows are made without a random number generator: the sequences of METHODS, so that another language makes the same ones.
"""
import json, math
import numpy as np
import sklearn
from sklearn.cluster import HDBSCAN
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score

STEPS = (0.7548776662466927, 0.5698402909980532, 0.8191725133961645, 0.6710436067037893)


def normal(i, j):
    """Number j of row i: standard normal by Box and Muller on additive recurrences."""
    u = (i * STEPS[j % 4] + 0.1 * (j // 4)) % 1.0
    v = (i * STEPS[(j + 1) % 4] + 0.37 * (j + 1)) % 1.0
    return math.sqrt(-2 * math.log(1 - u)) * math.cos(2 * math.pi * v)


def rows():
    """Three clouds of 60, 80 and 40 rows in five features, and 12 rows of noise."""
    out, truth = [], []
    for cloud, (count, centre, spread) in enumerate([(60, (0, 0, 0, 0, 0), 1.0), (80, (4, 1, 0, -2, 3), 1.5), (40, (-3, 5, 2, 2, 0), 0.7)]):
        for i in range(count):
            out.append([c + spread * normal(1 + i + 1000 * cloud, j) for j, c in enumerate(centre)])
            truth.append(cloud + 1)
    for i in range(12):
        out.append([8 * normal(5000 + i, j) for j in range(5)])
        truth.append(0)
    return np.array(out), truth


X, truth = rows()
pca = PCA().fit(X)
loadings = [(v if v[np.argmax(np.abs(v))] > 0 else -v).tolist() for v in pca.components_]
hdbscan = {str(size): HDBSCAN(min_cluster_size=size, min_samples=size, copy=True).fit_predict(X).tolist() for size in (4, 8, 15)}
inside = np.array(truth) > 0
print(json.dumps({
    "scikit_learn": sklearn.__version__, "first_row": X[0].tolist(), "last_row": X[-1].tolist(), "truth": truth,
    "mean": pca.mean_.tolist(), "variance": pca.explained_variance_.tolist(), "loadings": loadings, "hdbscan": hdbscan,
    "silhouette": silhouette_score(X[inside], np.array(truth)[inside]),
}, separators=(",", ":")))
