//! Joining peaks over ridges that are not significantly lower.

use super::density::Density;

/// A grid point that leads nowhere.
pub(super) const UNASSIGNED: i64 = -1;
/// A grid point of the background.
pub(super) const BACKGROUND: i64 = -2;
/// Cluster states are this minus the grid index that the cluster grew from.
const FIRST_STATE: i64 = -10;
/// In labels: no cluster.
pub(super) const NONE: i64 = 0;

/// The state of a cluster that grows from a grid point.
pub(super) fn state_of(cell: usize) -> i64 {
    FIRST_STATE - cell as i64
}

/// Whether a grid point leads to another one.
pub(super) fn is_pointer(pointer: i64) -> bool {
    pointer >= 0
}

fn is_state(pointer: i64) -> bool {
    pointer <= FIRST_STATE
}

/// The grid points around a grid point.
pub(super) fn neighbours(side: usize, cell: usize) -> impl Iterator<Item = usize> {
    let (x, y) = (cell % side, cell / side);
    let rows = y.saturating_sub(1)..=(y + 1).min(side - 1);
    rows.flat_map(move |to_y| {
        (x.saturating_sub(1)..=(x + 1).min(side - 1)).map(move |to_x| to_x + to_y * side)
    })
    .filter(move |&other| other != cell)
}

/// Passes after which merging stops though something still changes.
const MOST_PASSES: usize = 500;

/// Merges clusters until a whole pass leaves every pointer as it was. Returns the number of passes.
pub(super) fn merge(density: &Density, pointers: &mut [i64]) -> usize {
    let mut overwritten = Vec::new();
    let mut work = Region { mark: vec![0; pointers.len()], round: 0 };
    let mut passes = 0;
    while passes < MOST_PASSES {
        passes += 1;
        // Within a pass a pointer may change and change back.
        let before = pointers.to_vec();
        let mut peaks: Vec<usize> = (0..pointers.len()).filter(|&cell| is_state(pointers[cell])).collect();
        peaks.sort_by(|&a, &b| density.f[b].total_cmp(&density.f[a]));
        for peak in peaks {
            if !is_pointer(pointers[peak]) {
                work.merge_around(density, peak, pointers, &mut overwritten);
            }
        }
        if before == pointers {
            break;
        }
    }
    mend_tears(density.side, pointers, overwritten);
    passes
}

/// Memory for growing regions on the grid.
struct Region {
    mark: Vec<u32>,
    round: u32,
}

impl Region {
    /// Merges what lies on the plateau of a peak.
    fn merge_around(
        &mut self,
        density: &Density,
        peak: usize,
        pointers: &mut [i64],
        overwritten: &mut Vec<i64>,
    ) {
        let (f, sigma) = (&density.f, &density.sigma);
        let floor = f[peak] - sigma[peak];
        self.round += 1;
        let round = self.round;
        // The plateau, and the clusters on it or next to it.
        let mut plateau = vec![peak];
        let mut clusters = vec![peak];
        self.mark[peak] = round;
        let mut next = 0;
        while next < plateau.len() {
            for other in neighbours(density.side, plateau[next]) {
                if self.mark[other] == round {
                    continue;
                }
                if pointers[other] == UNASSIGNED && f[other] + sigma[other] > floor {
                    self.mark[other] = round;
                    plateau.push(other);
                } else if is_state(pointers[other]) {
                    self.mark[other] = round;
                    clusters.push(other);
                }
            }
            next += 1;
        }
        // The first of equally dense ones in the order of the grid.
        clusters.sort_unstable();
        let densest = clusters
            .iter()
            .copied()
            .reduce(|best, other| if f[other] > f[best] { other } else { best })
            .unwrap_or(peak);
        let way_up = neighbours(density.side, densest)
            .filter(|&other| is_pointer(pointers[other]) && f[other] > f[densest])
            .reduce(|best, other| if f[other] > f[best] { other } else { best });
        let target = match way_up {
            Some(other) => pointers[other],
            None => pointers[densest],
        };
        if pointers[peak] != target {
            overwritten.push(pointers[peak]);
        }
        for &cell in plateau.iter().chain(&clusters) {
            pointers[cell] = target;
        }
    }
}

/// A merge can cut a cluster in two: every part that hangs together becomes a cluster of its own.
fn mend_tears(side: usize, pointers: &mut [i64], mut overwritten: Vec<i64>) {
    overwritten.sort_unstable();
    overwritten.dedup();
    for state in overwritten {
        let cells: Vec<usize> = (0..pointers.len()).filter(|&cell| pointers[cell] == state).collect();
        let mut seen = vec![false; pointers.len()];
        let mut parts: Vec<Vec<usize>> = Vec::new();
        for &start in &cells {
            if seen[start] {
                continue;
            }
            seen[start] = true;
            let mut part = vec![start];
            let mut next = 0;
            while next < part.len() {
                for other in neighbours(side, part[next]) {
                    if !seen[other] && pointers[other] == state {
                        seen[other] = true;
                        part.push(other);
                    }
                }
                next += 1;
            }
            parts.push(part);
        }
        // States that no other cluster has.
        for (number, part) in parts.into_iter().enumerate() {
            let own = state - ((number + 1) * side * side) as i64;
            for cell in part {
                pointers[cell] = own;
            }
        }
    }
}

/// Follows every pointer to the cluster it ends in; [`NONE`] for background and what leads nowhere.
pub(super) fn labels(pointers: &[i64]) -> Vec<i64> {
    pointers
        .iter()
        .map(|&first| {
            let mut pointer = first;
            // A pointer leads uphill or to a cluster, so there is no circle; the bound is for damaged input.
            for _ in 0..pointers.len() {
                if !is_pointer(pointer) {
                    break;
                }
                pointer = pointers[pointer as usize];
            }
            if is_state(pointer) { pointer } else { NONE }
        })
        .collect()
}
