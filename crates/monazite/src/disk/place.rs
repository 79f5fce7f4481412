//! What a folder is: a run, a store, a release, a replication package. Nothing is made inside one of them, nor in the place of another kind.
//!
//! Whatever makes a folder asks here before it makes it: what lies inside a run goes when the run is replaced, what lies inside a release or
//! a package is packed as a part of it, and what lies in a store is taken for trade.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::{LARGEST_TABLE, absolute, read};

/// Name of the file that makes a folder a run.
pub const RUN_FILE: &str = "manifest.toml";
/// Name of the file that makes a folder a store.
pub const STORE_FILE: &str = "store.toml";
/// Names of the files that make a folder a replication package: checksums of its files, and of what running it again gives.
pub const PACKAGE_FILES: [&str; 2] = ["SHA256SUMS", "RESULTS.sha256"];
/// Where the files of a run wait until all are there.
pub const RUN_STAGING: &str = ".partial";
/// Where the years of a store wait until all are there.
pub const STORE_STAGING: &str = ".import";
/// The lock of a run or a store.
pub const LOCK: &str = ".lock";

/// How the first lines of a store's file begin; its name alone may be that of a study.
const OF_A_STORE: [&str; 2] = ["# A store of bilateral trade, written by monazite", "monazite = "];

/// What a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderKind {
    /// The results of a study, or of its value chain alone; also while they are made.
    Run,
    /// Bilateral trade, made from a release; also while it is made.
    Store,
    /// Trade files as they were published.
    Release,
    /// A replication package.
    Package,
}

impl fmt::Display for FolderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Run => "run",
            Self::Store => "store",
            Self::Release => "release",
            Self::Package => "replication package",
        })
    }
}

/// A place in which nothing of that kind is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The place.
    pub path: String,
    /// What it is, or lies in.
    pub kind: FolderKind,
    /// The folder that it lies in; `None` if it is that folder.
    pub around: Option<String>,
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, kind, around } = self;
        match around {
            Some(around) => write!(
                f,
                "{path}: this folder lies in the {kind} {around}, and what is made there would be taken for a part of it; choose a folder \
                 outside of it"
            ),
            None => write!(
                f,
                "{path}: this folder is a {kind}, and nothing else is mixed up with it; choose another folder"
            ),
        }
    }
}

impl std::error::Error for Taken {}

/// Refuses a place that is something already, but for `itself`, or that lies in a run, a store, a release or a replication package. A store
/// may lie in the folder of the release that it is made from: only the files of that folder are the release, not its folders.
///
/// Links are resolved, also where the last folders of the path are not there yet.
///
/// # Errors
/// [`Taken`], naming the folder in question.
pub fn refuse_taken(place: &Path, itself: Option<FolderKind>) -> Result<(), Taken> {
    let path = place.display().to_string();
    if let Some(kind) = kind_of(place).filter(|kind| Some(*kind) != itself) {
        return Err(Taken { path, kind, around: None });
    }
    let in_its_way = |kind: FolderKind| kind != FolderKind::Release || itself != Some(FolderKind::Store);
    match all_around(place).find(|(kind, _)| in_its_way(*kind)) {
        Some((kind, folder)) => Err(Taken { path, kind, around: Some(folder.display().to_string()) }),
        None => Ok(()),
    }
}

/// The file that stands where a folder, or one around it, would have to be; `None` if none does.
pub fn file_in_the_way(place: &Path) -> Option<&Path> {
    let nearest = place.ancestors().find(|at| at.symlink_metadata().is_ok())?;
    (!nearest.is_dir()).then_some(nearest)
}

/// The run, store, release or replication package that a place lies in, the nearest one; not itself.
pub fn around(place: &Path) -> Option<(FolderKind, PathBuf)> {
    all_around(place).next()
}

/// As [`around`], from the nearest one on.
fn all_around(place: &Path) -> impl Iterator<Item = (FolderKind, PathBuf)> {
    let mut folder = absolute(place);
    std::iter::from_fn(move || folder.pop().then(|| folder.clone()))
        .filter_map(|folder| Some((kind_of(&folder)?, folder)))
}

/// What a folder is, by what stands in it; `None` for any other folder, and where there is none.
///
/// ```
/// use monazite::disk::place::{FolderKind, kind_of};
/// let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny");
/// assert_eq!(kind_of(tiny.as_ref()), None);
/// assert_eq!(kind_of(format!("{tiny}/release").as_ref()), Some(FolderKind::Release));
/// ```
pub fn kind_of(folder: &Path) -> Option<FolderKind> {
    let has = |name: &str| folder.join(name).is_file();
    let has_folder = |name: &str| folder.join(name).is_dir();
    // What a store that is damaged, or never got its file, still has.
    let tables = || ["flows", "index", "margins"].iter().all(|name| has_folder(name));
    let begins_one = |line: &str| OF_A_STORE.iter().any(|begin| line.starts_with(begin));
    if has_folder(STORE_STAGING) || tables() || says(folder, STORE_FILE, begins_one) {
        return Some(FolderKind::Store);
    }
    if PACKAGE_FILES.iter().all(|name| has(name)) {
        return Some(FolderKind::Package);
    }
    if is_run(folder) || has_folder(RUN_STAGING) && has(LOCK) {
        return Some(FolderKind::Run);
    }
    is_release(folder).then_some(FolderKind::Release)
}

/// Whether there is a run in a folder, damaged as it may be: a file of the name of its manifest alone may be anybody's.
pub fn is_run(folder: &Path) -> bool {
    let has = |name: &str| folder.join(name).is_file();
    let damaged = || has("study.toml") && (has("schema.json") || folder.join("chain").is_dir());
    has(RUN_FILE) && (says(folder, RUN_FILE, |line| line.trim() == "name = \"monazite\"") || damaged())
}

/// Whether a file is there and a line of it is one that is looked for.
fn says(folder: &Path, name: &str, is_it: impl Fn(&str) -> bool) -> bool {
    let bytes = read(&folder.join(name), LARGEST_TABLE);
    bytes.is_ok_and(|bytes| String::from_utf8_lossy(&bytes).lines().any(is_it))
}

/// Whether there are trade files in a folder, and no study that is made from them: a folder with one is the desk of whoever wrote it.
fn is_release(folder: &Path) -> bool {
    let mut trade = false;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.to_ascii_lowercase().ends_with(".toml") {
            return false;
        }
        trade |= is_trade_file(&name);
    }
    trade
}

/// Whether a file is one of trade by its name: `BACI_HS07_Y2019_V202501.csv`, also packed.
pub fn is_trade_file(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with("baci_hs") && (lower.ends_with(".csv") || lower.ends_with(".csv.gz"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of each kind, and a study beside them.
    fn folders() -> tempfile::TempDir {
        let top = tempfile::tempdir().unwrap();
        let at = |name: &str| top.path().join(name);
        for name in
            ["run", "made/.partial", "chain", "store", "made-store/.import", "release", "package", "desk"]
        {
            fs::create_dir_all(at(name)).unwrap();
        }
        for (name, text) in [
            ("run/manifest.toml", "format = 4\n\n[program]\nname = \"monazite\"\n"),
            ("made/.lock", ""),
            ("chain/manifest.toml", "[program]\nname = \"monazite\"\n[chain]\n"),
            ("store/store.toml", "# A store of bilateral trade, written by monazite. Do not edit\n"),
            ("release/BACI_HS07_Y2019_V202501.csv.gz", ""),
            ("package/SHA256SUMS", ""),
            ("package/RESULTS.sha256", ""),
            ("desk/BACI_HS07_Y2019_V202501.csv", ""),
            ("desk/lithium.toml", "[study]\n"),
        ] {
            fs::write(at(name), text).unwrap();
        }
        top
    }

    const KINDS: [(&str, FolderKind); 7] = [
        ("run", FolderKind::Run),
        ("made", FolderKind::Run),
        ("chain", FolderKind::Run),
        ("store", FolderKind::Store),
        ("made-store", FolderKind::Store),
        ("release", FolderKind::Release),
        ("package", FolderKind::Package),
    ];

    #[test]
    fn nothing_is_made_inside_another_thing_nor_in_its_place() {
        let top = folders();
        for (name, kind) in KINDS {
            let folder = top.path().join(name);
            assert_eq!(kind_of(&folder), Some(kind), "{name}");
            refuse_taken(&folder, Some(kind)).unwrap();
            let error = refuse_taken(&folder, None).unwrap_err().to_string();
            assert!(error.contains(&format!("{name}: this folder is a {kind}, and nothing")), "{error}");
            for below in ["x", "a/b", "x/../y"] {
                let error = refuse_taken(&folder.join(below), Some(kind)).unwrap_err().to_string();
                assert!(error.contains(&format!("this folder lies in the {kind} ")), "{error}");
                assert!(error.contains(&format!("/{name}, and what is made")), "{error}");
            }
        }
        for free in ["desk", "desk/runs/x", "new/runs/x", "run/../other"] {
            refuse_taken(&top.path().join(free), None).unwrap();
            assert_eq!(file_in_the_way(&top.path().join(free)), None);
        }
        let file = top.path().join("desk/lithium.toml");
        assert_eq!(file_in_the_way(&file.join("runs/x")), Some(file.as_path()));
    }

    #[test]
    fn names_alone_make_nothing_and_damage_does_not_unmake_it() {
        let top = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(top.path().join(name), text).unwrap();
        // A study on stores, and the manifest of something else.
        write("store.toml", "[study]\nname = \"Stores of cobalt\"\n");
        write("manifest.toml", "[package]\nname = \"thesis\"\n");
        write("SHA256SUMS", "");
        assert_eq!(kind_of(top.path()), None);
        write("manifest.toml", "");
        write("study.toml", "[study]\n");
        write("schema.json", "{");
        assert_eq!(kind_of(top.path()), Some(FolderKind::Run));
        for name in ["flows", "index", "margins"] {
            fs::create_dir(top.path().join(name)).unwrap();
        }
        assert_eq!(kind_of(top.path()), Some(FolderKind::Store));
    }

    #[cfg(unix)]
    #[test]
    fn links_hide_nothing() {
        let top = folders();
        let link = top.path().join("link");
        std::os::unix::fs::symlink(top.path().join("store"), &link).unwrap();
        assert!(refuse_taken(&link.join("runs/x"), None).unwrap_err().to_string().contains("in the store "));
        assert_eq!(kind_of(&link), Some(FolderKind::Store));
    }
}
