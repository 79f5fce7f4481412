//! A planted world on disk: release, Governance Indicators, candidates, study, and the truth.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::Path;

use super::random::Purpose;
use super::trade::{Flow, flows, other_flows};
use super::{PlantedError, PlantedWorld};
use crate::disk;
use crate::ingest::MADE_UP_MARK;
use crate::nomenclature::Hs6;
use crate::progress::{Progress, Silent};
use crate::run_folder::FolderError;
use crate::run_folder::whole_folder::WholeFolder;

/// Version of the release, as its file names give it.
const VERSION: &str = "V000000synthetic";
/// First line of every file that may have a comment.
const LABEL: &str = "# SYNTHETIC: a planted world of made-up countries and products; no number here is about the real world.\n";
/// Runs that vote in the candidates file.
const RUNS: usize = 10;

impl PlantedWorld {
    /// Writes the world into a folder: `release/` in the layout of BACI, `stability.csv`, `candidates.csv`, `study.toml`, and
    /// `truth/` with links, types, coefficients and the course of STR. A file of the release says that it is made up, its file names have the
    /// version `000000synthetic`, and every manifest of a run repeats both; all other files begin with a comment that says what they are. The folder must not be there yet, or be
    /// empty; it appears all at once.
    ///
    /// # Errors
    /// [`PlantedError::Folder`] if something is in the folder or it cannot be made, [`PlantedError::Io`] for a file in it.
    pub fn write(&self, folder: &Path) -> Result<(), PlantedError> {
        self.write_until(folder, &Silent)
    }

    /// As [`PlantedWorld::write`], for work that may be asked to stop. On an error nothing of it is there.
    ///
    /// # Errors
    /// As [`PlantedWorld::write`], and [`PlantedError::Cancelled`].
    pub fn write_until(&self, folder: &Path, progress: &dyn Progress) -> Result<(), PlantedError> {
        let whole = WholeFolder::claim(folder).map_err(of_folder)?;
        self.write_files(whole.path(), progress)?;
        whole.commit().map_err(of_folder)
    }

    fn write_files(&self, folder: &Path, progress: &dyn Progress) -> Result<(), PlantedError> {
        let release = folder.join("release");
        let truth = folder.join("truth");
        for path in [&release, &truth] {
            fs::create_dir_all(path).map_err(|e| io(path, &e))?;
        }
        save(&release.join(MADE_UP_MARK), LABEL)?;
        self.write_codes(&release)?;
        for year in 0..self.options.years {
            self.write_year(&release, year, progress)?;
        }
        progress.go_on()?;
        save(&folder.join("stability.csv"), &self.stability())?;
        save(&folder.join("candidates.csv"), &self.candidates())?;
        save(&folder.join("study.toml"), &self.study())?;
        self.write_truth(&truth)
    }

    fn write_codes(&self, release: &Path) -> Result<(), PlantedError> {
        let mut countries = "country_code,country_name,country_iso2,country_iso3\n".to_owned();
        for c in &self.economy.countries {
            // The type is not in the name: it is for the program to find, and for truth/ to tell.
            let rest = if c.kind == 0 { " rest" } else { "" };
            let _ = writeln!(countries, "{},{} synthetic{rest},,{}", c.number, c.iso3, c.iso3);
        }
        save(&release.join(format!("country_codes_{VERSION}.csv")), &countries)?;
        let mut products = "code,description\n".to_owned();
        for p in &self.economy.products {
            let _ = writeln!(products, "{},Synthetic product of tier {}", p.code, p.tier);
        }
        for code in &self.economy.others {
            let _ = writeln!(products, "{code},Synthetic product outside the value chain");
        }
        save(&release.join(format!("product_codes_HS07_{VERSION}.csv")), &products)
    }

    fn write_year(&self, release: &Path, year: usize, progress: &dyn Progress) -> Result<(), PlantedError> {
        let options = &self.options;
        let number = options.year(year);
        let path = release.join(format!("BACI_HS07_Y{number}_{VERSION}.csv"));
        let mut file = std::io::BufWriter::new(disk::create(&path).map_err(|e| io(&path, &e))?);
        let mut text = "t,i,j,k,v,q\n".to_owned();
        let exports = &self.exports[year];
        let mut add = |code: Hs6, flows: Vec<Flow>| {
            for f in flows {
                let from = self.economy.countries[f.from].number;
                let to = self.economy.countries[f.to].number;
                let _ = writeln!(text, "{number},{from},{to},{code},{:.3},NA", f.value);
            }
            let written = file.write_all(text.as_bytes());
            text.clear();
            written.map_err(|e| io(&path, &e))
        };
        for (p, product) in self.economy.products.iter().enumerate() {
            progress.go_on()?;
            add(product.code, flows(options, &self.economy, exports, p, year))?;
        }
        for (q, row) in self.economy.other_exports(exports, year).iter().enumerate() {
            progress.go_on()?;
            add(self.economy.others[q], other_flows(&self.economy, row, q, year))?;
        }
        file.flush().map_err(|e| io(&path, &e))
    }

    fn stability(&self) -> String {
        let mut text = format!("{LABEL}iso3,year,pv_est\n");
        for year in 0..self.options.years {
            let estimates = self.economy.stability_estimates(&self.options, year);
            for (country, estimate) in self.economy.countries.iter().zip(estimates) {
                let _ = writeln!(text, "{},{},{estimate}", country.iso3, self.options.year(year));
            }
        }
        text
    }

    /// True links with six votes or more, nearly all of them; as many false ones with six or more, and as many again with fewer.
    fn candidates(&self) -> String {
        let draws = self.economy.draws;
        let products = &self.economy.products;
        let mut text = format!("{LABEL}run,input,output\n");
        let mut vote = |input: Hs6, output: Hs6, votes: usize, first: usize| {
            for run in 0..votes {
                let _ = writeln!(text, "{},{input},{output}", (first + run) % RUNS + 1);
            }
        };
        for (n, &(input, output)) in self.economy.links.iter().enumerate() {
            let votes = 6 + draws.below(Purpose::Candidates, [n, 0, 0], 5);
            vote(input, output, votes, draws.below(Purpose::Candidates, [n, 1, 0], RUNS));
        }
        let mut taken = std::collections::BTreeSet::new();
        for n in 0..2 * self.economy.links.len() {
            // A false link goes into the next tier, so that it would pass for a true one.
            let not_last: Vec<usize> =
                (0..products.len()).filter(|&p| products[p].tier < super::DEEPEST_TIER).collect();
            let input = not_last[draws.below(Purpose::Candidates, [n, 2, 0], not_last.len())];
            let next: Vec<usize> = (0..products.len())
                .filter(|&p| {
                    products[p].tier == products[input].tier + 1 && !products[p].inputs.contains(&input)
                })
                .collect();
            let Some(&output) = next.get(draws.below(Purpose::Candidates, [n, 3, 0], next.len().max(1)))
            else {
                continue;
            };
            if taken.insert((input, output)) {
                let least = if n % 2 == 0 { 6 } else { 1 };
                let votes = least + draws.below(Purpose::Candidates, [n, 4, 0], 5);
                let first = draws.below(Purpose::Candidates, [n, 5, 0], RUNS);
                vote(products[input].code, products[output].code, votes, first);
            }
        }
        text
    }

    fn study(&self) -> String {
        let o = &self.options;
        let seeds: Vec<String> =
            self.economy.products.iter().filter(|p| p.tier == 0).map(|p| format!("\"{}\"", p.code)).collect();
        let years =
            |range: std::ops::Range<usize>| format!("[{}, {}]", o.year(range.start), o.year(range.end - 1));
        format!(
            "{LABEL}# What was planted is in truth/; docs/validation.md of the source code says how.\n\n\
             [study]\n\
             name = \"SYNTHETIC: planted world {seed}\"\n\
             material = \"nothing real (synthetic data)\"\n\
             question = \"Does the program find what was planted in made-up data?\"\n\
             seeds = [{seeds}]\n\
             random_seed = {seed}\n\n\
             [data]\n\
             trade = \"release\"\n\
             governance = \"stability.csv\"\n\n\
             [stability]\n\
             measure = \"estimate\"\n\n\
             [chain]\n\
             candidates = [\"candidates.csv\"]\n\
             transform = \"rsca\"\n\
             control = \"country_size\"\n\
             z_threshold = 2.6\n\n\
             [groups]\n\
             means = []\n\n\
             [trade]\n\
             hubs = [\"AAA\"]\n\n\
             [regression]\n\
             baseline = {baseline}\n\
             projection = {projection}\n\
             transforms = [\"log\"]\n\
             exclude = [\"AAA\"]\n\
             robustness = [\"fixed_stability\", \"balanced_set\", \"indirect_risk\", \"uniform_stability\"]\n\
             sweep_transforms = [\"log\"]\n\
             sweep_lengths = [{length}]\n",
            seed = o.seed,
            seeds = seeds.join(", "),
            baseline = years(o.baseline()),
            projection = years(o.projection()),
            length = o.window(),
        )
    }

    fn write_truth(&self, truth: &Path) -> Result<(), PlantedError> {
        let mut text = format!("{LABEL}term,value\n");
        for c in self.coefficients() {
            let _ = writeln!(text, "{},{}", c.term, c.value);
        }
        save(&truth.join("coefficients.csv"), &text)?;
        let mut text = format!("{LABEL}country,type\n");
        for (country, kind) in self.types() {
            let _ = writeln!(text, "{country},{kind}");
        }
        save(&truth.join("types.csv"), &text)?;
        let mut text = format!("{LABEL}input,output\n");
        for (input, output) in self.links() {
            let _ = writeln!(text, "{input},{output}");
        }
        save(&truth.join("links.csv"), &text)?;
        let mut text = format!("{LABEL}product,tier\n");
        for (product, tier) in self.tiers() {
            let _ = writeln!(text, "{product},{tier}");
        }
        save(&truth.join("tiers.csv"), &text)?;
        let mut text = format!("{LABEL}year,mean_str\n");
        for (year, risk) in self.mean_risk().into_iter().enumerate() {
            let _ = writeln!(text, "{},{risk}", self.options.year(year));
        }
        save(&truth.join("risk.csv"), &text)?;
        let mut text = format!("{LABEL}product,country,growth_of_ln_rca,exposure,hhi,str\n");
        let number = |v: Option<f64>| v.map_or_else(String::new, |v| v.to_string());
        for (p, product) in self.economy.products.iter().enumerate() {
            for (c, country) in self.economy.countries.iter().enumerate().skip(1) {
                let [exposure, hhi, str] = self.baseline_indicators(p, c).map(number);
                let growth = number(self.planted_growth(p, c));
                let _ = writeln!(text, "{},{},{growth},{exposure},{hhi},{str}", product.code, country.iso3);
            }
        }
        save(&truth.join("country_products.csv"), &text)
    }
}

pub(super) fn of_folder(error: FolderError) -> PlantedError {
    PlantedError::Folder { message: error.to_string() }
}

pub(super) fn io(path: &Path, error: &std::io::Error) -> PlantedError {
    PlantedError::Io { file: path.display().to_string(), message: error.to_string() }
}

pub(super) fn save(path: &Path, text: &str) -> Result<(), PlantedError> {
    disk::write(path, text.as_bytes()).map_err(|e| io(path, &e))
}
