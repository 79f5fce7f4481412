//! Manifests with all their keys and with the fewest; formats that are refused.

use super::*;
use crate::trade::manifest::DroppedRecord;

/// A manifest with all its keys.
pub(crate) fn full() -> Manifest {
    let text = || "text".to_owned();
    let list = || vec![text()];
    Manifest {
        format: RUN_FORMAT,
        program: Program { name: "monazite".to_owned(), version: "0.1.0".to_owned(), commit: text() },
        study: StudyRecord {
            name: text(),
            sha256: text(),
            random_seed: 1,
            seeds: list(),
            first_year: 2019,
            last_year: 2020,
            years: 2,
            products: 1,
            countries: 3,
        },
        trade: TradeRecord {
            source: text(),
            licence: Some(text()),
            edition: text(),
            baci_version: text(),
            flows: 5,
            value: 1.0,
            flows_outside_years: 0,
            value_outside_years: 0.0,
            import: account(),
            inputs: vec![InputFile { name: text(), role: text(), bytes: 1, sha256: text() }],
            taken_out: TakenOut::default(),
            extract: Some(ExtractRecord { holds: text(), years: text(), said: true, left_out: text() }),
        },
        stability: StabilityRecord {
            vintage: text(),
            file: text(),
            sha256: text(),
            measure: text(),
            imputed: vec![ImputedRecord { year: 2019, share: 0.5 }],
            never_covered: list(),
        },
        tables: vec![InputTable { key: text(), name: text(), sha256: text() }],
        chain: ChainRecord {
            products: 1,
            links: 1,
            dropped: 0,
            deepest_tier: 1,
            proposed: 1,
            test: Some(ChainTestRecord {
                first_year: 2019,
                last_year: 2020,
                observations: 3,
                links: 1,
                null_outputs: 1,
            }),
            sources: vec![ChainSourceRecord {
                name: text(),
                kind: text(),
                rows: 1,
                links: 1,
                runs: Some(1),
                sha256: text(),
            }],
        },
        indicators: IndicatorRecord {
            product_years: 2,
            rows: 6,
            rca_basis: text(),
            composite_rows: 6,
            clamped_product_years: 0,
            trickle_loops: Some(0),
            origins_left_out: Some(0.0),
            without_origin: Some(0),
        },
        indices: Some(indices()),
        uncertainty: Some(uncertainty()),
        shocks: Some(shocks()),
        before_after: Some(before_after()),
        typology: Some(typology()),
        regression: Some(regression()),
        skipped: vec![Skipped { stage: text(), reason: text() }],
        notes: list(),
        files: vec![FileRecord { name: text(), bytes: 1, sha256: text(), on_request: true }],
        timing: Timing { threads: 1, stages: vec![StageTime { stage: text(), seconds: 0.5 }] },
    }
}

fn account() -> AccountRecord {
    AccountRecord {
        duplicates_value: 1.0,
        national_lines: 1,
        dropped: vec![DroppedRecord { reason: "self_trade".to_owned(), rows: 1, value: 1.0 }],
        added_by_conversion: 1,
        ..AccountRecord::default()
    }
}

fn indices() -> IndicesRecord {
    let list = || vec!["text".to_owned()];
    IndicesRecord { computed: list(), products: 1, product_years: 2, rows: 3, notes: list() }
}

fn uncertainty() -> UncertaintyRecord {
    let text = || "text".to_owned();
    UncertaintyRecord {
        draws: 200,
        seed: text(),
        readings: vec![text()],
        products: 1,
        product_years: 2,
        without_standard_error: 0,
        eliminated: 0,
        notes: vec![text()],
    }
}

fn before_after() -> BeforeAfterRecord {
    BeforeAfterRecord { cases: 1, treated: 3, estimates: 6, notes: vec!["a note".to_owned()] }
}

fn shocks() -> ShockRecord {
    let list = || vec!["text".to_owned()];
    ShockRecord { scenarios: list(), scenario_years: 1, scanned: 2, suppliers: 3, notes: list() }
}

fn typology() -> TypologyRecord {
    let text = || "text".to_owned();
    TypologyRecord {
        rows: 6,
        features: 3,
        features_left_out: vec![text()],
        rows_left_out: 0,
        filled: 0,
        groups: vec![text()],
        neighbours: 3,
        own_neighbours: 0.5,
        min_dist: 0.1,
        seed: text(),
        components: 1,
        detail: text(),
        clusters: 2,
        outliers: 0,
        repetitions: 1,
        agreement: Some(0.5),
        trust: text(),
        verdict: text(),
        reasons: vec![text()],
        notes: vec![text()],
    }
}

fn regression() -> RegressionRecord {
    let text = || "text".to_owned();
    RegressionRecord {
        baseline: [2019, 2019],
        projection: [2020, 2020],
        covariance: text(),
        rca_basis: text(),
        clusters: true,
        sweep_fits: 1,
        sweep_failures: 0,
        notes: vec![text()],
        presets: vec![PresetRecord {
            name: text(),
            rows: 3,
            parameters: 2,
            r2: Some(0.5),
            signs_judged: 1,
            signs_as_in_paper: 1,
        }],
    }
}

/// The same without what may be missing.
pub(in crate::run_folder) fn without_options() -> Manifest {
    let mut manifest = full();
    manifest.chain.test = None;
    manifest.chain.sources[0].runs = None;
    manifest.trade.licence = None;
    manifest.trade.import.duplicates_value = 0.0;
    manifest.trade.import.national_lines = 0;
    manifest.indices = None;
    manifest.uncertainty = None;
    manifest.shocks = None;
    manifest.before_after = None;
    manifest.typology = None;
    manifest.regression = None;
    manifest.files[0].on_request = false;
    manifest.trade.extract = None;
    manifest.indicators.origins_left_out = None;
    manifest.indicators.without_origin = None;
    manifest.trade.import.added_by_conversion = 0;
    manifest
}

fn folder_with(manifest: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(MANIFEST_FILE), manifest).unwrap();
    folder
}

#[test]
fn what_is_written_is_read() {
    let folder = folder_with(&full().to_toml());
    assert_eq!(Manifest::read(folder.path()).unwrap(), full());
    assert!(Manifest::check_format(&RunFiles::folder(folder.path())).is_ok());
}

#[test]
fn other_formats_are_refused_by_name() {
    let message = |manifest: &str| {
        let folder = folder_with(manifest);
        let error = Manifest::read(folder.path()).unwrap_err();
        error.to_string().replace(&folder.path().display().to_string(), "runs/x")
    };
    let own = format!("format = {RUN_FORMAT}\n");
    let signed = full().to_toml();
    assert!(signed.starts_with(&own), "{signed}");
    assert!(
        message(&signed.replacen(&own, "format = 999\n", 1)).contains("its last line is not the checksum")
    );
    let text = toml::to_string(&full()).unwrap();
    assert_eq!(
        message(&text.replacen(&own, "", 1)),
        format!(
            "runs/x is of format 1, written by version 0.1.0; this program reads format {RUN_FORMAT}: run the study again"
        )
    );
    assert_eq!(
        message(&text.replacen(&own, "format = 999\n", 1)),
        format!(
            "runs/x is of format 999, written by version 0.1.0; this program reads format {RUN_FORMAT}: use a newer version of the \
             program, or run the study again"
        )
    );
    assert!(message("format = 1").starts_with("runs/x/manifest.toml: its last line is not the checksum"));
    let signed = SIGNATURE.sign("format = 1");
    assert!(message(&signed).starts_with("runs/x/manifest.toml: cannot be understood: missing field"));
}
