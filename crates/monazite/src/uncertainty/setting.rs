//! What the bands of all products share.

use super::stability_draws::StabilityDraws;
use crate::indicators::ImportContent;
use crate::panel::World;
use crate::progress::Progress;
use crate::study::Study;

/// What all products share.
pub struct Setting<'a> {
    /// The study.
    pub study: &'a Study,
    /// Its setting.
    pub world: &'a World,
    /// Stability in every draw.
    pub stability: &'a StabilityDraws,
    /// The readings of STR.
    pub readings: &'a [ImportContent],
    /// By group and year: its members.
    pub groups: &'a [Vec<Vec<usize>>],
    /// Whether work should go on.
    pub progress: &'a dyn Progress,
}
