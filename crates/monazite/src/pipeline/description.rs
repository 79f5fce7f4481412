//! What the manifest says of a run before its files are listed: its inputs, what they came to, and what a reader should know.

use crate::indicators::ImportContent;
use crate::ingest::governance::Origin;
use crate::nomenclature::Hs6;
use crate::panel::diagnostics::ProductYearRecord;
use crate::panel::extract::LEFT_OUT;
use crate::panel::{PanelSummary, World, trickle};
use crate::plain_text::listed;
use crate::run_folder::RUN_FORMAT;
use crate::run_folder::manifest::{
    ChainRecord, ChainSourceRecord, ChainTestRecord, ExtractRecord, ImputedRecord, IndicatorRecord,
    InputFile, InputTable, Manifest, Program, Skipped, StabilityRecord, StudyRecord, TakenOut, Timing,
    TradeRecord,
};
use crate::study::Study;
use crate::trade::FlowSource;
use crate::trade::year_writer::sha256_of;
use crate::units::{ThousandUsd, counted};
use crate::value_chain::ValueChain;
use crate::value_chain::built::BuiltChain;

use super::Error;
use super::options::RunOptions;

/// Everything that a manifest speaks of.
#[derive(Clone, Copy)]
pub(super) struct Described<'a> {
    pub(super) study: &'a Study,
    pub(super) store: &'a dyn FlowSource,
    pub(super) built: &'a BuiltChain,
    pub(super) world: &'a World,
    pub(super) panel: &'a PanelSummary,
}

impl Described<'_> {
    /// The manifest of a run as far as the indicators; files, typology and regression are added by their stages.
    ///
    /// # Errors
    /// [`Error::Store`] if a table that the study names can no longer be read.
    pub(super) fn manifest(self, options: &RunOptions) -> Result<Manifest, Error> {
        let (study, world, panel) = (self.study, self.world, self.panel);
        Ok(Manifest {
            format: RUN_FORMAT,
            program: program(options),
            study: StudyRecord {
                name: study.study.name.clone(),
                sha256: study.hash(),
                random_seed: study.study.random_seed,
                seeds: study.study.seeds.iter().map(Hs6::to_string).collect(),
                first_year: world.years.first().copied().unwrap_or(0),
                last_year: world.years.last().copied().unwrap_or(0),
                years: world.years.len(),
                products: world.products.len(),
                countries: world.countries.len(),
            },
            trade: self.trade(),
            stability: self.stability(),
            tables: tables(study)?,
            chain: chain_record(self.built),
            indicators: IndicatorRecord {
                product_years: panel.product_years,
                rows: panel.rows,
                rca_basis: world.rca_basis.key().to_owned(),
                composite_rows: panel.composite.as_ref().map_or(0, |c| c.rows),
                clamped_product_years: self.clamped(),
                trickle_loops: Some(panel.loops.len() as u64),
                origins_left_out: self.origins_left_out(),
                without_origin: self.origins_left_out().map(|_| self.without_origin()),
            },
            indices: None,
            uncertainty: None,
            shocks: None,
            before_after: None,
            typology: None,
            regression: None,
            skipped: skipped(world, &self.built.chain),
            notes: self.notes(),
            files: Vec::new(),
            timing: Timing::default(),
        })
    }

    /// Product-years whose network was singular.
    fn clamped(self) -> u64 {
        self.panel.diagnostics.iter().filter(|d| !d.clamped.is_empty()).count() as u64
    }

    /// Share of the imports with origins whose origin is in no row; `None` if there are no origins.
    fn origins_left_out(self) -> Option<f64> {
        let sum = |at: usize| self.panel.diagnostics.iter().fold(0.0, |sum, d| sum + d.origins[at]);
        (sum(0) > 0.0).then(|| sum(1) / sum(0))
    }

    fn without_origin(self) -> u64 {
        self.panel.diagnostics.iter().map(|d| d.without_origin as u64).sum()
    }

    fn trade(self) -> TradeRecord {
        let (origin, panel) = (self.store.provenance(), self.panel);
        let outside = self.store.years().into_iter().filter(|y| !self.world.years.contains(y));
        let (flows_outside_years, value_outside_years) = outside.fold((0, 0.0), |(flows, value), year| {
            let of_year = self.store.traded_in(year).iter();
            let (more, worth) = of_year.fold((0, 0.0), |(n, v), e| (n + e.flows as u64, v + e.value));
            (flows + more, value + worth)
        });
        let sum =
            |of: fn(&ProductYearRecord) -> f64| panel.diagnostics.iter().map(of).fold(0.0, |sum, v| sum + v);
        TradeRecord {
            source: origin.source,
            licence: Some(origin.licence).filter(|licence| !licence.is_empty()),
            edition: origin.edition,
            baci_version: origin.version,
            flows: panel.flows,
            value: panel.value,
            flows_outside_years,
            value_outside_years,
            import: origin.account,
            inputs: origin
                .inputs
                .iter()
                .map(|i| InputFile {
                    name: i.name.clone(),
                    role: i.role.clone(),
                    bytes: i.bytes,
                    sha256: i.sha256.clone(),
                })
                .collect(),
            taken_out: TakenOut {
                within_groups: sum(|d| d.within_groups),
                without_stability: sum(|d| d.without_stability),
                outside_country_set: sum(|d| d.outside_country_set),
                trickles: sum(|d| d.trickles),
                traced_reexports: sum(|d| d.traced),
            },
            extract: extract(self.world),
        }
    }

    fn stability(self) -> StabilityRecord {
        let (study, world) = (self.study, self.world);
        StabilityRecord {
            vintage: world.vintage.clone(),
            file: world.governance_file.clone(),
            sha256: world.governance_sha256.clone(),
            measure: study.stability.measure.name().to_owned(),
            imputed: imputed_by_year(world, self.panel),
            never_covered: never_covered(world),
        }
    }

    /// What a reader of the results should know.
    fn notes(self) -> Vec<String> {
        let (world, panel) = (self.world, self.panel);
        let mut notes = Vec::new();
        notes.extend(synthetic_note(self.store));
        notes.extend(self.store.about().notes);
        notes.extend(world.notes.iter().cloned());
        notes.extend(self.built.gathered.notes.iter().cloned());
        if let Err(error) = &panel.composite {
            notes.push(format!("There is no composite score: {error}."));
        }
        let clamped = self.clamped();
        if clamped > 0 {
            notes.push(format!(
                "In {} a closed group of countries without any stability made the network singular; their instability was \
                 lowered to 1 - 1e-6 (column clamped of product_years.csv).",
                counted(clamped, ["product-year", "product-years"])
            ));
        }
        let without_origin = self.without_origin();
        if without_origin > 0 {
            notes.push(format!(
                "{} not in origins.parquet: what is bought goes round in a circle of countries of which none sells more than it buys, so that nobody \
                 in it has made it.",
                counted(without_origin, ["importer of a product-year is", "importers of a product-year are"])
            ));
        }
        if self.study.indicators.import_content == ImportContent::MassBalance {
            notes.push(
                "STR of this study is the mass-balanced number (indicators.import_content = \"mass_balance\"): str and str_mass_balance hold the same, and so \
                 do influence and influence_mass_balance; the paper's STR is str_full."
                    .to_owned(),
            );
        }
        notes.extend(quantities_note(self.study, world, panel));
        notes.extend(trickle::note(world, &panel.loops, self.study));
        notes.extend(breaks_note(world, panel));
        notes
    }
}

/// The further tables that a study names, with their checksums.
fn tables(study: &Study) -> Result<Vec<InputTable>, Error> {
    study
        .tables()
        .map(|(key, path)| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok(InputTable { key: key.to_owned(), name, sha256: sha256_of(&study.resolve(path))? })
        })
        .collect()
}

/// A sentence on product-years with too few quantities; `None` if there is none.
fn quantities_note(study: &Study, world: &World, panel: &PanelSummary) -> Option<String> {
    let lacking: Vec<&ProductYearRecord> =
        panel.diagnostics.iter().filter(|record| record.without_quantities > 0.0).collect();
    let value = lacking.iter().fold(0.0, |sum, record| sum + record.without_quantities);
    let named = lacking
        .iter()
        .map(|record| format!("{} in {}", world.products[record.product as usize], world.years[record.year]));
    (!lacking.is_empty()).then(|| {
        format!(
            "By quantity, {} of {} product-years with trade have too few quantities (below {} of the value, trade.min_quantity_coverage) and are \
             undefined; their trade is worth {}: {} (quantity_coverage in product_years.csv).",
            lacking.len(),
            panel.product_years + lacking.len() as u64,
            study.trade.min_quantity_coverage,
            ThousandUsd::new(value).in_words(),
            listed(named, "product_years.csv")
        )
    })
}

/// A sentence on jumps of world trade in years of revision; `None` if there is none.
fn breaks_note(world: &World, panel: &PanelSummary) -> Option<String> {
    let flagged: Vec<String> = panel
        .breaks
        .iter()
        .filter(|b| b.flagged)
        .map(|b| format!("{} in {}", world.products[b.product as usize], b.year))
        .collect();
    (!flagged.is_empty()).then(|| {
        format!(
            "World trade jumps where the HS was revised: {}. The series may be broken there; run again without these codes to see \
             whether it matters (breaks.csv).",
            listed(&flagged, "breaks.csv")
        )
    })
}

/// What the trade is an extract of, for the manifest.
fn extract(world: &World) -> Option<ExtractRecord> {
    Some(ExtractRecord {
        holds: world.extract.in_words()?,
        years: world.extract.years_in_words(&world.years),
        said: world.extract.said,
        left_out: LEFT_OUT.to_owned(),
    })
}

/// What is said of trade that is made up.
pub(super) fn synthetic_note(store: &dyn FlowSource) -> Option<String> {
    let note = "The trade data are synthetic: nothing in this run is about the real world.";
    store.about().synthetic.then(|| note.to_owned())
}

/// Stages of the panel that have nothing to work on.
fn skipped(world: &World, chain: &ValueChain) -> Vec<Skipped> {
    let mut skipped = Vec::new();
    if world.years.len() == 1 {
        skipped.push(Skipped {
            stage: "decomposition".to_owned(),
            reason: "the study has one year, so nothing changes".to_owned(),
        });
    }
    if chain.links().is_empty() {
        let reason = if chain.dropped().is_empty() {
            "the study names no source of links, so no product has inputs"
        } else {
            "no link of the chain is kept, so no product has inputs"
        };
        skipped.push(Skipped { stage: "input products".to_owned(), reason: reason.to_owned() });
    }
    if let Some(reason) = world.extract.reason() {
        for stage in ["STR and its parts over time, influence, RCA and composite", "breaks of world trade"] {
            skipped.push(Skipped { stage: stage.to_owned(), reason: reason.clone() });
        }
    }
    skipped
}

pub(super) fn program(options: &RunOptions) -> Program {
    Program {
        name: "monazite".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: options.commit.clone(),
    }
}

pub(super) fn chain_record(built: &BuiltChain) -> ChainRecord {
    let (chain, gathered) = (&built.chain, &built.gathered);
    ChainRecord {
        products: chain.len(),
        links: chain.links().len(),
        dropped: chain.dropped().len(),
        deepest_tier: chain.deepest_tier(),
        proposed: gathered.evidence.links.len(),
        test: gathered.test.as_ref().map(|test| ChainTestRecord {
            first_year: test.first_year,
            last_year: test.last_year,
            observations: test.observations,
            links: test.links,
            null_outputs: test.outputs,
        }),
        sources: gathered
            .evidence
            .sources
            .files
            .iter()
            .map(|file| ChainSourceRecord {
                name: file.name.clone(),
                kind: file.kind.key().to_owned(),
                rows: file.rows,
                links: file.links,
                runs: file.runs,
                sha256: file.sha256.clone(),
            })
            .collect(),
    }
}

fn imputed_by_year(world: &World, panel: &PanelSummary) -> Vec<ImputedRecord> {
    world
        .years
        .iter()
        .enumerate()
        .map(|(t, &year)| {
            let rows = panel.diagnostics.iter().filter(|d| d.year == t);
            let (imputed, all) = rows.fold((0.0, 0.0), |(imputed, all), d| {
                (imputed + d.trade * d.imputed_share.unwrap_or(0.0), all + d.trade)
            });
            ImputedRecord { year, share: if all > 0.0 { imputed / all } else { 0.0 } }
        })
        .collect()
}

fn never_covered(world: &World) -> Vec<String> {
    let Some(first) = world.stability.origin.first() else { return Vec::new() };
    world
        .countries
        .iter()
        .zip(first)
        .filter(|(_, origin)| {
            matches!(origin, Origin::Fifty | Origin::RegionMean | Origin::ParentState | Origin::Absent)
        })
        .map(|(country, origin)| format!("{} {}", country.code, origin.key()))
        .collect()
}
