//! Whether the codes that were read are those of the edition that was said.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::nomenclature::edition_codes::better_edition;
use crate::nomenclature::{Hs6, HsEdition};
use crate::progress::Progress;
use crate::trade::error::StoreError;
use crate::trade::small_tables::read_index;

/// An edition, and who said it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub(super) edition: HsEdition,
    /// Whether the names of the files say it; otherwise whoever imports them.
    pub(super) by_files: bool,
}

/// Refuses an edition that somebody said and that the codes do not fit, where another one fits clearly better; of one that the names of the files
/// say it is a note. `indices` are the indices of the years, with their checksums.
pub(super) fn judge(
    said: Said,
    indices: impl Iterator<Item = (PathBuf, String)>,
    progress: &dyn Progress,
) -> Result<(), StoreError> {
    let mut codes: BTreeSet<Hs6> = BTreeSet::new();
    for (path, sha256) in indices {
        codes.extend(read_index(&path, &sha256)?.iter().map(|entry| entry.product));
    }
    let Some((declared, best)) = better_edition(said.edition, &codes) else { return Ok(()) };
    let found = format!("{}; {}", declared.in_words(), best.in_words());
    if said.by_files {
        progress.note(&format!(
            "the names of the files say {}, and the codes fit {} better: {found}",
            said.edition, best.edition
        ));
        return Ok(());
    }
    Err(StoreError::WrongEdition { said: said.edition.to_string(), better: best.edition.to_string(), found })
}
