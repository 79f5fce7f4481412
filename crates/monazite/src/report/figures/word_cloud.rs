//! Words by weight, packed around a middle without overlap.

use super::font;

/// A word in its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlacedWord {
    /// The word.
    pub text: String,
    /// Its weight.
    pub weight: f64,
    /// Middle of its base line.
    pub place: [f64; 2],
    /// Size in points.
    pub size: f64,
}

const LARGEST: f64 = 14.0;
const SMALLEST: f64 = 4.2;
/// Words of this size and above are bold.
pub(super) const BOLD_FROM: f64 = 7.0;
/// Turns of the spiral are this far apart.
const PITCH: f64 = 1.4;

/// Width of a word as it will be drawn.
fn width_of(text: &str, size: f64) -> f64 {
    font::width(text, size, size >= BOLD_FROM)
}

/// Places words, heaviest first, along a spiral from the middle of a box, each as near to the middle as there is room. Size goes
/// with the root of the weight. Words that find no room are left out.
pub(super) fn word_cloud(words: &[(String, f64)], width: f64, height: f64) -> Vec<PlacedWord> {
    let heaviest = words.iter().fold(0.0f64, |most, (_, w)| most.max(*w));
    if heaviest <= 0.0 {
        return Vec::new();
    }
    let mut placed: Vec<PlacedWord> = Vec::new();
    let mut taken: Vec<[f64; 4]> = Vec::new();
    for (text, weight) in words.iter().filter(|(_, w)| *w > 0.0) {
        let mut size = (LARGEST * (weight / heaviest).sqrt()).max(SMALLEST);
        let widest = font::width(text, size, true);
        if widest > width - 4.0 {
            size *= (width - 4.0) / widest;
        }
        let (half_width, half_height) = (0.5 * width_of(text, size) + 1.2, 0.42 * size + 0.4);
        let room = |x: f64, y: f64| {
            let own = [x - half_width, y - half_height, x + half_width, y + half_height];
            let inside = own[0] >= 0.0 && own[1] >= 0.0 && own[2] <= width && own[3] <= height;
            let free =
                taken.iter().all(|t| own[2] <= t[0] || t[2] <= own[0] || own[3] <= t[1] || t[3] <= own[1]);
            (inside && free).then_some(own)
        };
        for step in 0..2500 {
            let angle = 0.25 * f64::from(step);
            let radius = PITCH * angle / (2.0 * std::f64::consts::PI);
            // Flatter than a circle, as the box is.
            let x = 0.5 * width + radius * libm::cos(angle) * (width / height).sqrt();
            let y = 0.5 * height + radius * libm::sin(angle) * (height / width).sqrt();
            if let Some(own) = room(x, y) {
                taken.push(own);
                placed.push(PlacedWord {
                    text: text.clone(),
                    weight: *weight,
                    place: [x, y + 0.35 * size],
                    size,
                });
                break;
            }
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_do_not_overlap_and_stay_inside() {
        let words: Vec<(String, f64)> =
            (0..25).map(|n| (format!("Country {n}"), 1000.0 / f64::from(n + 1))).collect();
        let placed = word_cloud(&words, 150.0, 110.0);
        assert!(placed.len() > 8, "{}", placed.len());
        assert_eq!(placed[0].text, "Country 0");
        let boxes: Vec<[f64; 4]> = placed
            .iter()
            .map(|w| {
                let half = 0.5 * width_of(&w.text, w.size);
                let middle = w.place[1] - 0.35 * w.size;
                [w.place[0] - half, middle - 0.42 * w.size, w.place[0] + half, middle + 0.42 * w.size]
            })
            .collect();
        for (n, a) in boxes.iter().enumerate() {
            assert!(a[0] >= 0.0 && a[2] <= 150.0 && a[1] >= 0.0 && a[3] <= 110.0);
            for b in &boxes[..n] {
                assert!(a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1]);
            }
        }
        assert!(word_cloud(&[("X".to_owned(), 0.0)], 10.0, 10.0).is_empty());
    }
}
