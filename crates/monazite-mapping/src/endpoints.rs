//! Which endpoint is called, with which model and which key, and whether that is what the user wants.

use std::time::Duration;

use monazite::plain_text::beginning;
use monazite::study::mapping::EmbeddingSource;
use monazite::study::{MappingSection, Study};

use crate::MappingError;
use crate::asking::Budget;
use crate::client::{Client, ClientOptions};
use crate::embedding::{Embedder, RemoteModel, SentenceModel, StaticModel};
use crate::key::Key;
use crate::options::MapOptions;

/// The embedding model of a study.
///
/// # Errors
/// [`MappingError::Io`], [`MappingError::Embedding`], [`MappingError::Address`], [`MappingError::Key`].
pub fn embedder_of(study: &Study, options: &MapOptions) -> Result<Box<dyn Embedder>, MappingError> {
    let section = &study.mapping;
    let folder = section.embedding_path.as_ref().map(|path| study.resolve(path));
    Ok(match (section.embedding, folder) {
        (EmbeddingSource::Static, None) => Box::new(StaticModel::shipped()),
        (EmbeddingSource::Static, Some(folder)) => Box::new(StaticModel::load(&folder)?),
        (EmbeddingSource::Onnx, folder) => Box::new(SentenceModel::load(&folder.unwrap_or_default())?),
        (EmbeddingSource::Remote, _) => {
            let chat = first_of([options.base_url.as_deref(), Some(&section.base_url)], "MONAZITE_BASE_URL");
            let own: [Option<&str>; 2] =
                [options.embedding_base_url.as_deref(), Some(&section.embedding_base_url)];
            let own = own.into_iter().flatten().find(|address| !address.is_empty()).map(str::to_owned);
            if options.replay.is_none() {
                refuse_unconfirmed_embeddings(section, options)?;
            }
            // The key of one endpoint is not shown to another.
            let same = own.is_none() || own == chat;
            let address = own.or(chat).ok_or_else(|| {
                MappingError::Address(
                    "where are the embeddings? Give mapping.embedding_base_url, or MONAZITE_BASE_URL"
                        .to_owned(),
                )
            })?;
            let mut client = match section.embedding_key_variable.as_str() {
                "" if same => client_options(study, options, &address)?,
                "" => ClientOptions { key: None, ..client_options(study, options, &address)? },
                variable => ClientOptions {
                    key: Key::from_variable(variable)?,
                    key_variable: variable.to_owned(),
                    ..client_options(study, options, &address)?
                },
            };
            // 128 vectors of 3072 numbers are about 5 MB.
            client.largest_answer = 64 << 20;
            Box::new(RemoteModel::new(Client::new(client)?, &section.embedding_name))
        }
    })
}

fn first_of<const N: usize>(said: [Option<&str>; N], variable: &str) -> Option<String> {
    let said = said.into_iter().flatten().find(|text| !text.is_empty()).map(str::to_owned);
    said.or_else(|| std::env::var(variable).ok().filter(|text| !text.is_empty()))
}

/// The model: that of the command, of the study, or of the environment.
pub(crate) fn model_of(section: &MappingSection, options: &MapOptions) -> Option<String> {
    first_of([options.model.as_deref(), Some(&section.model)], "MONAZITE_MODEL")
}

/// Nobody says which model it is.
pub(crate) fn no_model() -> MappingError {
    MappingError::Address(
        "which model? Give its name with --model, mapping.model or MONAZITE_MODEL, as the endpoint has it"
            .to_owned(),
    )
}

/// Address and model.
pub(crate) fn endpoint_of(
    section: &MappingSection,
    options: &MapOptions,
) -> Result<(String, String), MappingError> {
    let address = first_of([options.base_url.as_deref(), Some(&section.base_url)], "MONAZITE_BASE_URL");
    match (address, model_of(section, options)) {
        (Some(address), Some(model)) => Ok((address, model)),
        (None, _) => Err(MappingError::Address(
            "which endpoint? Give its address with --base-url, mapping.base_url or MONAZITE_BASE_URL, such as http://127.0.0.1:8080/v1".to_owned(),
        )),
        (_, None) => Err(no_model()),
    }
}

/// A study that says both where to and which of the user's keys could have any of them sent to anybody: the user has to say the
/// address.
///
/// # Errors
/// [`MappingError::Address`].
pub(crate) fn refuse_unconfirmed(section: &MappingSection, options: &MapOptions) -> Result<(), MappingError> {
    let own_variable = section.key_variable != MappingSection::default().key_variable;
    match options.base_url.is_none() && options.key.is_none() && !section.base_url.is_empty() && own_variable
    {
        true => Err(unconfirmed("base_url", &section.base_url, "key_variable", &section.key_variable)),
        false => Ok(()),
    }
}

/// As [`refuse_unconfirmed`], for the endpoint of remote embeddings.
fn refuse_unconfirmed_embeddings(section: &MappingSection, options: &MapOptions) -> Result<(), MappingError> {
    let address = &section.embedding_base_url;
    match (section.embedding_key_variable.as_str(), address.as_str()) {
        ("", "") => refuse_unconfirmed(section, options),
        // Where it is the address of the questions, their key is sent; and none elsewhere.
        ("", address) if address == section.base_url => refuse_unconfirmed(section, options),
        ("", _) => Ok(()),
        (variable, "") if options.base_url.is_none() && !section.base_url.is_empty() => {
            Err(unconfirmed("base_url", &section.base_url, "embedding_key_variable", variable))
        }
        (variable, address)
            if !address.is_empty()
                && options.embedding_base_url.is_none()
                && options.base_url.as_deref() != Some(address) =>
        {
            Err(unconfirmed("embedding_base_url", address, "embedding_key_variable", variable))
        }
        _ => Ok(()),
    }
}

fn unconfirmed(address_key: &str, address: &str, variable_key: &str, variable: &str) -> MappingError {
    MappingError::Address(format!(
        "the study sets both mapping.{address_key} and mapping.{variable_key}, so that what is in {variable} would be sent to {}; if that is \
         what you want, say the address too: --{} ADDRESS",
        beginning(address, 200),
        address_key.replace('_', "-")
    ))
}

pub(crate) fn client_options(
    study: &Study,
    options: &MapOptions,
    address: &str,
) -> Result<ClientOptions, MappingError> {
    let section = &study.mapping;
    Ok(ClientOptions {
        key: match &options.key {
            Some(key) => Some(key.clone()),
            None => Key::from_variable(&section.key_variable)?,
        },
        key_variable: section.key_variable.clone(),
        timeout: Duration::from_secs(section.timeout_seconds),
        retries: section.retries,
        first_pause: options.first_pause,
        calls_per_minute: section.calls_per_minute,
        random_seed: study.study.random_seed,
        ..ClientOptions::new(address)
    })
}

pub(crate) fn budget_of(section: &MappingSection, options: &MapOptions) -> Budget {
    Budget {
        calls: options.budget_calls.unwrap_or(section.budget_calls),
        tokens: options.budget_tokens.unwrap_or(section.budget_tokens),
    }
}
