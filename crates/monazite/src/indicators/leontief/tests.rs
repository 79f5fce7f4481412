//! The solver against hand-computed cases and a plain dense inverse.

use super::*;

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * b.abs().max(1.0)
}

#[test]
fn inverse_of_oracle_o1() {
    let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
    let expected = [
        [1.1382113821138211, 0.6910569105691056, 0.4065040650406503],
        [0.23125564588979214, 1.1562782294489609, 0.20957542908762417],
        [0.02890695573622402, 0.14453477868112013, 1.026196928635953],
    ];
    let mut leontief = Leontief::default();
    let mut factored = leontief.factor(&t, &[0.75, 0.2, 0.5]).unwrap();
    let diagonal = factored.diagonal();
    let whole = factored.matrix();
    for a in 0..3 {
        for c in 0..3 {
            assert!(close(whole[a][c], expected[a][c]), "{a} {c} {}", whole[a][c]);
            assert!(close(factored.column(c)[a], expected[a][c]));
            assert!(close(factored.row(a)[c], expected[a][c]));
        }
        assert!(close(diagonal[a], expected[a][a]));
    }
}

/// Dense Gauss-Jordan inverse with partial pivoting: the plain reference.
fn dense_inverse(mut m: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let n = m.len();
    let mut inverse: Vec<Vec<f64>> =
        (0..n).map(|r| (0..n).map(|c| f64::from(u8::from(r == c))).collect()).collect();
    for k in 0..n {
        let best = (k..n).max_by(|&x, &y| m[x][k].abs().total_cmp(&m[y][k].abs())).unwrap();
        m.swap(k, best);
        inverse.swap(k, best);
        let p = m[k][k];
        for c in 0..n {
            m[k][c] /= p;
            inverse[k][c] /= p;
        }
        for r in 0..n {
            if r != k {
                let f = m[r][k];
                for c in 0..n {
                    m[r][c] -= f * m[k][c];
                    inverse[r][c] -= f * inverse[k][c];
                }
            }
        }
    }
    inverse
}

/// A small generator so that the test needs no crate; any numbers do.
struct Lcg(u64);
impl Lcg {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[test]
fn agrees_with_a_dense_inverse_at_every_size_and_density() {
    let mut random = Lcg(7);
    let mut leontief = Leontief::default();
    for round in 0..300 {
        let n = 2 + round % 71;
        let density = [0.02, 0.1, 0.3, 0.9][round % 4];
        let mut rows = vec![vec![0.0; n]; n];
        for a in 0..n {
            for c in 0..n {
                if a != c && random.next() < density {
                    rows[a][c] = random.next().powi(4) * 1e6 + 0.001;
                }
            }
        }
        let weight: Vec<f64> = (0..n).map(|_| random.next().powf(0.3)).collect();
        let slices: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let t = TradeMatrix::from_dense(&slices);
        let mut system = vec![vec![0.0; n]; n];
        for a in 0..n {
            system[a][a] = 1.0;
            for c in 0..n {
                if t.imports()[c] > 0.0 {
                    system[a][c] -= weight[a] * rows[a][c] / t.imports()[c];
                }
            }
        }
        let expected = dense_inverse(system.clone());
        let mut factored = leontief.factor(&t, &weight).unwrap();
        let ones = vec![1.0; n];
        let (columns, rows_sums) = (factored.importer_sums(&ones), factored.supplier_sums(&ones));
        let diagonal = factored.diagonal();
        for c in 0..n {
            assert!(close(columns[c], (0..n).map(|a| expected[a][c]).sum()), "round {round} column {c}");
            assert!(close(rows_sums[c], expected[c].iter().sum()), "round {round} row {c}");
            assert!(close(diagonal[c], expected[c][c]), "round {round} diagonal {c}");
        }

        // Everybody passes on a part: (I - diag(φ) V)⁻¹, from the same order and pattern, and what comes back to each supplier.
        let content: Vec<f64> =
            (0..n).map(|a| if a % 5 == 0 { [0.0, 1.0][a / 5 % 2] } else { random.next() }).collect();
        let v: Vec<Vec<f64>> =
            (0..n).map(|a| (0..n).map(|c| f64::from(u8::from(a == c)) - system[a][c]).collect()).collect();
        let expected = dense_inverse(
            (0..n)
                .map(|a| (0..n).map(|c| f64::from(u8::from(a == c)) - content[a] * v[a][c]).collect())
                .collect(),
        );
        let mut again = factored.pass_on(&content).unwrap();
        let (columns, row_sums) = (again.importer_sums(&ones), again.supplier_sums(&ones));
        let reach: Vec<f64> = (0..n).map(|c| c as f64).collect();
        let Returns { diagonal, sums, loops } = again.returns(&t, &weight, &reach);
        for c in 0..n {
            assert!(close(columns[c], (0..n).map(|a| expected[a][c]).sum()), "round {round} column {c}");
            assert!(close(row_sums[c], expected[c].iter().sum()), "round {round} row {c}");
            assert!(close(diagonal[c], expected[c][c]), "round {round} diagonal {c}");
            let back: f64 = (0..n).map(|b| v[c][b] * expected[b][c]).sum();
            assert!(close(loops[c], back), "round {round} loops {c}");
            let sum: f64 = (0..n).map(|b| v[c][b] * reach[b]).sum();
            assert!(close(sums[c], sum), "round {round} sums {c}");
        }
        let mut other = Leontief::default();
        other.factor_passed_on(&t, &weight, &content).unwrap();
        let mut anew = other.factored();
        assert_eq!((columns, row_sums), (anew.importer_sums(&ones), anew.supplier_sums(&ones)));
        assert_eq!(diagonal, anew.diagonal());
        // Three at once are one after the other.
        let one = |lane: usize| (0..n).map(|c| 0.25 + (lane * c) as f64).collect::<Vec<_>>();
        let three: Vec<[f64; 3]> = (0..n).map(|c| [0, 1, 2].map(|lane| one(lane)[c])).collect();
        let (columns, row_sums) = (anew.importer_sums_of(&three), anew.supplier_sums_of(&three));
        for lane in 0..3 {
            let of = |sums: &[[f64; 3]]| sums.iter().map(|sums| sums[lane]).collect::<Vec<_>>();
            assert_eq!(of(&columns), anew.importer_sums(&one(lane)));
            assert_eq!(of(&row_sums), anew.supplier_sums(&one(lane)));
        }
    }
}

#[test]
fn a_closed_group_without_stability_is_found_and_named() {
    let t = TradeMatrix::from_dense(&[&[0.0, 5.0, 0.0], &[7.0, 0.0, 0.0], &[0.0, 0.0, 0.0]]);
    let mut leontief = Leontief::default();
    assert_eq!(leontief.factor(&t, &[1.0, 1.0, 0.5]).unwrap_err(), Singular { members: vec![0, 1] });
    // The workspace is not spoilt by the failure.
    let x = leontief.factor(&t, &[1.0, 0.5, 0.5]).unwrap().importer_sums(&[1.0, 1.0, 1.0]);
    assert!(close(x[0], 3.0) && close(x[1], 4.0) && close(x[2], 1.0));
}

#[test]
fn nearly_singular_networks_keep_their_digits() {
    // Two-cycle: STR_A = (1 + w) / (1 - w^2) = 1 / (1 - w) for equal weights.
    let t = TradeMatrix::from_dense(&[&[0.0, 5.0], &[7.0, 0.0]]);
    let mut leontief = Leontief::default();
    for exponent in [3, 8, 13, 15] {
        let leak = 2.0f64.powi(-3 * exponent);
        let x = leontief.factor(&t, &[1.0 - leak; 2]).unwrap().importer_sums(&[1.0, 1.0]);
        assert!((x[0] * leak - 1.0).abs() < 1e-14, "{}", x[0] * leak);
    }
}

#[test]
fn nothing_traded_is_the_identity() {
    let mut leontief = Leontief::default();
    let mut factored = leontief.factor(&TradeMatrix::new(3), &[0.5; 3]).unwrap();
    assert_eq!(factored.importer_sums(&[1.0; 3]), vec![1.0; 3]);
    assert_eq!(factored.supplier_sums(&[1.0; 3]), vec![1.0; 3]);
    assert_eq!(factored.diagonal(), vec![1.0; 3]);
}

#[test]
#[should_panic(expected = "weights lie in [0, 1]")]
fn a_weight_above_one_is_refused() {
    let t = TradeMatrix::from_dense(&[&[0.0, 5.0], &[7.0, 0.0]]);
    let _ = Leontief::default().factor(&t, &[0.5, 1.5]);
}
