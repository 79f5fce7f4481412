//! `monazite replicate`: a replication package of a finished run, laid out as social-science data editors ask for.
//!
//! The package holds the study file, the inputs (where they are at hand), the results, a README and checksums. The study file keeps
//! its paths: the inputs stand in the package where they stood beside the study, so that running it again gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::replication_readme;
use crate::disk;
use crate::progress::Progress;
use crate::run::InputError;
use crate::run::inputs::same_inputs;
use crate::run::provenance::is_synthetic;
use crate::run_folder::whole_folder::WholeFolder;
use crate::run_folder::{FinishedRun, FolderError, MANIFEST_FILE, Manifest, RunFiles, open_finished, settle};
use crate::study::{Difference, Study};
use crate::trade::year_writer::sha256_of;

pub use super::replication_input::PackagedInput;

/// Why a package cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplicationError {
    /// The run folder, or the system.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The study as the run resolved it.
    #[error(transparent)]
    Study(#[from] crate::study::StudyError),
    /// The package would overwrite something.
    #[error(
        "{path}: the folder is not empty; name another one, so that nothing is mixed up with the package"
    )]
    NotEmpty {
        /// The folder.
        path: String,
    },
    /// The study file is not that of the run.
    #[error(
        "{file}: this is not the study that the run was made from: {key} is {found}, in the run {wanted}"
    )]
    OtherStudy {
        /// The study file.
        file: String,
        /// The first setting that differs.
        key: String,
        /// Its value in the file.
        found: String,
        /// Its value in the run.
        wanted: String,
    },
    /// An input is not the one that the run was made from.
    #[error(transparent)]
    Input(InputError),
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] crate::progress::Cancelled),
}

impl From<InputError> for ReplicationError {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            error => Self::Input(error),
        }
    }
}

/// How a package is made.
#[derive(Debug, Clone, Default)]
pub struct ReplicationOptions {
    /// The study file that the run was made from; it says where the inputs are. Without it the package describes them only.
    pub study: Option<PathBuf>,
    /// Leave the inputs out although they are at hand.
    pub without_data: bool,
}

/// A finished package.
#[derive(Debug, Clone)]
pub struct ReplicationSummary {
    /// Where it is.
    pub folder: PathBuf,
    /// The inputs.
    pub inputs: Vec<PackagedInput>,
    /// The study file within the package.
    pub study: String,
    /// Number of files.
    pub files: usize,
}

/// Makes a replication package of a finished run.
///
/// ```
/// use monazite::report::replication::{ReplicationOptions, replicate};
/// # use monazite::{pipeline::{RunOptions, Until, run_study}, progress::Silent, study::Study};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
/// # let folder = tempfile::tempdir()?;
/// # let study = Study::load(tiny.as_ref())?;
/// # let run = folder.path().join("run");
/// # run_study(&study, &run, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)?;
/// let options = ReplicationOptions { study: Some(tiny.into()), without_data: false };
/// let package = replicate(&run, &folder.path().join("package"), &options, &Silent)?;
/// assert_eq!(package.study, "inputs/study.toml");
/// assert!(package.inputs.iter().all(|input| input.included));
/// assert!(package.folder.join("SHA256SUMS").exists());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`ReplicationError::NotEmpty`] if the folder holds anything, [`ReplicationError::OtherStudy`] for a study file that is not that of the
/// run, [`ReplicationError::Input`] for an input that is not the one the run was made from, [`FolderError::Changed`] if a file of the run is missing or does not have its checksum, [`ReplicationError::Cancelled`] if
/// `progress` asks to stop, otherwise what the system says. The package appears all at once: on an error nothing of it is there.
pub fn replicate(
    run: &Path,
    out: &Path,
    options: &ReplicationOptions,
    progress: &dyn Progress,
) -> Result<ReplicationSummary, ReplicationError> {
    settle(run);
    let FinishedRun { files, manifest } = open_finished(run)?;
    let text = files.text("study.toml")?;
    let study = Study::of_files(&files)?;
    let at_hand = match &options.study {
        Some(file) => Some(original(file, &study)?),
        None => None,
    };
    if let Some(at_hand) = &at_hand {
        same_inputs(at_hand, &manifest, progress)?;
    }
    let place = match WholeFolder::claim(out) {
        Err(FolderError::NotEmpty { path }) => return Err(ReplicationError::NotEmpty { path }),
        claimed => claimed?,
    };
    let run = Packaged {
        files: &files,
        manifest: &manifest,
        text: &text,
        study: &study,
        at_hand: at_hand.as_ref(),
        out,
    };
    let mut package = Package { folder: place.path().to_owned(), made: BTreeSet::new() };
    let made = package.fill(&run, options.without_data, progress)?;
    place.commit()?;
    Ok(made)
}

/// What goes into a package.
struct Packaged<'a> {
    files: &'a RunFiles,
    manifest: &'a Manifest,
    /// The study as the run has it.
    text: &'a str,
    study: &'a Study,
    /// The study as its author wrote it.
    at_hand: Option<&'a Study>,
    /// Where the package will be.
    out: &'a Path,
}

/// Whether the data are about no real country: the study says so, or none of its countries is on the map of the world.
fn is_made_up(files: &RunFiles, study: &Study, manifest: &Manifest) -> bool {
    let said = is_synthetic(study, manifest);
    let countries = files.text("countries.csv").unwrap_or_default();
    let mut codes = countries.lines().skip(1).filter_map(|line| line.split(',').next()).peekable();
    said || codes.peek().is_some() && !codes.any(crate::report::figures::outlines::is_drawn)
}

/// The study file that the run was made from. Settings of stages that were made again later may differ.
fn original(file: &Path, of_run: &Study) -> Result<Study, ReplicationError> {
    let text = fs::read_to_string(file).map_err(|e| FolderError::io(file, "cannot be read", e))?;
    let (study, problems) = Study::parse(&text, file);
    if !problems.is_empty() {
        return Err(study.error(problems).into());
    }
    let later = ["profile", "groups", "typology", "regression", "figures", "study.random_seed"];
    if let Some(Difference { key, found, wanted }) = study.difference(of_run, &later) {
        return Err(ReplicationError::OtherStudy { file: file.display().to_string(), key, found, wanted });
    }
    Ok(study)
}

/// Every file or folder that the study reads, by key.
fn input_paths(study: &Study) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for p in study.parameters() {
        // What the program writes, and what only the asking of a model reads, is no input of a run.
        let other = p.section == "mapping" || (p.section, p.key) == ("data", "store");
        if other || !p.expects.contains("a path in quotes") {
            continue;
        }
        let Some(value) = &p.value else { continue };
        let Ok(table) = toml::from_str::<BTreeMap<String, toml::Value>>(&format!("value = {value}")) else {
            continue;
        };
        let key = format!("{}.{}", p.section, p.key);
        match table.get("value") {
            Some(toml::Value::String(path)) => found.push((key, PathBuf::from(path))),
            Some(toml::Value::Array(paths)) => found.extend(
                paths.iter().filter_map(|path| path.as_str()).map(|path| (key.clone(), PathBuf::from(path))),
            ),
            _ => {}
        }
    }
    found
}

/// The folder of the study file in the package, as deep as its paths climb, with the names it has where it is.
fn study_home(study: &Study, at_hand: Option<&Study>) -> PathBuf {
    let climbs = |path: &Path| path.components().filter(|c| *c == Component::ParentDir).count();
    let depth = input_paths(study).iter().map(|(_, path)| climbs(path)).max().unwrap_or(0);
    let real = at_hand.and_then(|s| s.file.parent()).and_then(|f| fs::canonicalize(f).ok());
    let names: Vec<String> = real
        .iter()
        .flat_map(|folder| folder.components())
        .filter_map(|c| match c {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    let mut home = PathBuf::from("inputs");
    for level in 0..depth {
        let from_end = depth - level;
        let name = names.len().checked_sub(from_end).and_then(|at| names.get(at));
        home.push(name.map_or("study", String::as_str));
    }
    home
}

/// A path within the package, without steps up; `None` if it leaves the package.
fn within(home: &Path, path: &Path) -> Option<PathBuf> {
    let mut at = home.to_owned();
    for component in path.components() {
        match component {
            Component::Normal(name) => at.push(name),
            Component::CurDir => {}
            Component::ParentDir if at.components().count() > 1 => {
                at.pop();
            }
            _ => return None,
        }
    }
    at.starts_with("inputs").then_some(at)
}

struct Package {
    folder: PathBuf,
    made: BTreeSet<String>,
}

impl Package {
    fn fill(
        &mut self,
        packaged: &Packaged<'_>,
        without_data: bool,
        progress: &dyn Progress,
    ) -> Result<ReplicationSummary, ReplicationError> {
        let &Packaged { files, manifest, text, study, at_hand, out } = packaged;
        let home = study_home(study, at_hand);
        let mut inputs = Vec::new();
        for (key, path) in input_paths(study) {
            inputs.push(self.input(&home, &key, &path, at_hand, without_data, progress)?);
        }
        let study_name = self.name(&home.join("study.toml"));
        // The file as its author wrote it, unless a stage was made again with other settings.
        let authors = match at_hand {
            Some(study) if study.hash() == manifest.study.sha256 => {
                Some(fs::read(&study.file).map_err(|e| FolderError::io(&study.file, "cannot be read", e))?)
            }
            _ => None,
        };
        self.write(&study_name, authors.as_deref().unwrap_or(text.as_bytes()))?;
        for file in manifest.files.iter().map(|f| f.name.as_str()).chain([MANIFEST_FILE]) {
            progress.go_on()?;
            let copy = self.target(&format!("results/{file}"))?;
            files.copy(file, &copy)?;
        }
        // What running it again has to give: everything but the manifest, which holds wall times, and what was asked
        // for afterwards.
        let expected: String = manifest
            .files
            .iter()
            .filter(|f| !f.on_request)
            .map(|f| format!("{}  {}\n", f.sha256, f.name))
            .collect();
        self.write("RESULTS.sha256", expected.as_bytes())?;
        let made_up = is_made_up(files, study, manifest);
        let readme = replication_readme::text(study, manifest, &inputs, &study_name, made_up);
        self.write("README.md", readme.as_bytes())?;
        let mut sums = String::new();
        for name in &self.made {
            progress.go_on()?;
            let sum = sha256_of(&self.folder.join(name))
                .map_err(|e| FolderError::Manifest { path: name.clone(), message: e.to_string() })?;
            sums.push_str(&format!("{sum}  {name}\n"));
        }
        self.write("SHA256SUMS", sums.as_bytes())?;
        Ok(ReplicationSummary { folder: out.to_owned(), inputs, study: study_name, files: self.made.len() })
    }

    fn name(&self, path: &Path) -> String {
        path.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
    }

    fn target(&mut self, name: &str) -> Result<PathBuf, FolderError> {
        let target = self.folder.join(name);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(|e| FolderError::io(parent, "cannot be created", e))?;
        }
        self.made.insert(name.to_owned());
        Ok(target)
    }

    fn write(&mut self, name: &str, content: &[u8]) -> Result<(), FolderError> {
        let target = self.target(name)?;
        disk::write(&target, content).map_err(|e| FolderError::io(&target, "cannot be written", e))
    }

    fn copy(&mut self, from: &Path, name: &str) -> Result<(), FolderError> {
        let target = self.target(name)?;
        fs::copy(from, &target).map_err(|e| FolderError::io(from, "cannot be copied", e))?;
        Ok(())
    }

    fn input(
        &mut self,
        home: &Path,
        key: &str,
        path: &Path,
        at_hand: Option<&Study>,
        without_data: bool,
        progress: &dyn Progress,
    ) -> Result<PackagedInput, ReplicationError> {
        let mut input = PackagedInput {
            key: key.to_owned(),
            path: self.name(path),
            included: false,
            files: Vec::new(),
            source: None,
        };
        let real = at_hand.map(|study| study.resolve(path)).filter(|real| real.exists());
        let Some(real) = real else { return Ok(input) };
        let place = within(home, path).filter(|_| !path.is_absolute());
        let mut files = Vec::new();
        if real.is_dir() {
            files_below(&real, Path::new(""), &mut files)?;
        } else {
            files.push(PathBuf::new());
        }
        input.included = place.is_some() && !without_data;
        for file in files {
            progress.go_on()?;
            let from = if file.as_os_str().is_empty() { real.clone() } else { real.join(&file) };
            let shown = if file.as_os_str().is_empty() {
                real.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
            } else {
                self.name(&file)
            };
            let sum = sha256_of(&from).map_err(|e| FolderError::Manifest {
                path: from.display().to_string(),
                message: e.to_string(),
            })?;
            if let (Some(place), false) = (&place, without_data) {
                let name = if file.as_os_str().is_empty() {
                    self.name(place)
                } else {
                    self.name(&place.join(&file))
                };
                self.copy(&from, &name)?;
            }
            input.files.push((shown, sum));
        }
        // A note on the source that stands in the folder of a single file.
        let beside =
            real.parent().map(|folder| folder.join("SOURCE.md")).filter(|s| real.is_file() && s.is_file());
        if let (Some(beside), Some(place), true) = (beside, &place, input.included) {
            let name = self.name(&place.with_file_name("SOURCE.md"));
            self.copy(&beside, &name)?;
            input.source = Some(name);
        } else if input.included && input.files.iter().any(|(name, _)| name == "SOURCE.md") {
            input.source = place.map(|place| self.name(&place.join("SOURCE.md")));
        }
        Ok(input)
    }
}

/// All files below a folder, by name; locks and other hidden files are left out.
fn files_below(top: &Path, folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), FolderError> {
    let here = top.join(folder);
    let mut names = Vec::new();
    for entry in fs::read_dir(&here).map_err(|e| FolderError::io(&here, "cannot be read", e))? {
        names.push(entry.map_err(|e| FolderError::io(&here, "cannot be read", e))?.file_name());
    }
    names.sort();
    for name in names {
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let path = folder.join(&name);
        let whole = top.join(&path);
        if whole.is_dir() {
            // One that leads up would have no end, and any other brings what nobody asked for.
            disk::refuse_links_to(top, &path).map_err(|e| FolderError::io(&whole, "cannot be packed", e))?;
            files_below(top, &path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn study(trade: &str) -> Study {
        let text = format!(
            "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"{trade}\"\ngovernance = \"pv.csv\"\nstore = \"s\"\n[chain]\nedges = [\"a.csv\", \"b.csv\"]\n"
        );
        Study::parse(&text, Path::new("x/y/study.toml")).0
    }

    #[test]
    fn inputs_are_found_by_what_the_study_file_expects() {
        let found = input_paths(&study("../../data"));
        let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(
            keys,
            ["data.trade", "data.governance", "chain.edges", "chain.edges"],
            "the store is no input"
        );
        assert_eq!(found[3].1, Path::new("b.csv"));
    }

    #[test]
    fn the_study_stands_as_deep_as_its_paths_climb() {
        assert_eq!(study_home(&study("release"), None), Path::new("inputs"));
        assert_eq!(study_home(&study("../../data"), None), Path::new("inputs/study/study"));
        let home = Path::new("inputs/studies/example");
        assert_eq!(within(home, Path::new("../../data/x.csv")).unwrap(), Path::new("inputs/data/x.csv"));
        assert_eq!(within(home, Path::new("../../../../etc/x")), None, "out of the package");
        assert_eq!(within(home, Path::new("/etc/x")), None);
    }
}
