//! Principal components of rows.

use super::rows::Rows;

/// Principal components, the one with the largest variance first.
#[derive(Debug, Clone, PartialEq)]
pub struct PrincipalComponents {
    /// Mean of every feature.
    pub mean: Vec<f64>,
    /// Variance (n - 1) along every component.
    pub variance: Vec<f64>,
    /// For every component a vector of length 1 over the features; its largest entry in size is positive.
    pub loadings: Vec<Vec<f64>>,
}

impl PrincipalComponents {
    /// Finds the components: eigenvectors of the covariance (n - 1) of the features, which are centred but not scaled.
    ///
    /// With a single row all variances are 0.
    ///
    /// ```
    /// use monazite::typology::pca::PrincipalComponents;
    /// use monazite::typology::rows::Rows;
    /// let rows = Rows::new(2, vec![0.0, 0.0, 3.0, 4.0, 6.0, 8.0]);
    /// let components = PrincipalComponents::fit(&rows);
    /// assert!((components.loadings[0][1] - 0.8).abs() < 1e-12);
    /// assert!((components.variance[0] - 25.0).abs() < 1e-12 && components.variance[1].abs() < 1e-12);
    /// ```
    pub fn fit(rows: &Rows) -> Self {
        let (n, features) = (rows.len(), rows.features());
        let mean: Vec<f64> =
            (0..features).map(|f| rows.feature(f).fold(0.0, |sum, v| sum + v) / n as f64).collect();
        let mut covariance = vec![vec![0.0; features]; features];
        for row in 0..n {
            let centred: Vec<f64> = rows.row(row).iter().zip(&mean).map(|(v, m)| v - m).collect();
            for (line, left) in covariance.iter_mut().zip(&centred) {
                for (sum, right) in line.iter_mut().zip(&centred) {
                    *sum += left * right;
                }
            }
        }
        let degrees = (n as f64 - 1.0).max(1.0);
        covariance.iter_mut().flatten().for_each(|sum| *sum /= degrees);
        let vectors = jacobi(&mut covariance);
        let mut order: Vec<usize> = (0..features).collect();
        order.sort_by(|&a, &b| covariance[b][b].total_cmp(&covariance[a][a]));
        let loadings = order
            .iter()
            .map(|&component| {
                let vector: Vec<f64> = vectors.iter().map(|row| row[component]).collect();
                let largest =
                    vector.iter().fold(0.0f64, |most, x| if x.abs() > most.abs() { *x } else { most });
                vector.iter().map(|x| if largest < 0.0 { -x } else { *x }).collect()
            })
            .collect();
        Self { mean, variance: order.iter().map(|&c| covariance[c][c].max(0.0)).collect(), loadings }
    }

    /// Score of a row on a component; `None` if there are not as many components.
    pub fn score(&self, row: &[f64], component: usize) -> Option<f64> {
        let loading = self.loadings.get(component)?;
        Some(row.iter().zip(&self.mean).zip(loading).fold(0.0, |sum, ((v, m), l)| sum + (v - m) * l))
    }

    /// Share of the variance that a component carries; `None` if there is no variance.
    pub fn explained(&self, component: usize) -> Option<f64> {
        let total = self.variance.iter().fold(0.0, |sum, v| sum + v);
        self.variance.get(component).filter(|_| total > 0.0).map(|v| v / total)
    }
}

/// Turns a symmetric matrix diagonal by cyclic Jacobi rotations; returns the eigenvectors as columns. Own code for the
/// same bits on every machine.
pub(in crate::typology) fn jacobi(a: &mut [Vec<f64>]) -> Vec<Vec<f64>> {
    let n = a.len();
    let mut v: Vec<Vec<f64>> =
        (0..n).map(|row| (0..n).map(|column| f64::from(u8::from(row == column))).collect()).collect();
    let size = a.iter().flatten().fold(0.0f64, |most, x| most.max(x.abs()));
    for _sweep in 0..64 {
        let off = (0..n)
            .flat_map(|p| (p + 1..n).map(move |q| (p, q)))
            .fold(0.0f64, |m, (p, q)| m.max(a[p][q].abs()));
        if off <= 1e-300 || off <= 1e-17 * size {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q] == 0.0 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = 1.0 / (theta.abs() + (theta * theta + 1.0).sqrt());
                let t = if theta < 0.0 { -t } else { t };
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for row in a.iter_mut() {
                    let (x, y) = (row[p], row[q]);
                    row[p] = c * x - s * y;
                    row[q] = s * x + c * y;
                }
                let (upper, lower) = a.split_at_mut(q);
                for (x, y) in upper[p].iter_mut().zip(&mut lower[0]) {
                    (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
                }
                for row in &mut v {
                    let (x, y) = (row[p], row[q]);
                    row[p] = c * x - s * y;
                    row[q] = s * x + c * y;
                }
            }
        }
    }
    v
}
