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
