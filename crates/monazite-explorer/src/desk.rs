//! Where what-if questions are answered: one at a time, within a limit, and for as long as somebody waits.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use monazite::progress::Progress;
use monazite::run::Run;
use monazite::threads::Threads;
use monazite::what_if::{RunTrade, WhatIfError};
use tokio::sync::Semaphore;

/// So long a question may take, and so long it waits for the one before it. Nearly all of it goes into reading the trade of a year, which is
/// kept for the next question: from then on an answer takes some hundredths of a second.
pub const LIMIT: Duration = Duration::from_secs(10);
/// Years whose trade is kept.
const YEARS_KEPT: usize = 4;

/// Where questions are answered: one at a time.
#[derive(Debug, Clone)]
pub struct Desk {
    threads: Threads,
    one: Arc<Semaphore>,
    trade: Arc<KeptTrade>,
    limit: Duration,
}

/// Why a question was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAnswered {
    /// Another one is being answered, and takes its time.
    Busy,
    /// It takes longer than the limit.
    TooLong,
    /// Something broke.
    Broken,
}

/// Says whether anybody still waits for an answer.
#[derive(Debug, Clone, Default)]
pub struct Waiting(Arc<AtomicBool>);

impl Progress for Waiting {
    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Goes with whoever waits.
struct Waiter(Waiting);

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

impl Desk {
    /// A desk whose answers are computed by some threads.
    pub fn new(threads: Threads) -> Self {
        Self { threads, one: Arc::new(Semaphore::new(1)), trade: Arc::default(), limit: LIMIT }
    }

    /// The same with another limit.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Does work when its turn comes. Work that takes longer than the limit, or that nobody waits for any more since this future was dropped,
    /// is asked to stop, and its turn ends with it.
    ///
    /// # Errors
    /// [`NotAnswered`].
    pub async fn ask<A: Send + 'static>(
        &self,
        work: impl FnOnce(&KeptTrade, &Waiting) -> A + Send + 'static,
    ) -> Result<A, NotAnswered> {
        let turn = tokio::time::timeout(self.limit, self.one.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(NotAnswered::Busy) };
        let waiting = Waiting::default();
        let _waiter = Waiter(waiting.clone());
        let (threads, trade) = (self.threads.clone(), self.trade.clone());
        let work = tokio::task::spawn_blocking(move || {
            let answer = threads.run(|| work(&trade, &waiting));
            drop(turn);
            answer
        });
        match tokio::time::timeout(self.limit, work).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(NotAnswered::Broken),
            Err(_) => Err(NotAnswered::TooLong),
        }
    }
}

/// The trade of some years of the runs, as questions have needed it.
#[derive(Debug, Default)]
pub struct KeptTrade {
    /// The one asked for last at the end.
    years: Mutex<VecDeque<KeptYear>>,
}

#[derive(Debug)]
struct KeptYear {
    /// Position of the run.
    run: usize,
    /// Position of the year.
    year: usize,
    trade: Arc<RunTrade>,
}

impl KeptTrade {
    /// The trade of a year if it is kept.
    pub fn get(&self, run: usize, year: usize) -> Option<Arc<RunTrade>> {
        let mut years = self.years.lock().unwrap_or_else(PoisonError::into_inner);
        let at = years.iter().position(|kept| (kept.run, kept.year) == (run, year))?;
        let kept = years.remove(at)?;
        let trade = kept.trade.clone();
        years.push_back(kept);
        Some(trade)
    }

    /// The trade of all products in a year, read if it is not kept.
    ///
    /// # Errors
    /// As [`RunTrade::read_until`].
    pub fn of(
        &self,
        at: usize,
        run: &Run,
        year: usize,
        progress: &dyn Progress,
    ) -> Result<Arc<RunTrade>, WhatIfError> {
        if let Some(kept) = self.get(at, year) {
            return Ok(kept);
        }
        let trade = Arc::new(RunTrade::read_until(run, |_, of| of == year, progress)?);
        let mut years = self.years.lock().unwrap_or_else(PoisonError::into_inner);
        years.push_back(KeptYear { run: at, year, trade: trade.clone() });
        if years.len() > YEARS_KEPT {
            years.pop_front();
        }
        Ok(trade)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::time::Instant;

    const SOON: Duration = Duration::from_millis(50);

    /// Works until it is asked to stop, and says when it begins.
    fn endless(begun: std::sync::mpsc::Sender<()>) -> impl FnOnce(&KeptTrade, &Waiting) -> bool {
        move |_, waiting| {
            begun.send(()).unwrap();
            let started = Instant::now();
            while !waiting.cancelled() {
                assert!(started.elapsed() < Duration::from_secs(60), "nobody asked it to stop");
                std::thread::sleep(Duration::from_millis(1));
            }
            true
        }
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
    }

    #[test]
    fn work_that_nobody_waits_for_stops_and_the_next_has_its_turn() {
        let desk = Desk::new(Threads::new(1).unwrap());
        let (begins, begun) = channel();
        runtime().block_on(async {
            // The browser goes away: the future is dropped while it waits.
            let gone = tokio::time::timeout(SOON, desk.ask(endless(begins))).await;
            assert!(gone.is_err());
            begun.recv().unwrap();
            assert_eq!(desk.ask(|_, waiting| waiting.cancelled()).await, Ok(false));
        });
    }

    #[test]
    fn work_has_a_limit_and_whoever_comes_meanwhile_is_told() {
        let desk = Desk::new(Threads::new(1).unwrap()).within(SOON);
        let (begins, begun) = channel();
        runtime().block_on(async {
            assert_eq!(desk.ask(endless(begins)).await, Err(NotAnswered::TooLong));
            begun.recv().unwrap();
            // It has stopped by then, or stops soon.
            let next = desk.clone().within(Duration::from_secs(30));
            assert_eq!(next.ask(|_, _| 1).await, Ok(1));
            // One that does not listen keeps the others waiting, and they are told.
            let (ends, end) = channel();
            let deaf = desk.ask(move |_, _| end.recv().is_ok()).await;
            assert_eq!(deaf, Err(NotAnswered::TooLong));
            assert_eq!(desk.ask(|_, _| 1).await, Err(NotAnswered::Busy));
            ends.send(()).unwrap();
            assert_eq!(next.ask(|_, _| 1).await, Ok(1));
        });
    }
}
