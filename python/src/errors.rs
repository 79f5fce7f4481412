//! Errors of the engine as exceptions of the package.

use monazite::ingest::IngestError;
use monazite::panel::PanelError;
use monazite::progress::Cancelled;
use monazite::study::StudyError;
use monazite::trade::{FlowTableError, StoreError};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The exceptions of `monazite._errors`.
#[derive(Debug, Clone, Copy)]
pub enum Class {
    /// What has no class of its own.
    Base,
    /// A table or a file.
    Input,
    /// A setting.
    Study,
    /// The store of trade.
    Store,
    /// The value chain.
    Chain,
    /// A run folder.
    RunFolder,
    /// Stopped.
    Cancelled,
}

impl Class {
    fn name(self) -> &'static str {
        match self {
            Self::Base => "MonaziteError",
            Self::Input => "InputError",
            Self::Study => "StudyError",
            Self::Store => "StoreError",
            Self::Chain => "ChainError",
            Self::RunFolder => "RunFolderError",
            Self::Cancelled => "Cancelled",
        }
    }
}

/// What an exception says beside its message.
#[derive(Debug, Default)]
pub struct Where {
    /// File, or what stands for it.
    pub file: Option<String>,
    /// Line or row, from 1.
    pub line: Option<u64>,
    /// Column.
    pub column: Option<String>,
    /// The value.
    pub value: Option<String>,
}

/// An exception of a class.
pub fn raise(class: Class, message: &str, place: Where) -> PyErr {
    Python::attach(|py| {
        let made = || -> PyResult<PyErr> {
            let class = py.import("monazite._errors")?.getattr(class.name())?;
            let details = PyDict::new(py);
            for (name, text) in [("file", place.file), ("column", place.column), ("value", place.value)] {
                if let Some(text) = text {
                    details.set_item(name, text)?;
                }
            }
            if let Some(line) = place.line {
                details.set_item("line", line)?;
            }
            Ok(PyErr::from_value(class.call((message,), Some(&details))?))
        };
        made().unwrap_or_else(|_| PyRuntimeError::new_err(message.to_owned()))
    })
}

/// A wrong table.
pub fn input(message: &str) -> PyErr {
    raise(Class::Input, message, Where::default())
}

/// An error of the engine becomes an exception. A trait of ours, since both types are others'.
pub trait IntoException {
    /// The exception.
    fn into_exception(self) -> PyErr;
}

impl IntoException for Cancelled {
    fn into_exception(self) -> PyErr {
        raise(Class::Cancelled, &self.to_string(), Where::default())
    }
}

impl IntoException for StudyError {
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        Python::attach(|py| {
            let made = || -> PyResult<PyErr> {
                let module = py.import("monazite._errors")?;
                let problem = module.getattr("Problem")?;
                let problems: Vec<_> = self
                    .problems
                    .iter()
                    .map(|of| problem.call1((of.line, &of.key, &of.message)))
                    .collect::<PyResult<_>>()?;
                Ok(PyErr::from_value(module.getattr("StudyError")?.call1((&message, &self.file, problems))?))
            };
            made().unwrap_or_else(|_| PyRuntimeError::new_err(message.clone()))
        })
    }
}

impl IntoException for IngestError {
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::Io { source, .. } => of_the_system(&source, &message),
            Self::Governance { file, .. } | Self::Side { file, .. } => {
                raise(Class::Input, &message, Where { file: Some(file), ..Where::default() })
            }
            _ => input(&message),
        }
    }
}

/// Python has its own classes for what the system refuses.
pub fn of_the_system(error: &std::io::Error, message: &str) -> PyErr {
    use pyo3::exceptions::{PyFileNotFoundError, PyOSError, PyPermissionError};
    match error.kind() {
        std::io::ErrorKind::NotFound => PyFileNotFoundError::new_err(message.to_owned()),
        std::io::ErrorKind::PermissionDenied => PyPermissionError::new_err(message.to_owned()),
        _ => PyOSError::new_err(message.to_owned()),
    }
}

impl IntoException for FlowTableError {
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::Row { row, column, value, .. } => {
                let file = Some("flows".to_owned());
                let (line, column) = (Some(row as u64), Some(column.to_owned()));
                raise(Class::Input, &message, Where { file, line, column, value: Some(value) })
            }
            Self::Length { column, .. } => {
                raise(Class::Input, &message, Where { column: Some(column.to_owned()), ..Where::default() })
            }
            Self::UnknownCountry { code } => {
                let file = Some("flows".to_owned());
                raise(Class::Input, &message, Where { file, value: Some(code), ..Where::default() })
            }
            _ => raise(Class::Input, &message, Where { file: Some("flows".to_owned()), ..Where::default() }),
        }
    }
}

impl IntoException for StoreError {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Cancelled(cancelled) => cancelled.into_exception(),
            error => raise(Class::Store, &error.to_string(), Where::default()),
        }
    }
}

impl IntoException for PanelError {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Study(error) => error.into_exception(),
            Self::Ingest(error) => error.into_exception(),
            Self::Store(error) => error.into_exception(),
            Self::Cancelled(cancelled) => cancelled.into_exception(),
            Self::Folder(error) => raise(Class::RunFolder, &error.to_string(), Where::default()),
            error => raise(Class::Base, &error.to_string(), Where::default()),
        }
    }
}
