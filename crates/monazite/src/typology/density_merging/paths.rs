//! Paths uphill, and where they end.

use super::density::Density;
use super::merging::{BACKGROUND, UNASSIGNED, is_pointer, neighbours, state_of};

/// Directions to the neighbours, in the order in which the first of equal ones wins; the middle one stays.
const DIRECTIONS: [(i32, i32); 9] =
    [(1, 1), (0, 1), (-1, 1), (1, 0), (0, 0), (-1, 0), (1, -1), (0, -1), (-1, -1)];
const STAY: usize = 4;

/// Direction of the steepest rise of a grid point: a position in [`DIRECTIONS`].
pub(super) fn steepest(density: &Density, cell: usize) -> usize {
    let side = density.side as i32;
    let (x, y) = (cell as i32 % side, cell as i32 / side);
    let mut best = (f64::NEG_INFINITY, STAY);
    for (direction, &(dx, dy)) in DIRECTIONS.iter().enumerate() {
        let (to_x, to_y) = (x + dx, y + dy);
        if !(0..side).contains(&to_x) || !(0..side).contains(&to_y) {
            continue;
        }
        let rise = density.f[(to_x + to_y * side) as usize] - density.f[cell];
        let rise = if dx != 0 && dy != 0 { rise * std::f64::consts::FRAC_1_SQRT_2 } else { rise };
        if rise > best.0 {
            best = (rise, direction);
        }
    }
    best.1
}

/// Slope of the density towards a neighbour, and its standard error where the moments are known.
pub(super) fn slope_towards(density: &Density, cell: usize, direction: usize) -> (f64, f64) {
    let (dx, dy) = DIRECTIONS[direction];
    let (dx, dy) = (f64::from(dx), f64::from(dy));
    let [step_x, step_y] = density.step;
    let length = (dx * step_x * dx * step_x + dy * step_y * dy * step_y).sqrt();
    let gradient = [density.slope[0][cell], density.slope[1][cell]];
    let slope = (dx * step_x * gradient[0] + dy * step_y * gradient[1]) / length;
    let [xx, xy, yy] = &density.slope_moments;
    if xx.is_empty() {
        return (slope, 0.0);
    }
    // The unit direction in steps of the grid, not of the data: so does the authors' program.
    let on_grid = (dx * dx + dy * dy).sqrt();
    let (u, v) = (dx / on_grid, dy / on_grid);
    let variance = u * u * (xx[cell] - gradient[0] * gradient[0])
        + 2.0 * u * v * (xy[cell] - gradient[0] * gradient[1])
        + v * v * (yy[cell] - gradient[1] * gradient[1]);
    (slope, (variance.max(0.0) / (density.points as f64 - 1.0)).sqrt())
}

/// Points every grid point at its steepest neighbour, if the way there is uphill; with a slope test, if it is
/// significantly so.
pub(super) fn uphill(density: &Density, foreground: &[bool], slope_test: Option<f64>) -> Vec<i64> {
    let side = density.side as i32;
    (0..foreground.len())
        .map(|cell| {
            if !foreground[cell] {
                return BACKGROUND;
            }
            let direction = steepest(density, cell);
            if direction == STAY {
                return UNASSIGNED;
            }
            let (slope, error) = slope_towards(density, cell, direction);
            if slope > slope_test.map_or(0.0, |critical| critical * error) {
                let (dx, dy) = DIRECTIONS[direction];
                i64::from(cell as i32 + dx + dy * side)
            } else {
                UNASSIGNED
            }
        })
        .collect()
}

/// Where paths end: a significant end becomes a cluster, any other end turns to background with all that leads to it.
/// Returns the number of ends and of significant ones.
pub(super) fn end_paths(density: &Density, critical: f64, pointers: &mut [i64]) -> [usize; 2] {
    let mut pointed_at = vec![false; pointers.len()];
    for &pointer in pointers.iter().filter(|p| is_pointer(**p)) {
        pointed_at[pointer as usize] = true;
    }
    let (mut ends, mut significant) = (0, 0);
    for cell in 0..pointers.len() {
        if pointers[cell] != UNASSIGNED || !pointed_at[cell] {
            continue;
        }
        ends += 1;
        if density.f[cell] >= critical * density.sigma[cell] {
            significant += 1;
            pointers[cell] = state_of(cell);
            continue;
        }
        let mut leading = vec![cell];
        pointers[cell] = BACKGROUND;
        while let Some(to) = leading.pop() {
            for from in neighbours(density.side, to) {
                if pointers[from] == to as i64 {
                    pointers[from] = BACKGROUND;
                    leading.push(from);
                }
            }
        }
    }
    [ends, significant]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three by three grid points; the slopes and their moments are those of the middle one.
    fn density() -> Density {
        let everywhere = |value: f64| vec![value; 9];
        Density {
            side: 3,
            points: 3,
            step: [0.5, 0.25],
            bandwidth: [1.0; 2],
            highest: 1.0,
            weight: everywhere(0.0),
            f: vec![
                0.0, 1.0, 2.0, //
                1.0, 3.0, 2.0, //
                0.0, 1.0, 9.0,
            ],
            g: everywhere(0.0),
            sigma: everywhere(3.0),
            slope: [everywhere(3.0), everywhere(4.0)],
            slope_moments: [everywhere(17.0), everywhere(12.0), everywhere(24.0)],
            cell_of: Vec::new(),
        }
    }

    #[test]
    fn the_steepest_rise_by_hand() {
        let density = density();
        // From the corner: 1 to the right and up, 3/√2 = 2.12 across. From the middle: 6/√2 = 4.24 across. Below the top: 7 straight.
        assert_eq!(DIRECTIONS[steepest(&density, 0)], (1, 1));
        assert_eq!(DIRECTIONS[steepest(&density, 4)], (1, 1));
        assert_eq!(DIRECTIONS[steepest(&density, 5)], (0, 1));
        assert_eq!(steepest(&density, 8), STAY);
    }

    #[test]
    fn a_slope_and_its_error_by_hand() {
        let across = DIRECTIONS.iter().position(|d| *d == (1, 1)).unwrap();
        let (slope, error) = slope_towards(&density(), 4, across);
        // The step is (0.5, 0.25), √5/4 long: (0.5 x 3 + 0.25 x 4) / (√5/4) = 2√5.
        assert!((slope - 4.472_135_955).abs() < 1e-9, "{slope}");
        // Variance (17 - 9)/2 + (12 - 3 x 4) + (24 - 16)/2 = 8, over 3 - 1 points.
        assert!((error - 2.0).abs() < 1e-12, "{error}");
        // Two errors are 4, two and a half are 5.
        let middle = |critical| uphill(&density(), &[true; 9], critical)[4];
        assert_eq!([None, Some(2.0), Some(2.5)].map(middle), [8, 8, UNASSIGNED]);
        assert_eq!(uphill(&density(), &[false; 9], None), [BACKGROUND; 9]);
    }

    #[test]
    fn an_end_is_a_cluster_if_it_is_high_enough() {
        // Corner to middle to top; the top is three standard errors high. A second end that nothing leads to does not count.
        let path = [4, -1, -2, -2, 8, -2, -2, -2, -1];
        let mut pointers = path;
        assert_eq!(end_paths(&density(), 3.0, &mut pointers), [1, 1]);
        assert_eq!((pointers[8], pointers[4], pointers[0]), (state_of(8), 8, 4));
        let mut pointers = path;
        assert_eq!(end_paths(&density(), 3.1, &mut pointers), [1, 0]);
        assert_eq!([0, 4, 8].map(|cell: usize| pointers[cell]), [BACKGROUND; 3]);
    }
}
