//! Countries as shapes: outlines in the Equal Earth projection, and as paths for a page that draws its own map.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use serde::Serialize;

const OUTLINES: &str = include_str!("world/outlines.txt");

/// Where the map ends in the north and in the south, degrees.
pub(super) const LATITUDES: [f64; 2] = [-56.0, 83.7];

/// The shape of a country on the plane, or a point for one that is too small.
pub(super) enum Shape {
    Rings(Vec<Vec<[f64; 2]>>),
    Point([f64; 2]),
}

/// Equal Earth, a projection that keeps areas; longitude and latitude in degrees.
///
/// B. Šavrič, T. Patterson, B. Jenny (2019), The Equal Earth map projection, International Journal of Geographical Information
/// Science 33(3).
///
/// ```
/// use monazite::report::figures::outlines::equal_earth;
/// assert_eq!(equal_earth(0.0, 0.0), [0.0, 0.0]);
/// // The edge of the map, and the pole.
/// assert!((equal_earth(180.0, 0.0)[0] - 2.706630).abs() < 1e-6);
/// assert!((equal_earth(0.0, 90.0)[1] - 1.317363).abs() < 1e-6);
/// ```
pub fn equal_earth(longitude: f64, latitude: f64) -> [f64; 2] {
    const A: [f64; 4] = [1.340264, -0.081106, 0.000893, 0.003796];
    let root = libm::sqrt(3.0);
    let (lambda, phi) = (longitude.to_radians(), latitude.to_radians());
    let theta = libm::asin(root / 2.0 * libm::sin(phi));
    let t2 = theta * theta;
    let t6 = t2 * t2 * t2;
    let x = 2.0 * root * lambda * libm::cos(theta)
        / (3.0 * (9.0 * A[3] * t6 * t2 + 7.0 * A[2] * t6 + 3.0 * A[1] * t2 + A[0]));
    let y = theta * (A[3] * t6 * t2 + A[2] * t6 + A[1] * t2 + A[0]);
    [x, y]
}

/// The shapes by iso3, in the units of the projection.
pub(super) static SHAPES: LazyLock<BTreeMap<&'static str, Shape>> = LazyLock::new(|| {
    let mut shapes: BTreeMap<&'static str, Shape> = BTreeMap::new();
    for line in OUTLINES.lines() {
        let mut words = line.split(' ');
        let Some(code) = words.next() else { continue };
        let words: Vec<&str> = words.collect();
        if let [".", longitude, latitude] = words[..] {
            if let (Ok(longitude), Ok(latitude)) = (longitude.parse(), latitude.parse()) {
                shapes.insert(code, Shape::Point(equal_earth(longitude, latitude)));
            }
            continue;
        }
        let steps: Vec<f64> = words.iter().filter_map(|word| word.parse().ok()).collect();
        let (mut x, mut y) = (0.0, 0.0);
        let ring: Vec<[f64; 2]> = steps
            .chunks_exact(2)
            .map(|step| {
                x += step[0];
                y += step[1];
                equal_earth(x / 10.0, y / 10.0)
            })
            .collect();
        match shapes.entry(code).or_insert_with(|| Shape::Rings(Vec::new())) {
            Shape::Rings(rings) => rings.push(ring),
            Shape::Point(_) => {}
        }
    }
    shapes
});

/// Countries as shapes on a drawing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outlines {
    /// Width of the drawing.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// The shapes, by iso3.
    pub shapes: Vec<Outline>,
}

/// The shape of a country.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outline {
    /// iso3.
    pub code: &'static str,
    /// Path as SVG has it; a small square for a country too small to be drawn.
    pub path: String,
}

/// The countries of the map as paths on a drawing of some width: Equal Earth, as printed, in whole numbers.
///
/// ```
/// use monazite::report::figures::outlines::outlines;
/// let map = outlines(1440.0);
/// let path = |code| &map.shapes.iter().find(|shape| shape.code == code).unwrap().path;
/// // 70 degrees west, 12.5 north, to the left of the middle and above it: too small for more than a circle.
/// assert_eq!(path("ABW"), "M440 280a3 3 0 1 0 6 0a3 3 0 1 0-6 0z");
/// assert!(path("CHN").starts_with('M') && path("CHN").ends_with('z') && !path("CHN").contains('.'));
/// assert!(map.height > 600.0 && map.height < 700.0);
/// ```
pub fn outlines(width: f64) -> Outlines {
    let scale = width / (2.0 * equal_earth(180.0, 0.0)[0]);
    let [north, south] = [LATITUDES[1], LATITUDES[0]].map(|latitude| equal_earth(0.0, latitude)[1]);
    let whole = |coordinate: f64| libm::round(coordinate) as i64;
    let at = |[x, y]: [f64; 2]| [whole(width / 2.0 + scale * x), whole(scale * (north - y))];
    let shapes = SHAPES.iter().map(|(&code, shape)| {
        let mut path = String::new();
        match shape {
            Shape::Rings(rings) => {
                rings.iter().for_each(|ring| add_ring(&mut path, ring.iter().map(|&p| at(p))))
            }
            Shape::Point(place) => {
                let [x, y] = at(*place);
                path = format!("M{} {y}a3 3 0 1 0 6 0a3 3 0 1 0-6 0z", x - 3);
            }
        }
        Outline { code, path }
    });
    Outlines { width, height: libm::ceil(scale * (north - south)), shapes: shapes.collect() }
}

/// Adds a closed ring to a path, in steps from point to point.
fn add_ring(path: &mut String, places: impl Iterator<Item = [i64; 2]>) {
    let mut last: Option<[i64; 2]> = None;
    let mut stepped = false;
    for place in places {
        let _ = match last {
            None => write!(path, "M{} {}", place[0], place[1]),
            Some(last) if last == place => continue,
            Some(last) => {
                let [dx, dy] = [place[0] - last[0], place[1] - last[1]];
                // A minus stands for the blank.
                let before = if !stepped {
                    "l"
                } else if dx < 0 {
                    ""
                } else {
                    " "
                };
                stepped = true;
                write!(path, "{before}{dx}{}{dy}", if dy < 0 { "" } else { " " })
            }
        };
        last = Some(place);
    }
    path.push('z');
}

/// Whether a country can be drawn.
pub fn is_drawn(code: &str) -> bool {
    SHAPES.contains_key(code)
}
