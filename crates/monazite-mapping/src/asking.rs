//! Asking many questions at once, within a budget, each answer recorded as it arrives.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use monazite::progress::{Cancelled, Progress, Unit};

use crate::MappingError;
use crate::client::{CallFailure, Client};
use crate::question::{BodyForm, Question};
use crate::recording::{AnswerBook, Record, Recorder};
use crate::reply::Reply;

/// What a command may spend; 0 is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget {
    /// Questions that may be asked, repairs included.
    pub calls: u64,
    /// Tokens of questions and answers together.
    pub tokens: u64,
}

/// Why a command has stopped before everything was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exhausted {
    /// The budget of calls.
    Calls(u64),
    /// The budget of tokens.
    Tokens(u64),
}

impl std::fmt::Display for Exhausted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Calls(calls) => write!(f, "the budget of {calls} calls is used up"),
            Self::Tokens(tokens) => write!(f, "the budget of {tokens} tokens is used up"),
        }
    }
}

/// Questions in a row without an answer after which an endpoint is given up.
const LOST_IN_A_ROW: u64 = 5;

/// How often somebody looks whether the work should stop.
const LOOK: Duration = Duration::from_millis(50);

/// Asks questions of one endpoint.
#[derive(Debug)]
pub struct Asking<'a> {
    client: &'a Client,
    recorder: Mutex<Recorder>,
    budget: Budget,
    concurrency: usize,
    form: BodyForm,
    calls: AtomicU64,
    tokens: AtomicU64,
    lost_in_a_row: AtomicU64,
}

impl<'a> Asking<'a> {
    /// Asks through a client and records into a file.
    pub fn new(
        client: &'a Client,
        recorder: Recorder,
        budget: Budget,
        concurrency: u64,
        form: BodyForm,
    ) -> Self {
        Self {
            client,
            recorder: Mutex::new(recorder),
            budget,
            concurrency: concurrency as usize,
            form,
            calls: AtomicU64::new(0),
            tokens: AtomicU64::new(0),
            lost_in_a_row: AtomicU64::new(0),
        }
    }

    /// Questions asked so far.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// Tokens spent so far; where an endpoint does not say, four bytes count as one.
    pub fn tokens(&self) -> u64 {
        self.tokens.load(Ordering::SeqCst)
    }

    /// Asks questions and puts what comes back into the book. Returns why it stopped, if it stopped before the end.
    ///
    /// # Errors
    /// [`MappingError::Endpoint`] if the endpoint refuses or does not answer, [`MappingError::Io`] if an answer cannot be
    /// recorded. What has been answered before that is in the book and in the file.
    pub fn ask(
        &self,
        questions: &[Question],
        book: &mut AnswerBook,
        what: &str,
        progress: &dyn Progress,
    ) -> Result<Option<Exhausted>, MappingError> {
        let next = AtomicUsize::new(0);
        let done = AtomicU64::new(0);
        let arrived = Mutex::new(Vec::new());
        let ended: Mutex<Option<Result<Exhausted, MappingError>>> = Mutex::new(None);
        let end = |how: Result<Exhausted, MappingError>| {
            if let Ok(mut ended) = ended.lock() {
                // An error says more than a budget that is used up.
                if ended.as_ref().is_none_or(|before| before.is_ok() && how.is_err()) {
                    *ended = Some(how);
                }
            }
        };
        let affordable = match self.budget.calls {
            0 => u64::MAX,
            calls => calls.saturating_sub(self.calls()),
        };
        progress.begin(what, affordable.min(questions.len() as u64), Unit::Questions);
        let workers = self.concurrency.min(questions.len());
        let (leave, left) = channel::<()>();
        std::thread::scope(|scope| {
            for _ in 0..workers {
                let leave = leave.clone();
                let (next, done, arrived, ended, end) = (&next, &done, &arrived, &ended, &end);
                scope.spawn(move || {
                    // Gone when this thread is: then nobody has to look after it any more.
                    let _leave = leave;
                    loop {
                        if ended.lock().is_ok_and(|ended| ended.is_some()) {
                            return;
                        }
                        let Some(question) = questions.get(next.fetch_add(1, Ordering::SeqCst)) else {
                            return;
                        };
                        if let Some(exhausted) = self.spend_call() {
                            return end(Ok(exhausted));
                        }
                        match self.one(question) {
                            Ok(Some(record)) => {
                                if let Ok(mut arrived) = arrived.lock() {
                                    arrived.push(record);
                                }
                                progress.advance_to(done.fetch_add(1, Ordering::SeqCst) + 1);
                            }
                            Ok(None) => return,
                            Err(error) => {
                                self.client.stop();
                                return end(Err(error));
                            }
                        }
                    }
                });
            }
            drop(leave);
            // No call is broken off: what is on its way is waited for and recorded.
            while left.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if progress.cancelled() && !self.client.is_stopped() {
                    self.client.stop();
                    end(Err(Cancelled::default().into()));
                }
            }
        });
        progress.end();
        for record in arrived.into_inner().unwrap_or_default() {
            book.insert(record);
        }
        match ended.into_inner().unwrap_or_default() {
            None => Ok(None),
            Some(how) => how.map(Some),
        }
    }

    fn spend_call(&self) -> Option<Exhausted> {
        let Budget { calls, tokens } = self.budget;
        if tokens > 0 && self.tokens() >= tokens {
            return Some(Exhausted::Tokens(tokens));
        }
        let before = self.calls.fetch_add(1, Ordering::SeqCst);
        if calls > 0 && before >= calls {
            self.calls.fetch_sub(1, Ordering::SeqCst);
            return Some(Exhausted::Calls(calls));
        }
        None
    }

    /// Asks one question and records what came back; `None` if another thread has given up.
    fn one(&self, question: &Question) -> Result<Option<Record>, MappingError> {
        let body = question.body(self.form);
        let in_endpoint =
            |message| MappingError::Endpoint { address: self.client.address().to_owned(), message };
        let reply = match self.client.post("chat/completions", &body, &question.key) {
            Ok(value) => Reply::of_body(&value, |text| self.client.redact(text)),
            Err(CallFailure::Lost(message)) => Reply::failed(message),
            Err(CallFailure::Refused(message)) => return Err(in_endpoint(message)),
            Err(CallFailure::Stopped) => return Ok(None),
        };
        let record = Record::of(question, reply);
        let asked = || question.request.messages.iter().map(|m| m.content.len() as u64).sum::<u64>() / 4;
        let said = || record.answer.as_ref().map_or(0, |a| a.len() as u64 / 4);
        let spent =
            record.prompt_tokens.unwrap_or_else(asked) + record.completion_tokens.unwrap_or_else(said);
        self.tokens.fetch_add(spent, Ordering::SeqCst);
        if let Ok(mut recorder) = self.recorder.lock() {
            recorder.append(&record)?;
        }
        if let Some(message) = &record.error {
            let lost = self.lost_in_a_row.fetch_add(1, Ordering::SeqCst) + 1;
            if lost >= LOST_IN_A_ROW {
                return Err(in_endpoint(format!(
                    "{lost} questions in a row have no answer; the last: {message}"
                )));
            }
        } else {
            self.lost_in_a_row.store(0, Ordering::SeqCst);
        }
        Ok(Some(record))
    }
}
