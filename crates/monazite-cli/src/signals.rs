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
    /// Heeds them from now on. The first one is noted, for the work to ask about; Ctrl-C after that ends the program at once, with a line
    /// that says what it may leave behind. A third one ends it even if that line cannot be written.
    ///
    /// One that was ignored when the program began (`nohup`, `&` in a script) stays ignored. Where the system refuses, a signal does what
    /// it does to any program.
    pub fn heed() -> Self {
        let signals = Self::default();
        let [asked, otherwise] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let hurried = tell_at_second(&otherwise).unwrap_or_else(|| asked.clone());
        for signal in HEEDED.into_iter().filter(|&signal| !was_ignored(signal)) {
            if signal == SIGINT {
                // Before the flag is set, so that the first one does not end the program.
                let _ = flag::register_conditional_shutdown(signal, exit_code(signal), hurried.clone());
            } else {
                let _ = flag::register(signal, otherwise.clone());
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

/// What an end at once may leave behind, and what becomes of it.
#[cfg(unix)]
const AT_ONCE: &str = "ended at once, without clearing up: .lock, .partial and .import may be left in the folder of the results; the next \
                       call clears them or goes on from them";

/// Listens for Ctrl-C, beside the work, and at the second one ends the program with a line, or at the first if it was asked to stop
/// `otherwise`. What it returns is true once that has begun; nothing if the system gives no pipe or no thread.
///
/// A handler of a signal must not print. It writes a byte into a pipe, and a thread that does nothing else reads it.
#[cfg(unix)]
fn tell_at_second(otherwise: &Arc<AtomicBool>) -> Option<Arc<AtomicBool>> {
    use std::io::{Read, Write};

    if was_ignored(SIGINT) {
        return None;
    }
    let (mut reader, writer) = std::os::unix::net::UnixStream::pair().ok()?;
    let hurried = Arc::new(AtomicBool::new(false));
    let (otherwise, begun) = (otherwise.clone(), hurried.clone());
    let listen = move || {
        let (mut byte, mut again) = ([0], false);
        while reader.read_exact(&mut byte).is_ok() {
            if std::mem::replace(&mut again, true) || otherwise.load(Ordering::SeqCst) {
                begun.store(true, Ordering::SeqCst);
                let _ = writeln!(std::io::stderr(), "{AT_ONCE}");
                signal_hook::low_level::exit(exit_code(SIGINT));
            }
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(listen).ok()?;
    signal_hook::low_level::pipe::register(SIGINT, writer).ok()?;
    Some(hurried)
}

#[cfg(not(unix))]
fn tell_at_second(_otherwise: &Arc<AtomicBool>) -> Option<Arc<AtomicBool>> {
    None
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
