//! What all figures have in common: sizes of letters, widths of lines, colours.

/// Size of the letters of labels, in points.
pub const LABEL: f64 = 6.5;
/// Size of small letters: ticks, notes.
pub const SMALL: f64 = 5.8;
/// Size of the heads of panels.
pub const HEAD: f64 = 7.5;
/// Size of the letters that name panels.
pub const PANEL_LETTER: f64 = 9.0;
/// Smallest letters, for codes and keys of crowded networks.
pub const TINY: f64 = 4.6;
/// Width of axes.
pub const AXIS: f64 = 0.6;
/// Width of grid lines.
pub const GRID: f64 = 0.4;
/// Width of lines that carry data.
pub const LINE: f64 = 1.1;

/// Text.
pub const INK: &str = "#1a1a1a";
/// Text that explains.
pub const SOFT: &str = "#555555";
/// Grid lines.
pub const FAINT: &str = "#dedede";
/// Axes, zero lines.
pub const AXIS_COLOUR: &str = "#666666";
/// The first colour, where there is one thing to show.
pub const ACCENT: &str = "#0072b2";
/// What is there but does not count, such as estimates that are not significant.
pub const MUTED: &str = "#a8a8a8";
/// The level of a trend.
pub const LEVEL: &str = "#111111";
/// What the trade network does to a trend.
pub const NETWORK: &str = "#0072b2";
/// What political stability does to a trend.
pub const STABILITY: &str = "#d55e00";
/// What a change of importers does to a trend.
pub const IMPORTERS: &str = "#8c8c8c";
/// Background of panels without axes.
pub const GROUND: &str = "#f6f7f9";

/// Colour of a cluster, the same in all figures and pages; black for the outliers. Eight colours that people with
/// colour-blindness can tell apart and six more that keep their distance (M. Okabe and K. Ito, 2002; P. Tol, 2021), then again.
pub(crate) fn cluster_colour(cluster: u32) -> &'static str {
    const COLOURS: [&str; 14] = [
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255", "#999933", "#332288",
        "#44aa99", "#aa4499", "#661100", "#888888", "#117733",
    ];
    of_cluster(cluster, &COLOURS)
}

/// Colour of a cluster for words: that of [`cluster_colour`], darker where words in it would be hard to read on white or on [`GROUND`].
pub(crate) fn cluster_ink(cluster: u32) -> &'static str {
    const INKS: [&str; 14] = [
        "#0072b2", "#b95200", "#00805d", "#9b5c7f", "#956700", "#39779a", "#882255", "#747427", "#332288",
        "#327c70", "#aa4499", "#661100", "#717171", "#117733",
    ];
    of_cluster(cluster, &INKS)
}

/// The outliers in black, clusters in turn, then again.
fn of_cluster(cluster: u32, colours: &[&'static str; 14]) -> &'static str {
    match cluster {
        0 => "#111111",
        n => colours[(n as usize - 1) % colours.len()],
    }
}

/// Name of a cluster.
pub(crate) fn cluster_name(cluster: u32) -> String {
    if cluster == 0 { "0 (outliers)".to_owned() } else { format!("Cluster {cluster}") }
}

/// From black to yellow by equal steps of lightness, as `inferno` of matplotlib has it (S. van der Walt and N. Smith, CC0), up to its
/// yellow.
const BLACK_TO_YELLOW: [[u8; 3]; 9] = [
    [0, 0, 4],
    [27, 12, 65],
    [74, 12, 107],
    [120, 28, 109],
    [165, 44, 96],
    [207, 68, 70],
    [237, 105, 37],
    [251, 155, 6],
    [247, 209, 61],
];

/// The colour at a share of the way from black to yellow.
pub fn black_to_yellow(share: f64) -> String {
    colour_along(&BLACK_TO_YELLOW, share)
}

/// The colour at a share of the way along a scale of at least two colours.
pub fn colour_along(scale: &[[u8; 3]], share: f64) -> String {
    let at = share.clamp(0.0, 1.0) * (scale.len() - 1) as f64;
    let step = (at as usize).min(scale.len() - 2);
    let rest = at - step as f64;
    let mixed: Vec<u8> = scale[step]
        .iter()
        .zip(scale[step + 1])
        .map(|(&from, to)| (f64::from(from) + rest * (f64::from(to) - f64::from(from))).round() as u8)
        .collect();
    format!("#{:02x}{:02x}{:02x}", mixed[0], mixed[1], mixed[2])
}

/// Contrast of two colours, each as `#rrggbb`, as WCAG 2 has it: 1 to 21.
pub(super) fn contrast(one: &str, other: &str) -> f64 {
    let light = |colour: &str| {
        let part = |at: usize| {
            let share = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap_or_default()) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5) + 0.05
    };
    let (one, other) = (light(one), light(other));
    if one > other { one / other } else { other / one }
}

/// Black or white, whichever can be read better on a colour: the contrast is 4.5 or more on any.
pub(super) fn ink_on(colour: &str) -> &'static str {
    if contrast(colour, "#ffffff") > contrast(colour, "#000000") { "#ffffff" } else { "#000000" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_the_colour_of_a_cluster_can_be_read() {
        for cluster in 0..=14 {
            for ground in ["#ffffff", GROUND] {
                assert!(contrast(cluster_ink(cluster), ground) >= 4.5, "cluster {cluster} on {ground}");
            }
        }
        assert!(contrast(cluster_colour(5), "#ffffff") < 2.5 && contrast(SOFT, GROUND) >= 4.5);
        assert_eq!(cluster_ink(1), cluster_colour(1));
    }

    #[test]
    fn the_scale_goes_from_black_to_yellow_and_gets_lighter() {
        assert_eq!(black_to_yellow(-1.0), "#000004");
        assert_eq!(black_to_yellow(1.0), "#f7d13d");
        let light = |colour: &str| {
            let part = |at: usize| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap());
            0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
        };
        let steps: Vec<f64> = (0..=40).map(|n| light(&black_to_yellow(f64::from(n) / 40.0))).collect();
        assert!(steps.windows(2).all(|w| w[1] > w[0]), "{steps:?}");
    }
}
