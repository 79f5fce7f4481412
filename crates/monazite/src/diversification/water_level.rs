//! Filling up: the level at which vessels hold a given amount, exactly.

/// Vessels side by side; vessel i holds min(max(τ - from_i, 0), to_i - from_i) at level τ.
///
/// Between two borders of vessels what they hold together is linear in the level, so that a level is found by going through the sorted borders, without
/// iteration.
#[derive(Debug, Clone, Default)]
pub(super) struct Vessels {
    /// (level, change of slope there).
    borders: Vec<(f64, f64)>,
    capacity: f64,
}

impl Vessels {
    /// Adds a vessel that begins to fill at `from` and is full at `to`; nothing if it holds nothing.
    pub(super) fn add(&mut self, from: f64, to: f64) {
        if to > from {
            self.borders.push((from, 1.0));
            self.borders.push((to, -1.0));
            self.capacity += to - from;
        }
    }

    /// What all hold together when they are full.
    pub(super) fn capacity(&self) -> f64 {
        self.capacity
    }

    /// What they hold at a level.
    pub(super) fn held(&self, level: f64) -> f64 {
        self.borders.iter().map(|&(border, change)| change * (level - border).max(0.0)).sum::<f64>().max(0.0)
    }

    /// The smallest level at which they hold `amount`; the level at which the last is full, if they hold less. `None` if there are none.
    pub(super) fn level(&mut self, amount: f64) -> Option<f64> {
        self.borders.sort_unstable_by(|x, y| x.0.total_cmp(&y.0).then(y.1.total_cmp(&x.1)));
        let (mut held, mut open) = (0.0, 0.0);
        let mut level = self.borders.first()?.0;
        for &(border, change) in &self.borders {
            let more = open * (border - level);
            if held + more >= amount && more > 0.0 {
                return Some(level + ((amount - held) / open).max(0.0));
            }
            held += more;
            open += change;
            if held >= amount {
                return Some(border);
            }
            level = border;
        }
        Some(level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_by_hand() {
        // One vessel from 0 to 2, one from 1 to 3: 1 is held at level 1, 2 at 1.5, 3 at 2, 4 at 3.
        let mut vessels = Vessels::default();
        vessels.add(1.0, 3.0);
        vessels.add(0.0, 2.0);
        vessels.add(5.0, 5.0);
        assert_eq!(vessels.capacity(), 4.0);
        let expected = [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0), (2.0, 1.5), (3.0, 2.0), (3.5, 2.5), (4.0, 3.0)];
        for (amount, level) in expected {
            assert_eq!(vessels.level(amount), Some(level), "{amount}");
            assert_eq!(vessels.held(level), amount);
        }
        assert_eq!(vessels.level(9.0), Some(3.0));
        assert_eq!(Vessels::default().level(0.0), None);
        // A gap between two vessels: the smallest level that holds the amount.
        let mut apart = Vessels::default();
        apart.add(0.0, 1.0);
        apart.add(2.0, 3.0);
        assert_eq!(apart.level(1.0), Some(1.0));
        assert_eq!(apart.level(1.5), Some(2.5));
    }
}
