//! The commit of a run: its files take their places all together or not at all, whatever breaks off in the middle.
//!
//! What a reader takes for the run is what `manifest.toml` lists, with these checksums, and `manifest.toml` is replaced in one step: that
//! step is the commit. Before it, every file of the run before is still there, in its place or in `.old/`; after it, every file of the
//! new run is in its place. The journal `.commit` says which files are being moved, so that whoever finds it can end the work:
//! backwards if the manifest is the one before, forwards if it is the new one.
//!
//! | | waits in `.partial/` | in its place | set aside in `.old/` |
//! |---|---|---|---|
//! | before | new | old | |
//! | set aside | new | | old |
//! | moved in | | new | old |
//!
//! Each name goes down these lines, one renaming each, and up again if the commit is undone. A name tells by itself where it stands, so
//! that undoing can break off and begin again as often as it likes. The decision record 09 gives the reasons.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::{FolderError, MANIFEST_FILE};
use super::format::SIGNATURE;
use super::steps::{Disk, Step};
use crate::disk::place::RUN_STAGING;
use crate::plain_text::hex;

/// Where the files of a run wait.
pub(super) const STAGING: &str = RUN_STAGING;
/// Where files of the run before wait until the new one is there.
pub(super) const OLD: &str = ".old";
/// Says which files are being moved.
pub(super) const JOURNAL: &str = ".commit";

/// What a commit moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Journal {
    /// SHA-256 of the new manifest.
    manifest: String,
    /// Files that come in, but for the manifest.
    moves: Vec<String>,
    /// Files that go.
    removes: Vec<String>,
}

/// Why a journal cannot be used.
const DAMAGED: &str =
    "it is damaged; files of the run before are in .old, those of the new one in .partial, both beside it";
const REPLACED: &str = "cannot be replaced, so the run stays as it was (is it open in another program?)";

/// Whether a name of a file stays inside the folder of the run, and touches nothing that waits or locks there.
pub(super) fn stays_inside(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let hidden = |part: Component<'_>| part.as_os_str().to_string_lossy().starts_with('.');
    !name.is_empty() && parts.all(|part| matches!(part, Component::Normal(_)) && !hidden(part))
}

fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// A run folder whose lock is held.
#[derive(Debug, Clone, Copy)]
pub(super) struct Commit<'a> {
    /// The folder.
    pub(super) folder: &'a Path,
    /// The disk it lies on.
    pub(super) disk: &'a Disk,
}

impl Commit<'_> {
    /// Puts all files that wait into their places and takes the others away. The manifest waits with them. On an error the run is what it was
    /// before; if even that fails, readers still find it whole, and the next call ends the work.
    pub(super) fn make(
        self,
        moves: Vec<String>,
        removes: Vec<String>,
        manifest: &str,
    ) -> Result<(), FolderError> {
        let manifest = hex(&Sha256::digest(manifest));
        let journal = Journal { manifest, moves, removes };
        let text = toml::to_string(&journal).expect("a journal has no map keys that are not text");
        let text =
            format!("# Files of this run are being moved; any call of monazite on the run ends it.\n{text}");
        let (draft, path) = (self.staging(JOURNAL), self.folder.join(JOURNAL));
        let in_journal = |e| FolderError::io(&path, "cannot be written", e);
        self.disk
            .take(Step::Write { path: &draft, content: SIGNATURE.sign(&text).as_bytes() })
            .map_err(in_journal)?;
        let begun = self
            .disk
            .take(Step::Rename { from: &draft, to: &path })
            .and_then(|()| self.disk.take(Step::Sync(self.folder)))
            .map_err(in_journal)
            .and_then(|()| self.forwards(&journal));
        if let Err(error) = begun {
            // Should this fail too, the next call tries again.
            let _ = self.undo(&journal);
            return Err(error);
        }
        // The run is there: what is left to do can wait for the next call.
        let _ = self.tidy(&journal);
        Ok(())
    }

    /// Ends a commit that broke off, and removes what attempts have left behind.
    pub(super) fn settle(self) -> Result<(), FolderError> {
        let path = self.folder.join(JOURNAL);
        if is_there(&path) {
            let text = fs::read_to_string(&path).map_err(|e| FolderError::io(&path, "cannot be read", e))?;
            let journal: Option<Journal> = toml::from_str(&text).ok().filter(|_| SIGNATURE.is_signed(&text));
            let journal = journal.filter(|j| j.moves.iter().chain(&j.removes).all(|name| stays_inside(name)));
            let Some(journal) = journal else {
                return Err(FolderError::Manifest {
                    path: path.display().to_string(),
                    message: DAMAGED.to_owned(),
                });
            };
            return if self.is_made(&journal) { self.tidy(&journal) } else { self.undo(&journal) };
        }
        self.remove_waiting()
    }

    /// Whether the manifest of the new run is in its place.
    fn is_made(self, journal: &Journal) -> bool {
        let manifest = fs::read(self.folder.join(MANIFEST_FILE)).unwrap_or_default();
        !is_there(&self.staging(MANIFEST_FILE)) && hex(&Sha256::digest(manifest)) == journal.manifest
    }

    fn staging(self, name: &str) -> PathBuf {
        self.folder.join(STAGING).join(name)
    }

    fn old(self, name: &str) -> PathBuf {
        self.folder.join(OLD).join(name)
    }

    /// Gives a file of the run, which people know by `name`, another place; on an error it is named by its own one, wherever it stands.
    fn rename(self, name: &str, from: &Path, to: &Path) -> Result<(), FolderError> {
        let broken = |e| FolderError::io(&self.folder.join(name), REPLACED, e);
        if let Some(folder) = to.parent().filter(|folder| !folder.is_dir()) {
            self.disk.take(Step::MakeFolder(folder)).map_err(broken)?;
        }
        self.disk.take(Step::Rename { from, to }).map_err(broken)
    }

    /// Waits until the names of files in all folders that a commit touches are on the disk.
    fn sync(self, journal: &Journal) -> Result<(), FolderError> {
        let names = journal.moves.iter().chain(&journal.removes);
        let touched: BTreeSet<PathBuf> =
            names.filter_map(|name| Some(self.folder.join(name).parent()?.to_owned())).collect();
        for folder in touched.iter().filter(|folder| folder.is_dir()) {
            let synced = self.disk.take(Step::Sync(folder));
            synced.map_err(|e| FolderError::io(folder, "cannot be written", e))?;
        }
        Ok(())
    }

    fn forwards(self, journal: &Journal) -> Result<(), FolderError> {
        let set_aside = |name: &str| {
            let place = self.folder.join(name);
            if is_there(&place) { self.rename(name, &place, &self.old(name)) } else { Ok(()) }
        };
        for name in &journal.removes {
            set_aside(name)?;
        }
        for name in &journal.moves {
            set_aside(name)?;
            self.rename(name, &self.staging(name), &self.folder.join(name))?;
        }
        self.sync(journal)?;
        self.rename(MANIFEST_FILE, &self.staging(MANIFEST_FILE), &self.folder.join(MANIFEST_FILE))?;
        // From here on the run is the new one, synced or not.
        let _ = self.disk.take(Step::Sync(self.folder));
        Ok(())
    }

    /// Puts every file back to where it was, and removes what was to come.
    fn undo(self, journal: &Journal) -> Result<(), FolderError> {
        // Without the new manifest somebody has emptied the staging place: then a file in its place may be the old one.
        let staged = is_there(&self.staging(MANIFEST_FILE));
        for name in &journal.moves {
            let (waits, place) = (self.staging(name), self.folder.join(name));
            if staged && !is_there(&waits) && is_there(&place) {
                self.rename(name, &place, &waits)?;
            }
        }
        for name in journal.moves.iter().chain(&journal.removes) {
            let (kept, place) = (self.old(name), self.folder.join(name));
            if is_there(&kept) {
                self.rename(name, &kept, &place)?;
            }
        }
        self.sync(journal)?;
        self.end(&journal.moves)
    }

    /// Removes what is left of a commit that was made.
    fn tidy(self, journal: &Journal) -> Result<(), FolderError> {
        self.end(&journal.removes)
    }

    /// Removes the journal, and then what it was for. `gone` are files that may have left empty folders behind.
    fn end(self, gone: &[String]) -> Result<(), FolderError> {
        let emptied: BTreeSet<&Path> = gone
            .iter()
            .flat_map(|name| Path::new(name).ancestors().skip(1))
            .filter(|folder| !folder.as_os_str().is_empty())
            .collect();
        for folder in emptied.into_iter().rev() {
            // It stays if there is something in it.
            let _ = self.disk.take(Step::RemoveEmptyFolder(&self.folder.join(folder)));
        }
        let journal = self.folder.join(JOURNAL);
        if is_there(&journal) {
            let removed = self.disk.take(Step::RemoveFile(&journal));
            removed.map_err(|e| FolderError::io(&journal, "cannot be removed", e))?;
            let _ = self.disk.take(Step::Sync(self.folder));
        }
        self.remove_waiting()
    }

    /// Removes what waits, or was set aside: without a journal it belongs to nothing.
    pub(super) fn remove_waiting(self) -> Result<(), FolderError> {
        for name in [STAGING, OLD] {
            let path = self.folder.join(name);
            if is_there(&path) {
                let removed = self.disk.take(Step::RemoveTree(&path));
                removed.map_err(|e| FolderError::io(&path, "cannot be removed", e))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
