//! Nothing in the engine works in rayon's global pool, whether or not the caller brings a pool. A test binary of its own, since there is one
//! global pool for each process.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::panel::world::read_governance;
use monazite::pipeline::{RunData, RunOptions, Until, draw_figures, open_trade, run_in_memory, run_study};
use monazite::planted::{PlantedOptions, PlantedWorld};
use monazite::profile::{GroupPanel, ProfileOptions, profiles};
use monazite::progress::Silent;
use monazite::report::brief::{BriefRequest, write_briefs};
use monazite::report::figures::FigureRequest;
use monazite::report::maps::{MapRequest, write_map};
use monazite::run_folder::StoredPanel;
use monazite::study::Study;
use monazite::threads::Threads;

#[test]
fn no_global_pool_is_ever_made() {
    let folder = tempfile::tempdir().unwrap();
    let small =
        PlantedOptions { countries: 16, products: 25, others: 15, years: 7, ..PlantedOptions::default() };
    let planted = folder.path().join("planted");
    PlantedWorld::new(small).unwrap().write(&planted).unwrap();
    let mut study = Study::load(&planted.join("study.toml")).unwrap();
    study.typology.neighbours = Some(20);
    study.regression.sweep_lengths = vec![2, 3];
    study.typology.repetitions = 2;
    study.regression.placebo_draws = 9;
    let options = RunOptions { until: Until::Report, commit: String::new() };

    // In a pool, the release read in it as well, and outside any.
    let threads = Threads::new(3).unwrap();
    let out = folder.path().join("in-a-pool");
    let run = threads.run(|| run_study(&study, &out, &options, &Silent)).unwrap();
    assert_eq!(run.manifest.timing.threads, 3);
    study.data.store = Some(folder.path().join("store"));
    let out = folder.path().join("outside");
    run_study(&study, &out, &options, &Silent).unwrap();
    let store = open_trade(&study, &Silent).unwrap();
    let governance = read_governance(&study).unwrap();
    let data = RunData { trade: &store, governance: &governance };
    run_in_memory(&study, data, &options, &Silent).unwrap();
    draw_figures(&out, |_| {}, &FigureRequest::default(), None, &Silent).unwrap();
    let brief =
        BriefRequest { products: vec![run.manifest.study.seeds[0].clone()], ..BriefRequest::default() };
    write_briefs(&out, &brief, &Silent).unwrap();
    write_map(&out, &MapRequest { indicator: "str".to_owned(), ..MapRequest::default() }, None, &Silent)
        .unwrap();
    let panel = StoredPanel::open(&out).unwrap();
    let groups = GroupPanel::of(&panel, &[], None);
    profiles(&panel, &groups, ProfileOptions::default());

    // There can be one global pool only, and whoever uses it first makes it: nobody has.
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
}
