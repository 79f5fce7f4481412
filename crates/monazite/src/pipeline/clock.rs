//! The wall time of the stages.

use std::time::Instant;

use crate::run_folder::manifest::StageTime;

/// Wall time of the stages.
pub(super) struct Clock {
    last: Instant,
    pub(super) laps: Vec<StageTime>,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { last: Instant::now(), laps: Vec::new() }
    }

    pub(super) fn lap(&mut self, stage: &str) {
        let now = Instant::now();
        let seconds = (now - self.last).as_secs_f64();
        self.laps.push(StageTime { stage: stage.to_owned(), seconds: (seconds * 1000.0).round() / 1000.0 });
        self.last = now;
    }
}
