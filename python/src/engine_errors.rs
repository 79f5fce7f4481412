//! Errors of whole runs, of their folders, stores and pages as exceptions.

use std::path::Path;

use monazite::before_after::BeforeAfterError;
use monazite::delimited::TableError;
use monazite::export::ExportError;
use monazite::pipeline::Error;
use monazite::report::brief::BriefError;
use monazite::report::figures::FigureError;
use monazite::run::RunError;
use monazite::run_folder::{FolderError, StoredPanelError};
use monazite::trade::StoreError;
use monazite::value_chain::ChainError;
use monazite::what_if::WhatIfError;
use monazite_cli::answers::AskError;
use pyo3::PyErr;
use pyo3::exceptions::{PyFileExistsError, PyFileNotFoundError};

use crate::errors::{Class, IntoException, Where, input, of_the_system, raise};

fn at(class: Class, message: &str, file: impl Into<String>) -> PyErr {
    raise(class, message, Where { file: Some(file.into()), ..Where::default() })
}

fn asked(message: &str, value: &str) -> PyErr {
    raise(Class::Input, message, Where { value: Some(value.to_owned()), ..Where::default() })
}

impl IntoException for FolderError {
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::NotARun { path, .. } if !Path::new(&path).exists() => PyFileNotFoundError::new_err(message),
            Self::Io { source, .. } | Self::ReadOnly { source, .. } => of_the_system(&source, &message),
            Self::Parquet { path, .. }
            | Self::Busy { path }
            | Self::NotEmpty { path }
            | Self::IsAFile { path }
            | Self::NotARun { path, .. }
            | Self::ChainAlone { path }
            | Self::Format { path, .. }
            | Self::Changed { path, .. }
            | Self::Replaced { path }
            | Self::Manifest { path, .. } => at(Class::RunFolder, &message, path),
            _ => raise(Class::RunFolder, &message, Where::default()),
        }
    }
}

impl IntoException for TableError {
    fn into_exception(self) -> PyErr {
        input(&self.to_string())
    }
}

impl IntoException for StoredPanelError {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Folder(error) => error.into_exception(),
            error => raise(Class::RunFolder, &error.to_string(), Where::default()),
        }
    }
}

impl IntoException for RunError {
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::Folder(error) => error.into_exception(),
            Self::Panel(error) => error.into_exception(),
            Self::Missing { folder, .. } | Self::Changed { folder, .. } => {
                at(Class::RunFolder, &message, folder)
            }
            // What is in a run that was made by the program is damaged if it cannot be understood.
            _ => raise(Class::RunFolder, &message, Where::default()),
        }
    }
}

/// Errors of a store: files that are missing are Python's own.
pub fn of_store(error: StoreError) -> PyErr {
    let message = error.to_string();
    match error {
        StoreError::Cancelled(cancelled) => cancelled.into_exception(),
        StoreError::Ingest(error) => error.into_exception(),
        StoreError::NotAStore { path } if !Path::new(&path).exists() => {
            PyFileNotFoundError::new_err(format!("{path}: there is no such folder"))
        }
        StoreError::Io { source, .. }
        | StoreError::ReadOnly { source, .. }
        | StoreError::NoPlace { source, .. } => of_the_system(&source, &message),
        StoreError::NotAStore { path }
        | StoreError::Parquet { path, .. }
        | StoreError::Manifest { path, .. }
        | StoreError::LaterFormat { path, .. }
        | StoreError::Changed { path, .. }
        | StoreError::Locked { path }
        | StoreError::NotEmpty { path }
        | StoreError::UnknownEdition { path } => at(Class::Store, &message, path),
        _ => raise(Class::Store, &message, Where::default()),
    }
}

impl IntoException for ChainError {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Cancelled(cancelled) => cancelled.into_exception(),
            Self::Store(error) => of_store(error),
            error => raise(Class::Chain, &error.to_string(), Where::default()),
        }
    }
}

impl IntoException for WhatIfError {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Run(error) => error.into_exception(),
            Self::Folder(error) => error.into_exception(),
            Self::Table(error) => error.into_exception(),
            Self::Cancelled(cancelled) => cancelled.into_exception(),
            error => input(&as_keywords(&error.to_string())),
        }
    }
}

impl IntoException for BeforeAfterError {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Run(error) => error.into_exception(),
            Self::Folder(error) => error.into_exception(),
            Self::Table(error) => error.into_exception(),
            Self::Cancelled(cancelled) => cancelled.into_exception(),
            error => input(&as_keywords(&error.to_string())),
        }
    }
}

impl IntoException for BriefError {
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::Run(error) => error.into_exception(),
            Self::Folder(error) => error.into_exception(),
            Self::Cancelled(cancelled) => cancelled.into_exception(),
            Self::Unknown { asked: value, .. } => asked(&message, &value),
            _ => input(&as_keywords(&message)),
        }
    }
}

impl IntoException for FigureError {
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::Run(error) => error.into_exception(),
            Self::Folder(error) => error.into_exception(),
            Self::Cancelled(cancelled) => cancelled.into_exception(),
            Self::Unknown { asked: value, .. } => asked(&message, &value),
            Self::NotSelective { .. } => input(&message),
            _ => raise(Class::Base, &message, Where::default()),
        }
    }
}

impl IntoException for ExportError {
    fn into_exception(self) -> PyErr {
        let message = as_keywords(&self.to_string());
        match self {
            Self::Run(error) => error.into_exception(),
            Self::Folder(error) => error.into_exception(),
            Self::Cancelled(cancelled) => cancelled.into_exception(),
            Self::Exists { .. } => PyFileExistsError::new_err(message),
            Self::Write { source, .. } => of_the_system(&source, &message),
            Self::Unknown { asked: value, .. } => asked(&message, &value),
            // A table of a run cannot be understood.
            Self::Table(error) => raise(Class::RunFolder, &error.to_string(), Where::default()),
            _ => input(&message),
        }
    }
}

impl IntoException for Error {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Study(error) => error.into_exception(),
            Self::Ingest(error) => error.into_exception(),
            Self::Store(error) => of_store(error),
            Self::Chain(error) => error.into_exception(),
            Self::Panel(error) => error.into_exception(),
            Self::Run(error) => error.into_exception(),
            Self::Brief(error) => error.into_exception(),
            Self::Figures(error) => error.into_exception(),
            Self::WhatIf(error) => error.into_exception(),
            Self::BeforeAfter(error) => error.into_exception(),
            Self::Folder(error) => error.into_exception(),
            Self::Cancelled(cancelled) => cancelled.into_exception(),
            Self::Input(error) => input(&error.to_string()),
            error => raise(Class::Base, &error.to_string(), Where::default()),
        }
    }
}

impl IntoException for AskError {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Asked(message) => input(&as_keywords(&message)),
            Self::Engine(error) => error.into_exception(),
            Self::Export(error) => error.into_exception(),
            error => raise(Class::Base, &as_keywords(&error.to_string()), Where::default()),
        }
    }
}

/// A message in which options of the command line are named as Python's keywords: `--production-loss <SHARE>` is `production_loss`.
pub fn as_keywords(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(found) = rest.find("--") {
        let (before, after) = rest.split_at(found);
        let name: String = after[2..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
        let is_option = name.starts_with(|c: char| c.is_ascii_lowercase())
            && !before.ends_with(|c: char| c.is_alphanumeric() || c == '-');
        text.push_str(before);
        if !is_option {
            text.push_str("--");
            rest = &after[2..];
            continue;
        }
        let name = name.trim_end_matches('-');
        text.push_str(&name.replace('-', "_"));
        rest = &after[2 + name.len()..];
        // The word that stands for its value.
        if let Some(end) = rest.strip_prefix(" <").and_then(|value| value.find('>')) {
            rest = &rest[2 + end + 1..];
        }
    }
    text.push_str(rest);
    text
}
