//! Files of a table that are there twice: their rows would count twice.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;

use super::{IngestError, Release, SourceFile};
use crate::progress::{Cancelled, Progress};

/// Bytes at the beginning that tell files apart; only those that begin alike are read to their ends.
const BEGINNING: u64 = 1 << 14;

/// A file, what messages call it, and what the names of its folders say of its rows.
type Named<'a> = (String, String, Cow<'a, SourceFile>);

/// Refuses a file of a release that is there twice, under whatever names and however it is packed. Files in folders of other values
/// (`year=2019`) may have the same content: their rows are not the same.
///
/// # Errors
/// [`IngestError::Ambiguous`], naming both; as [`SourceFile::read_with`]; [`Cancelled`] if it should stop.
pub(crate) fn refuse_same_content<E>(release: &Release, progress: &dyn Progress) -> Result<(), E>
where
    E: From<IngestError> + From<Cancelled>,
{
    let mut alike: BTreeMap<(String, Vec<u8>), Vec<Named<'_>>> = BTreeMap::new();
    for named in files_of(release)? {
        progress.go_on()?;
        let mut begin = Vec::new();
        named
            .2
            .read_with(|reader| reader.take(BEGINNING).read_to_end(&mut begin))?
            .map_err(|error| named.2.read_error(error))?;
        alike.entry((named.1.clone(), begin)).or_default().push(named);
    }
    for files in alike.into_values().filter(|files| files.len() > 1) {
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for (name, _, file) in files {
            let content = file.content_sha256::<E>(progress)?;
            if let Some(first) = known.insert(content, name.clone()) {
                let error = IngestError::Ambiguous {
                    path: release.path.display().to_string(),
                    what: "trade files with the same content",
                    first,
                    second: name,
                };
                return Err(error.into());
            }
        }
    }
    Ok(())
}

/// All files, those of a folder that is one table one by one.
fn files_of(release: &Release) -> Result<Vec<Named<'_>>, IngestError> {
    let mut files: Vec<Named<'_>> = Vec::new();
    for file in &release.flows {
        if file.parts().is_empty() {
            files.push((file.short_name().to_owned(), String::new(), Cow::Borrowed(file)));
        }
        for (path, below) in file.parts() {
            let folders = below.rsplit_once('/').map_or("", |(folders, _)| folders);
            let keys: Vec<&str> = folders.split('/').filter(|name| name.contains('=')).collect();
            let keys = keys.join("/");
            files.push((below.clone(), keys, Cow::Owned(SourceFile::of_foreign(path)?)));
        }
    }
    Ok(files)
}
