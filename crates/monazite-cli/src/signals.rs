//! Ctrl-C and its like: the work is asked to stop, and leaves things as they were.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[cfg(unix)]
use signal_hook::consts::SIGHUP;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

#[cfg(unix)]
const HEEDED: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];
#[cfg(not(unix))]
const HEEDED: [i32; 2] = [SIGINT, SIGTERM];

/// The signals that ask the program to stop: Ctrl-C, a request to end, a terminal that closes.
#[derive(Debug, Default)]
pub struct Signals {
    received: Arc<AtomicUsize>,
}

impl Signals {
    /// Heeds them from now on. The first one is noted, for the work to ask about; Ctrl-C after that ends the program at once.
    ///
    /// One that was ignored when the program began (`nohup`, `&` in a script) stays ignored. Where the system refuses, a signal does what
    /// it does to any program.
    pub fn heed() -> Self {
        let signals = Self::default();
        let asked = Arc::new(AtomicBool::new(false));
        for signal in HEEDED.into_iter().filter(|&signal| !was_ignored(signal)) {
            if signal == SIGINT {
                // Before the flag is set, so that the first one does not end the program.
                let _ = flag::register_conditional_shutdown(signal, exit_code(signal), asked.clone());
            }
            let _ = flag::register_usize(signal, signals.received.clone(), signal as usize);
            let _ = flag::register(signal, asked.clone());
        }
        signals
    }

    /// The last one that came.
    pub fn received(&self) -> Option<i32> {
        match self.received.load(Ordering::Relaxed) {
            0 => None,
            signal => i32::try_from(signal).ok(),
        }
    }
}

/// What shells expect of a program that a signal ended.
pub fn exit_code(signal: i32) -> i32 {
    128 + signal
}

/// Whether whoever started the program wants it to outlive this signal.
#[cfg(target_os = "linux")]
fn was_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Elsewhere only the system knows. `nohup` takes the terminal away, so without one a hangup is left to the system.
#[cfg(all(unix, not(target_os = "linux")))]
fn was_ignored(signal: i32) -> bool {
    signal == SIGHUP && !std::io::IsTerminal::is_terminal(&std::io::stderr())
}

#[cfg(not(unix))]
fn was_ignored(_signal: i32) -> bool {
    false
}
