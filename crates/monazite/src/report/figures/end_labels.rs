//! Names at the right ends of lines, apart from one another.

/// Heights of labels near the places that they belong to, at least `apart` from one another and within two ends; in the order given.
///
/// ```
/// use monazite::report::figures::end_labels::spread;
/// assert_eq!(spread(&[10.0, 40.0], 6.0, [0.0, 50.0]), [10.0, 40.0]);
/// // Two that meet move apart evenly, and none leaves the frame.
/// assert_eq!(spread(&[20.0, 20.0], 6.0, [0.0, 50.0]), [17.0, 23.0]);
/// assert_eq!(spread(&[49.0, 50.0], 6.0, [0.0, 50.0]), [44.0, 50.0]);
/// ```
pub fn spread(places: &[f64], apart: f64, [top, floor]: [f64; 2]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].total_cmp(&places[b]).then(a.cmp(&b)));
    // Runs of labels that touch one another, each with the middle that they would all like to have.
    let mut runs: Vec<(f64, usize)> = Vec::new();
    let half = |count: usize| 0.5 * apart * (count as f64 - 1.0);
    let within = |middle: f64, count: usize| {
        let (low, high) = (top + half(count), floor - half(count));
        if low > high { 0.5 * (top + floor) } else { middle.clamp(low, high) }
    };
    for &at in &order {
        let mut run = (within(places[at], 1), 1);
        while let Some(&(middle, count)) = runs.last() {
            if middle + half(count) + apart <= run.0 - half(run.1) + 1e-9 {
                break;
            }
            let all = count + run.1;
            let mean = (middle * count as f64 + run.0 * run.1 as f64) / all as f64;
            runs.pop();
            run = (within(mean, all), all);
        }
        runs.push(run);
    }
    let mut found = vec![0.0; places.len()];
    let mut next = order.into_iter();
    for (middle, count) in runs {
        for n in 0..count {
            if let Some(at) = next.next() {
                found[at] = middle - half(count) + apart * n as f64;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_order_and_distance() {
        let places = [30.0, 12.0, 14.0, 13.0, 60.0, 1.0];
        let found = spread(&places, 5.0, [0.0, 60.0]);
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by(|&a, &b| places[a].total_cmp(&places[b]));
        for pair in order.windows(2) {
            assert!(found[pair[1]] - found[pair[0]] >= 5.0 - 1e-9, "{found:?}");
        }
        assert!(found.iter().all(|y| (0.0..=60.0).contains(y)), "{found:?}");
        assert_eq!((found[0], found[4], found[5]), (30.0, 60.0, 1.0));
        assert!(spread(&[], 5.0, [0.0, 1.0]).is_empty());
    }
}
