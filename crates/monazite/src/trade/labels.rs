//! Codes as small numbers.

use std::collections::HashMap;
use std::hash::Hash;

/// Different codes in the order of their text, each with a small number, its place.
///
/// The order is that of the text and not of first sight: what is computed from the numbers (the order of elimination, the order
/// of sums) is then the same whatever order the rows came in. Whole numbers are sorted as their text too, so that it does not
/// matter whether a code came as a number.
///
/// ```
/// use monazite::trade::Labels;
/// let (labels, ids) = Labels::of(["USA", "CHN", "USA"]);
/// assert_eq!((labels.get(0), ids), ("CHN", vec![1, 0, 1]));
/// let (numbers, ids) = Labels::of_numbers([842, 56, 156]);
/// assert_eq!((numbers.get(0), ids), ("156", vec![2, 1, 0]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    names: Vec<String>,
}

impl Labels {
    /// The different texts, and the number of each value.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a str>) -> (Self, Vec<u32>) {
        let (seen, ids) = by_first_sight(values);
        Self::in_order(seen.into_iter().map(str::to_owned).collect(), ids)
    }

    /// As [`Labels::of`], of whole numbers; their labels are their text.
    pub fn of_numbers(values: impl IntoIterator<Item = u64>) -> (Self, Vec<u32>) {
        let (seen, ids) = by_first_sight(values);
        Self::in_order(seen.into_iter().map(|number| number.to_string()).collect(), ids)
    }

    /// Different texts in any order, and values as places among them, put into the order of the text.
    ///
    /// ```
    /// use monazite::trade::Labels;
    /// let (labels, ids) = Labels::in_order(vec!["USA".to_owned(), "CHN".to_owned()], vec![0, 1, 0]);
    /// assert_eq!((labels.get(0), ids), ("CHN", vec![1, 0, 1]));
    /// ```
    ///
    /// # Panics
    /// If a value is no place.
    pub fn in_order(seen: Vec<String>, mut ids: Vec<u32>) -> (Self, Vec<u32>) {
        let mut order: Vec<u32> = (0..seen.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| seen[a as usize].cmp(&seen[b as usize]));
        let mut place = vec![0; seen.len()];
        for (at, &old) in order.iter().enumerate() {
            place[old as usize] = at as u32;
        }
        ids.iter_mut().for_each(|id| *id = place[*id as usize]);
        let mut names = seen;
        names.sort_unstable();
        (Self { names }, ids)
    }

    /// Number of labels.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no label.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// A label.
    ///
    /// # Panics
    /// If there is no label of this number.
    pub fn get(&self, id: u32) -> &str {
        &self.names[id as usize]
    }

    /// The number of a label.
    pub fn id(&self, name: &str) -> Option<u32> {
        self.names.binary_search_by(|known| known.as_str().cmp(name)).ok().map(|at| at as u32)
    }

    /// All labels in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

fn by_first_sight<T: Hash + Eq + Copy>(values: impl IntoIterator<Item = T>) -> (Vec<T>, Vec<u32>) {
    let mut known: HashMap<T, u32> = HashMap::new();
    let mut seen = Vec::new();
    let mut last: Option<(T, u32)> = None;
    let ids = values
        .into_iter()
        .map(|value| {
            // Neighbouring rows mostly have the same code.
            if let Some((before, id)) = last
                && before == value
            {
                return id;
            }
            let id = *known.entry(value).or_insert_with(|| {
                seen.push(value);
                seen.len() as u32 - 1
            });
            last = Some((value, id));
            id
        })
        .collect();
    (seen, ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_depend_on_the_order_of_rows() {
        let (forward, _) = Labels::of(["b", "a", "c", "a"]);
        let (backward, ids) = Labels::of(["c", "a", "a", "b"]);
        assert_eq!(forward, backward);
        assert_eq!(ids, [2, 0, 0, 1]);
        assert_eq!((backward.id("b"), backward.id("d"), backward.len()), (Some(1), None, 3));
        assert_eq!(backward.iter().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert!(Labels::of([]).0.is_empty());
    }
}
