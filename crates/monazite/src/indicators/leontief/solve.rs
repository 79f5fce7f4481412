//! Solutions for one right-hand side, or for some at once: a step of the one is a step of all, so that they have the same bits.

use super::{Leontief, OUTSIDE};

/// y += f x in each of N right-hand sides.
#[inline(always)]
fn add<const N: usize>(y: &mut [f64; N], f: f64, x: &[f64; N]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += f * x;
    }
}

/// The right-hand sides in the order of elimination.
fn in_order<'a, const N: usize>(
    order: &[u16],
    b: &[[f64; N]],
    memory: &'a mut Vec<f64>,
) -> &'a mut [[f64; N]] {
    memory.clear();
    memory.extend(order.iter().flat_map(|&c| b[usize::from(c)]));
    memory.as_chunks_mut().0
}

impl Leontief {
    /// x = (I - Vᵀ)⁻¹ b.
    pub(super) fn solve_importers<const N: usize>(&mut self, b: &[[f64; N]]) -> Vec<[f64; N]> {
        assert_eq!(b.len(), self.countries, "one entry a country");
        let mut x = b.to_vec();
        let size = self.order.len();
        let y = in_order(&self.order, b, &mut self.right_hand_side);
        for flow in &self.from_outside {
            let place = usize::from(self.place[usize::from(flow.importer)]);
            add(&mut y[place], flow.weight, &b[usize::from(flow.supplier)]);
        }
        for row in 0..size {
            let (index, value) = self.rows.lower.row(row);
            let mut sum = y[row];
            for (&k, &f) in index.iter().zip(value) {
                add(&mut sum, f, &y[usize::from(k)]);
            }
            y[row] = sum;
        }
        for row in (0..size).rev() {
            let (index, value) = self.rows.upper.row(row);
            let mut sum = y[row];
            for (&k, &p) in index.iter().zip(value) {
                add(&mut sum, p, &y[usize::from(k)]);
            }
            y[row] = sum.map(|sum| sum / self.rows.pivot[row]);
        }
        for (row, &country) in self.order.iter().enumerate() {
            x[usize::from(country)] = y[row];
        }
        for flow in &self.to_outside {
            let of_supplier = x[usize::from(flow.supplier)];
            add(&mut x[usize::from(flow.importer)], flow.weight, &of_supplier);
        }
        x
    }

    /// x = (I - V)⁻¹ b.
    pub(super) fn solve_suppliers<const N: usize>(&mut self, b: &[[f64; N]]) -> Vec<[f64; N]> {
        assert_eq!(b.len(), self.countries, "one entry a country");
        let mut x = b.to_vec();
        let size = self.order.len();
        let y = in_order(&self.order, b, &mut self.right_hand_side);
        for flow in &self.to_outside {
            let place = self.place[usize::from(flow.supplier)];
            if place != OUTSIDE {
                add(&mut y[usize::from(place)], flow.weight, &b[usize::from(flow.importer)]);
            }
        }
        for row in 0..size {
            let z = y[row].map(|y| y / self.rows.pivot[row]);
            y[row] = z;
            let (index, value) = self.rows.upper.row(row);
            for (&k, &p) in index.iter().zip(value) {
                add(&mut y[usize::from(k)], p, &z);
            }
        }
        for row in (0..size).rev() {
            let z = y[row];
            let (index, value) = self.rows.lower.row(row);
            for (&k, &f) in index.iter().zip(value) {
                add(&mut y[usize::from(k)], f, &z);
            }
        }
        for (row, &country) in self.order.iter().enumerate() {
            x[usize::from(country)] = y[row];
        }
        for flow in &self.from_outside {
            let of_importer = x[usize::from(flow.importer)];
            add(&mut x[usize::from(flow.supplier)], flow.weight, &of_importer);
        }
        for flow in &self.to_outside {
            if self.place[usize::from(flow.supplier)] == OUTSIDE {
                add(&mut x[usize::from(flow.supplier)], flow.weight, &b[usize::from(flow.importer)]);
            }
        }
        x
    }
}
