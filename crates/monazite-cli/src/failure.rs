//! Why a command did not do what was asked: something is wrong, or it was stopped.

use std::path::Path;

use monazite::before_after::BeforeAfterError;
use monazite::complexity::ComplexityError;
use monazite::export::ExportError;
use monazite::ingest::IngestError;
use monazite::pipeline::Error;
use monazite::planted::PlantedError;
use monazite::progress::Cancelled;
use monazite::report::brief::BriefError;
use monazite::report::figures::FigureError;
use monazite::report::replication::ReplicationError;
use monazite::run::RunError;
use monazite::run_folder::{FolderError, StoredPanelError};
use monazite::study::{Problem, StudyError};
use monazite::threads::ThreadsError;
use monazite::trade::StoreError;
use monazite::value_chain::ChainError;
use monazite::what_if::WhatIfError;

/// A key of the study, and the option of the command line that gave it its value.
pub type Given = (&'static str, &'static str);

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// Something is wrong; the text says what, and what to do.
    Refused(String),
    /// It was asked to stop.
    Stopped {
        /// What was left as it was.
        left: Option<String>,
        /// What is kept for the next time.
        kept: Option<String>,
    },
}

impl Failure {
    /// As of an error of a run whose study was changed by options: what is wrong with a value that came from an option names the option and
    /// not a line of a file in which it never stood. `given` are keys of the study, each with the option that set it.
    pub fn of_options(error: Error, given: &[Given]) -> Self {
        let Error::Study(wrong) = &error else { return error.into() };
        let option_of = |key: &str| given.iter().find(|(of, _)| *of == key).map(|(_, option)| *option);
        if wrong.problems.iter().all(|problem| option_of(&problem.key).is_none()) {
            return error.into();
        }
        let in_words = |problem: &Problem| match option_of(&problem.key) {
            Some(option) => {
                let named =
                    given.iter().fold(problem.message.clone(), |text, (key, of)| text.replace(key, of));
                format!("{option}: {named}")
            }
            None => format!("{}: {problem}", wrong.file),
        };
        Self::Refused(wrong.problems.iter().map(in_words).collect::<Vec<_>>().join("\n"))
    }

    /// A stopped command says what it left as it was.
    pub fn leaving(self, what: impl FnOnce() -> String) -> Self {
        match self {
            Self::Stopped { left: None, kept } => Self::Stopped { left: Some(what()), kept },
            other => other,
        }
    }

    /// What is shown.
    pub fn in_words(&self) -> String {
        match self {
            Self::Refused(message) => format!("error: {message}"),
            Self::Stopped { left, kept } => {
                let left = left.as_deref().unwrap_or("nothing was written");
                let kept = kept.as_ref().map_or_else(String::new, |kept| format!("; {kept}"));
                format!("stopped; {left}{kept}")
            }
        }
    }
}

/// A folder that a command would have replaced, once it was stopped.
pub fn as_before(folder: &Path) -> String {
    let shown = folder.display();
    if folder.exists() {
        format!("{shown} is as it was before")
    } else {
        format!("there is no {shown}, as before")
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Refused(message)
    }
}

impl From<Cancelled> for Failure {
    fn from(cancelled: Cancelled) -> Self {
        Self::Stopped { left: None, kept: cancelled.kept }
    }
}

/// The message of the engine, which knows no command line, and what to type.
fn refused(error: &dyn std::error::Error, hint: Option<String>) -> Failure {
    Failure::Refused(hint.map_or_else(|| error.to_string(), |hint| format!("{error} ({hint})")))
}

fn of_folder(error: &FolderError) -> Option<String> {
    match error {
        FolderError::NotEmpty { .. } | FolderError::IsAFile { .. } | FolderError::Taken(_) => {
            Some("--out DIR".to_owned())
        }
        _ => None,
    }
}

fn of_store(error: &StoreError) -> Option<String> {
    match error {
        StoreError::NotAStore { path } => Some(format!("monazite import RELEASE --out {path}")),
        StoreError::NotEmpty { .. } => Some("--out DIR".to_owned()),
        StoreError::UnknownEdition { .. } => Some("--edition".to_owned()),
        _ => None,
    }
}

fn of_chain(error: &ChainError) -> Option<String> {
    match error {
        ChainError::Edition { found, .. } => Some(format!("monazite import RELEASE --to {found}")),
        ChainError::Store(error) => of_store(error),
        _ => None,
    }
}

fn of_panel(error: &StoredPanelError) -> Option<String> {
    match error {
        StoredPanelError::Incomplete { folder, .. } => Some(format!("monazite run STUDY --out {folder}")),
        StoredPanelError::Folder(error) => of_folder(error),
        _ => None,
    }
}

fn of_run(error: &RunError) -> Option<String> {
    match error {
        RunError::Folder(error) => of_folder(error),
        RunError::Panel(error) => of_panel(error),
        _ => None,
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let hint = match &error {
            Error::Store(error) => of_store(error),
            Error::Chain(error) => of_chain(error),
            Error::Panel(error) => of_panel(error),
            Error::Folder(error) => of_folder(error),
            Error::Run(error) => of_run(error),
            Error::Figures(FigureError::Folder(error)) => of_folder(error),
            Error::Figures(FigureError::Run(error)) => of_run(error),
            Error::Brief(BriefError::Folder(error)) => of_folder(error),
            Error::Brief(BriefError::Run(error)) => of_run(error),
            _ => None,
        };
        match error {
            Error::Cancelled(cancelled) => cancelled.into(),
            error => refused(&error, hint),
        }
    }
}

impl From<ReplicationError> for Failure {
    fn from(error: ReplicationError) -> Self {
        let hint = match &error {
            ReplicationError::NotEmpty { .. } => Some("--out DIR".to_owned()),
            ReplicationError::Folder(error) => of_folder(error),
            _ => None,
        };
        match error {
            ReplicationError::Cancelled(cancelled) => cancelled.into(),
            error => refused(&error, hint),
        }
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        let hint = match &error {
            ExportError::Exists { .. } => Some("--out PATH, or --replace".to_owned()),
            ExportError::Folder(error) => of_folder(error),
            ExportError::Run(error) => of_run(error),
            ExportError::TooLong { .. } => Some("--country, --product, --year, or --csv".to_owned()),
            ExportError::Unknown { what: "table", .. } => Some("--list".to_owned()),
            _ => None,
        };
        match error {
            ExportError::Cancelled(cancelled) => cancelled.into(),
            error => refused(&error, hint),
        }
    }
}

impl From<ComplexityError> for Failure {
    fn from(error: ComplexityError) -> Self {
        let hint = match &error {
            ComplexityError::FewProducts { .. } | ComplexityError::Extract(_) => Some("--force".to_owned()),
            ComplexityError::Disconnected(_) => Some("--exclude COUNTRY".to_owned()),
            ComplexityError::Country(_) => Some("--exclude".to_owned()),
            ComplexityError::NoCountry(_) => Some("--min-exports, --min-population".to_owned()),
            ComplexityError::Threshold(_) | ComplexityError::NoAdvantage { .. } => {
                Some("--threshold".to_owned())
            }
            ComplexityError::Store(error) => of_store(error),
            ComplexityError::Folder(error) => of_folder(error),
            _ => None,
        };
        match error {
            ComplexityError::Cancelled(cancelled)
            | ComplexityError::Store(StoreError::Cancelled(cancelled)) => cancelled.into(),
            error => refused(&error, hint),
        }
    }
}

impl From<PlantedError> for Failure {
    fn from(error: PlantedError) -> Self {
        match error {
            PlantedError::Cancelled(cancelled) => cancelled.into(),
            PlantedError::Size { what, .. } => {
                let option = if what == "other products" { "others" } else { what };
                Self::Refused(error.to_string().replacen(what, &format!("--{option}"), 1))
            }
            error => refused(&error, None),
        }
    }
}

impl From<ThreadsError> for Failure {
    fn from(error: ThreadsError) -> Self {
        refused(&error, Some("--threads N".to_owned()))
    }
}

/// Errors of a stage are shown like those of a run.
macro_rules! as_of_a_run {
    ($($error:ty),+) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Error::from(error).into()
            }
        }
    )+};
}

as_of_a_run!(
    BeforeAfterError,
    BriefError,
    ChainError,
    FolderError,
    IngestError,
    RunError,
    StoreError,
    StudyError,
    WhatIfError
);

impl From<monazite::panel::PanelError> for Failure {
    fn from(error: monazite::panel::PanelError) -> Self {
        Error::from(error).into()
    }
}

#[cfg(feature = "map")]
impl From<monazite_mapping::MappingError> for Failure {
    fn from(error: monazite_mapping::MappingError) -> Self {
        match error {
            monazite_mapping::MappingError::Cancelled(cancelled) => cancelled.into(),
            error => refused(&error, None),
        }
    }
}
