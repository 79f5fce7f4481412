//! The composite dependency score: first principal component of exposure, concentration and STR.

/// How the three indicators are made comparable before the components are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CompositeScaling {
    /// Mean 0 and standard deviation 1 (n - 1); default.
    #[default]
    ZScore,
    /// Mean 0 only: the indicator with the largest spread, usually STR, then rules the score.
    CentredOnly,
}

/// The indicators in the composite, in order.
pub const COMPOSITE_INDICATORS: [&str; 3] = ["exposure", "hhi", "str"];

/// Count, mean and sums of products of deviations of the three indicators, gathered piece by piece.
///
/// Pieces are merged with Chan's formulas; merging the same pieces in the same order gives the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CompositeMoments {
    count: u64,
    mean: [f64; 3],
    products: [[f64; 3]; 3],
}

impl CompositeMoments {
    /// Adds one country-product-year; rows with a missing indicator are to be left out.
    pub fn add(&mut self, row: [f64; 3]) {
        self.count += 1;
        let n = self.count as f64;
        let before: [f64; 3] = std::array::from_fn(|i| row[i] - self.mean[i]);
        for i in 0..3 {
            self.mean[i] += before[i] / n;
        }
        for i in 0..3 {
            for j in 0..3 {
                self.products[i][j] += before[i] * (row[j] - self.mean[j]);
            }
        }
    }

    /// Adds what another piece has gathered.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = *other;
            return;
        }
        let (n, m) = (self.count as f64, other.count as f64);
        let apart: [f64; 3] = std::array::from_fn(|i| other.mean[i] - self.mean[i]);
        for i in 0..3 {
            for j in 0..3 {
                self.products[i][j] += other.products[i][j] + apart[i] * apart[j] * n * m / (n + m);
            }
        }
        for i in 0..3 {
            self.mean[i] += apart[i] * m / (n + m);
        }
        self.count += other.count;
    }

    /// Number of rows gathered.
    pub fn count(&self) -> u64 {
        self.count
    }
}

/// The fitted composite: what turns three indicators into one score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Composite {
    /// How the indicators were made comparable.
    pub scaling: CompositeScaling,
    /// Rows the fit rests on.
    pub rows: u64,
    /// Mean of each indicator.
    pub mean: [f64; 3],
    /// Standard deviation (n - 1) of each indicator.
    pub sd: [f64; 3],
    /// Loadings of the first component: unit length, sum positive, so that high means dependent.
    pub loading: [f64; 3],
    /// Eigenvalues of the covariance (or correlation) matrix, largest first.
    pub eigenvalues: [f64; 3],
}

/// Why no composite can be formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CompositeError {
    /// Fewer than two rows have all three indicators.
    #[error("a composite needs at least two country-product-years with exposure, HHI and STR; there are {0}")]
    TooFewRows(u64),
    /// An indicator is the same everywhere.
    #[error("the composite cannot be formed: {0} is the same in every row")]
    NoVariation(&'static str),
}

impl Composite {
    /// Finds the first principal component.
    ///
    /// # Errors
    /// [`CompositeError::TooFewRows`] with fewer than two rows; [`CompositeError::NoVariation`] if an
    /// indicator is constant and z-scores are asked for.
    ///
    /// ```
    /// use monazite::indicators::composite::{Composite, CompositeMoments, CompositeScaling};
    /// let rows = [[0.9, 0.8, 2.0], [0.5, 0.4, 1.6], [0.2, 0.3, 1.2]];
    /// let mut moments = CompositeMoments::default();
    /// rows.into_iter().for_each(|row| moments.add(row));
    /// let composite = Composite::fit(&moments, CompositeScaling::ZScore)?;
    /// assert!(composite.score(Some(0.9), Some(0.8), Some(2.0)) > composite.score(Some(0.2), Some(0.3), Some(1.2)));
    /// assert_eq!(composite.score(None, Some(0.8), Some(2.0)), None);
    /// # Ok::<(), monazite::indicators::composite::CompositeError>(())
    /// ```
    pub fn fit(moments: &CompositeMoments, scaling: CompositeScaling) -> Result<Self, CompositeError> {
        if moments.count < 2 {
            return Err(CompositeError::TooFewRows(moments.count));
        }
        let degrees = moments.count as f64 - 1.0;
        let sd: [f64; 3] = std::array::from_fn(|i| (moments.products[i][i] / degrees).sqrt());
        let mut matrix = [[0.0; 3]; 3];
        for i in 0..3 {
            for j in 0..3 {
                let covariance = moments.products[i][j] / degrees;
                matrix[i][j] = match scaling {
                    CompositeScaling::CentredOnly => covariance,
                    CompositeScaling::ZScore => {
                        if sd[i] == 0.0 {
                            return Err(CompositeError::NoVariation(COMPOSITE_INDICATORS[i]));
                        }
                        covariance / (sd[i] * sd[j])
                    }
                };
            }
        }
        let (eigenvalues, vectors) = symmetric_eigen(matrix);
        let mut loading: [f64; 3] = std::array::from_fn(|i| vectors[i][0]);
        if loading.iter().sum::<f64>() < 0.0 {
            loading = loading.map(|l| -l);
        }
        Ok(Self { scaling, rows: moments.count, mean: moments.mean, sd, loading, eigenvalues })
    }

    /// The score of one country-product-year; `None` if an indicator is missing.
    ///
    /// Unit: standard deviations of the scaled indicators. High means dependent.
    pub fn score(&self, exposure: Option<f64>, hhi: Option<f64>, str: Option<f64>) -> Option<f64> {
        let row = [exposure?, hhi?, str?];
        let mut score = 0.0;
        for i in 0..3 {
            let scale = match self.scaling {
                CompositeScaling::ZScore => self.sd[i],
                CompositeScaling::CentredOnly => 1.0,
            };
            score += self.loading[i] * ((row[i] - self.mean[i]) / scale);
        }
        Some(score)
    }

    /// Share of the variance that the first component carries, in \[1/3, 1\].
    pub fn explained_variance(&self) -> f64 {
        self.eigenvalues[0] / self.eigenvalues.iter().sum::<f64>()
    }
}

/// Eigenvalues (largest first) and eigenvectors (columns) of a symmetric 3 x 3 matrix, by cyclic Jacobi
/// rotations. Own code because it must give the same bits on every machine, which the libraries with
/// run-time fused multiply-add do not.
fn symmetric_eigen(mut a: [[f64; 3]; 3]) -> ([f64; 3], [[f64; 3]; 3]) {
    let mut v = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for _sweep in 0..64 {
        let off = a[0][1].abs() + a[0][2].abs() + a[1][2].abs();
        if off == 0.0 {
            break;
        }
        for (p, q) in [(0, 1), (0, 2), (1, 2)] {
            if a[p][q] == 0.0 {
                continue;
            }
            let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
            let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
            let t = if theta == 0.0 { 1.0 } else { t };
            let c = 1.0 / (t * t + 1.0).sqrt();
            let s = t * c;
            for k in 0..3 {
                let (x, y) = (a[k][p], a[k][q]);
                a[k][p] = c * x - s * y;
                a[k][q] = s * x + c * y;
            }
            for k in 0..3 {
                let (x, y) = (a[p][k], a[q][k]);
                a[p][k] = c * x - s * y;
                a[q][k] = s * x + c * y;
            }
            for row in &mut v {
                let (x, y) = (row[p], row[q]);
                row[p] = c * x - s * y;
                row[q] = s * x + c * y;
            }
        }
    }
    let mut order = [0, 1, 2];
    order.sort_by(|&i, &j| a[j][j].total_cmp(&a[i][i]));
    let values = order.map(|i| a[i][i]);
    let vectors = std::array::from_fn(|row| order.map(|column| v[row][column]));
    (values, vectors)
}

#[cfg(test)]
mod tests {
    use super::*;

    const P1: [[f64; 3]; 6] = [
        [0.9, 0.8, 2.0],
        [0.5, 0.4, 1.6],
        [0.2, 0.3, 1.2],
        [0.7, 0.9, 2.4],
        [0.1, 0.2, 1.1],
        [0.6, 0.35, 1.9],
    ];

    fn moments(rows: &[[f64; 3]]) -> CompositeMoments {
        let mut moments = CompositeMoments::default();
        rows.iter().for_each(|&row| moments.add(row));
        moments
    }

    fn scores(composite: &Composite) -> Vec<f64> {
        P1.iter().map(|r| composite.score(Some(r[0]), Some(r[1]), Some(r[2])).unwrap()).collect()
    }

    fn assert_close(actual: &[f64], expected: &[f64]) {
        for (a, e) in actual.iter().zip(expected) {
            assert!((a - e).abs() < 1e-9, "{actual:?} is not {expected:?}");
        }
    }

    #[test]
    fn oracle_p1_standardised() {
        let composite = Composite::fit(&moments(&P1), CompositeScaling::ZScore).unwrap();
        assert_close(&composite.eigenvalues, &[2.7380429816, 0.1618353919, 0.1001216266]);
        assert_close(&composite.loading, &[0.5746394938, 0.5733251202, 0.5840271900]);
        assert_close(
            &scores(&composite),
            &[1.7254020459, -0.3003402995, -1.5375083930, 2.0153049858, -2.0439439793, 0.1410856401],
        );
        assert!((composite.explained_variance() - 2.7380429816 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn oracle_p1_centred_only() {
        let composite = Composite::fit(&moments(&P1), CompositeScaling::CentredOnly).unwrap();
        assert_close(&composite.eigenvalues[..1], &[0.3932644456]);
        assert_close(&composite.loading, &[0.4518535053, 0.4242163835, 0.7847731326]);
        assert_close(
            &scores(&composite),
            &[0.5469733935, -0.1173638151, -0.6092507581, 0.8129335838, -0.7753350602, 0.1420426561],
        );
    }

    #[test]
    fn merging_pieces_is_adding_rows() {
        let whole = Composite::fit(&moments(&P1), CompositeScaling::ZScore).unwrap();
        let mut pieces = CompositeMoments::default();
        for piece in [&P1[..2], &P1[2..2], &P1[2..3], &P1[3..]] {
            pieces.merge(&moments(piece));
        }
        assert_eq!(pieces.count(), 6);
        let merged = Composite::fit(&pieces, CompositeScaling::ZScore).unwrap();
        assert_close(&merged.loading, &whole.loading);
        assert_close(&merged.mean, &whole.mean);
        assert_close(&merged.sd, &whole.sd);
    }

    #[test]
    fn too_little_to_go_by() {
        assert_eq!(
            Composite::fit(&moments(&P1[..1]), CompositeScaling::ZScore),
            Err(CompositeError::TooFewRows(1))
        );
        let flat = [[0.1, 0.5, 1.0], [0.2, 0.5, 2.0]];
        assert_eq!(
            Composite::fit(&moments(&flat), CompositeScaling::ZScore),
            Err(CompositeError::NoVariation("hhi"))
        );
        assert!(Composite::fit(&moments(&flat), CompositeScaling::CentredOnly).is_ok());
    }
}
