//! `monazite what-if`.

use std::path::Path;

use monazite::nomenclature::YearRange;
use monazite::progress::Progress;
use monazite::report::answers::{
    ChokepointAnswer, ChokepointRequest, ScenarioAnswer, WorstAnswer, event_list, scenario_toml,
};
use monazite::report::scenario::files::{ScenarioFile, scenario_pages};
use monazite::run::Run;
use monazite::shock::events::{EVENTS, Event, event};
use monazite::shock::{Scenario, ScenarioRow};
use monazite::study::{ProductionKind, RationingRule, ShockSection};
use monazite::what_if::base_years::years_left_out;
use monazite::what_if::csv::{losses_csv, products_csv, suppliers_csv};
use monazite::what_if::resolve::{product_at, year_at};
use monazite::what_if::stage::base_years;
use monazite::what_if::{ScenarioOutcome, WhatIf, WhatIfError, event_in_run};

use super::asked::{Answer, AskError, OutFile, codes_of, products_of, run_of, show};
use crate::arguments::what_if::{ShockOptions, WhatIfArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Answers what a stop would cost.
pub fn what_if(arguments: &WhatIfArguments, terminal: &Terminal) -> Result<(), Failure> {
    if arguments.events {
        terminal.value("events", EVENTS.map(|event| event.name).to_vec());
        show(&event_list(), terminal);
        return Ok(());
    }
    let run = run_of(arguments.run.as_deref())?;
    let answer = answer(&run, arguments, arguments.out.is_some(), terminal)?;
    answer.give(arguments.out.as_deref(), arguments.replace, terminal)
}

/// The answer to a question about a run, with its files if they are wanted.
pub fn answer(
    run: &Run,
    arguments: &WhatIfArguments,
    with_files: bool,
    progress: &dyn Progress,
) -> Result<Answer, AskError> {
    for (option, number) in [("--top", arguments.top), ("--worst", arguments.worst)] {
        if number == Some(0) {
            return Err(format!("{option}: at least one supplier").into());
        }
    }
    let settings = settings(run, arguments)?;
    let (answers, asked, settings) = if let Some(name) = &arguments.event {
        event_of_the_past(run, name, settings, arguments)?
    } else if arguments.without.is_empty() {
        let asked = Scenario::of_rows(&run.study().shocks.rows.0);
        if asked.is_empty() || !arguments.product.is_empty() || arguments.worst.is_some() {
            return suppliers(run, &arguments.how, arguments, with_files, progress);
        }
        scenarios(run, &asked, settings)?
    } else {
        scenarios(run, &[scenario(run, arguments)?], settings)?
    };
    let texts: Vec<String> = answers.answers.iter().map(ScenarioAnswer::to_text).collect();
    // A blank line between two answers.
    let text = texts.iter().map(|text| text.trim_end_matches('\n')).collect::<Vec<_>>().join("\n\n");
    let mut answer = Answer::of("scenarios", &answers.answers, text);
    if with_files {
        answer.files = answers.files(run, &asked, &settings, progress)?;
    }
    Ok(answer)
}

/// The scenario that options describe: rows that happen together.
fn scenario(run: &Run, arguments: &WhatIfArguments) -> Result<Scenario, AskError> {
    let panel = run.panel()?;
    let suppliers = codes_of(run, "--without", &arguments.without)?;
    if arguments.product.is_empty() {
        return Err(format!(
            "--without {}: say what it no longer sells with --product, such as --product {}",
            suppliers.join(","),
            run.study().focus().first().map_or_else(|| "284690".to_owned(), ToString::to_string)
        )
        .into());
    }
    let products = products_of(run, &arguments.product)?;
    let products: Vec<_> = products.into_iter().map(|p| panel.products[p].code).collect();
    let to = codes_of(run, "--to", &arguments.to)?;
    if to.is_empty() && !arguments.to.is_empty() {
        return Err("--to: name a customer, or leave it out for all of them".to_owned().into());
    }
    if arguments.production_loss.is_some() && arguments.cut.is_none() && !to.is_empty() {
        return Err("--to goes with --cut: a loss of production meets all customers alike".to_owned().into());
    }
    let row = |supplier: &String| ScenarioRow {
        to: to.clone(),
        // Without a word on how much, exports stop; a loss of production alone leaves them.
        export_cut: arguments.cut.unwrap_or(if arguments.production_loss.is_some() { 0.0 } else { 1.0 }),
        production_loss: arguments.production_loss.unwrap_or(0.0),
        ..ScenarioRow::stop(supplier, products.clone())
    };
    let rows: Vec<ScenarioRow> = suppliers.iter().map(row).collect();
    Scenario::of_rows(&rows).into_iter().next().ok_or_else(|| "--without: name a supplier".to_owned().into())
}

/// The settings of the study with those of the command line.
fn settings(run: &Run, arguments: &WhatIfArguments) -> Result<ShockSection, AskError> {
    let how = &arguments.how;
    let of_study = &run.study().shocks;
    let absolute = |path: &Path| std::path::absolute(path).map_err(|e| AskError::Asked(e.to_string()));
    let table = |option: &str, path: Option<&Path>, of_study: &Option<std::path::PathBuf>| match path {
        Some(path) if !path.exists() => {
            Err(AskError::Asked(format!("{option}: there is no {}", path.display())))
        }
        Some(path) => absolute(path).map(Some),
        None => Ok(of_study.clone()),
    };
    let mut settings = ShockSection {
        links: table("--links", how.links.as_deref(), &of_study.links)?,
        stocks: table("--stocks", how.stocks.as_deref(), &of_study.stocks)?,
        capacities: table("--capacities", how.capacities.as_deref(), &of_study.capacities)?,
        capacity: how.capacity.or(of_study.capacity),
        rationing: how.rationing.unwrap_or(of_study.rationing),
        production: how.production.unwrap_or(of_study.production),
        power: how.power.unwrap_or(of_study.power),
        ..of_study.clone()
    };
    if let Some(year) = arguments.year {
        settings.years = Some(YearRange { first: year, last: year });
    }
    if !how.priority.is_empty() {
        settings.priority = codes_of(run, "--priority", &how.priority)?;
        if how.rationing.is_some_and(|rule| rule != RationingRule::Priority) {
            return Err("--priority goes with --rationing priority".to_owned().into());
        }
        settings.rationing = RationingRule::Priority;
    }
    // What another rule or kind of the study goes with says nothing any more.
    if settings.rationing != RationingRule::Priority {
        settings.priority.clear();
    }
    if settings.production != ProductionKind::Power && how.power.is_none() {
        settings.power = ShockSection::default().power;
    }
    if settings.rationing == RationingRule::Priority && settings.priority.is_empty() {
        return Err(
            "--rationing priority: say who is served first with --priority, such as --priority JPN,KOR"
                .to_owned()
                .into(),
        );
    }
    if !how.exclude.is_empty() {
        settings.exclude = codes_of(run, "--exclude", &how.exclude)?;
    }
    if let Some(power) = how.power
        && settings.production != ProductionKind::Power
    {
        return Err(
            format!("--power {power} goes with --production power; no other kind has an exponent").into()
        );
    }
    if settings.power < 1.0 {
        return Err(format!(
            "--power: {} is below 1: 1 is linear, more comes nearer to leontief",
            settings.power
        )
        .into());
    }
    let of_capacity = how.rationing.is_some() || !how.priority.is_empty() || !how.exclude.is_empty();
    if of_capacity && settings.capacity.is_none() && settings.capacities.is_none() {
        return Err(
            "--rationing, --priority and --exclude say who fills a gap, and nobody does without a capacity: give --capacity, such as 0.1, or --capacities FILE"
                .to_owned()
                .into(),
        );
    }
    Ok(settings)
}

/// What scenarios take, each in its base years.
fn scenarios(
    run: &Run,
    asked: &[Scenario],
    settings: ShockSection,
) -> Result<(Answers, Vec<Scenario>, ShockSection), AskError> {
    let mut answers = Answers::default();
    let (mut given, mut left_out) = (Vec::new(), Vec::new());
    for scenario in asked {
        let years = match base_years(run, scenario, settings.years) {
            Ok(years) => years,
            // What holds in other years hides nothing of the rest.
            Err(WhatIfError::Question(reason)) => {
                left_out.push(reason);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let beside: Vec<usize> =
            scenario.products().into_iter().map(|p| product_at(run, p)).collect::<Result<_, _>>()?;
        for year in years {
            answers.add(run, scenario, year, &beside, &settings)?;
        }
        let panel = run.panel()?;
        if let (Some(note), Some(last)) =
            (years_left_out(&panel.years, scenario, settings.years), answers.answers.last_mut())
        {
            last.notes.push(note);
        }
        given.push(scenario.clone());
    }
    match (answers.answers.last_mut(), left_out.is_empty()) {
        (None, false) => return Err(left_out.join("\n").into()),
        (Some(last), false) => {
            last.notes.extend(left_out.iter().map(|reason| format!("Left out: {reason}.")));
        }
        (_, true) => {}
    }
    Ok((answers, given, settings))
}

/// Answers and what is behind them.
#[derive(Default)]
struct Answers {
    answers: Vec<ScenarioAnswer>,
    outcomes: Vec<ScenarioOutcome>,
}

impl Answers {
    fn add(
        &mut self,
        run: &Run,
        scenario: &Scenario,
        year: usize,
        beside: &[usize],
        settings: &ShockSection,
    ) -> Result<(), WhatIfError> {
        let what_if = WhatIf::of(run, year, beside, settings)?;
        let outcome = what_if.scenario(scenario)?;
        let alone = what_if.alone()?.map(|alone| alone.scenario(scenario)).transpose()?;
        self.answers.push(ScenarioAnswer::of(&what_if, &outcome, alone.as_ref())?);
        self.outcomes.push(outcome);
        Ok(())
    }

    /// Tables, the scenario as rows of a study, and its pages.
    fn files(
        &self,
        run: &Run,
        asked: &[Scenario],
        settings: &ShockSection,
        progress: &dyn Progress,
    ) -> Result<Vec<OutFile>, AskError> {
        let panel = run.panel()?;
        let mut scanned = Vec::new();
        for outcome in &self.outcomes {
            let products: Vec<usize> =
                outcome.products.iter().filter(|of| of.hit).map(|of| of.product).collect();
            let request = ChokepointRequest { products, year: outcome.year, top: None };
            scanned.extend(ChokepointAnswer::of(run, &request, progress)?.rows);
        }
        scanned.sort_by_key(|row| (row.product, row.year, row.of.supplier));
        scanned.dedup_by_key(|row| (row.product, row.year, row.of.supplier));
        let mut files = vec![
            OutFile { name: "losses.csv".into(), content: losses_csv(&self.outcomes, panel) },
            OutFile { name: "products.csv".into(), content: products_csv(&self.outcomes, panel) },
            OutFile { name: "suppliers.csv".into(), content: suppliers_csv(&scanned, panel) },
            OutFile { name: "scenario.toml".into(), content: scenario_toml(asked, settings).into_bytes() },
        ];
        for ScenarioFile { name, page } in scenario_pages(run, settings, &self.outcomes)? {
            files.push(OutFile { name: name.into(), content: page.into_bytes() });
        }
        Ok(files)
    }
}

/// An event of the past in the year before it, or the one that is asked for.
fn event_of_the_past(
    run: &Run,
    name: &str,
    settings: ShockSection,
    arguments: &WhatIfArguments,
) -> Result<(Answers, Vec<Scenario>, ShockSection), AskError> {
    let known = event(name).map_err(|problem| format!("--event: {problem}"))?;
    let base_year = match arguments.year {
        Some(year) => run.panel()?.years[year_at(run.panel()?, Some(year))?],
        None => known.base_year,
    };
    let in_run = event_in_run(run, &Event { base_year, ..*known })?;
    let beside: Vec<usize> =
        in_run.scenario.products().into_iter().map(|p| product_at(run, p)).collect::<Result<_, _>>()?;
    let mut answers = Answers::default();
    answers.add(run, &in_run.scenario, in_run.year, &beside, &settings)?;
    for answer in &mut answers.answers {
        let told = [known.what, known.remark].map(str::to_owned).into_iter();
        let sources = known.sources.iter().map(|source| format!("Source: {source}."));
        answer.notes = told.chain(in_run.notes.clone()).chain(answer.notes.clone()).chain(sources).collect();
    }
    let year = run.panel()?.years[in_run.year];
    let settings = ShockSection { years: Some(YearRange { first: year, last: year }), ..settings };
    Ok((answers, vec![in_run.scenario], settings))
}

/// Whose stop would cost most.
fn suppliers(
    run: &Run,
    how: &ShockOptions,
    arguments: &WhatIfArguments,
    with_files: bool,
    progress: &dyn Progress,
) -> Result<Answer, AskError> {
    if how.capacity.is_some() || how.capacities.is_some() || how.stocks.is_some() {
        return Err(
            "a scan of suppliers takes the network as it is: --capacity, --capacities and --stocks go with --without COUNTRY or --event NAME"
                .to_owned()
                .into(),
        );
    }
    if how.production.is_some() || how.links.is_some() {
        return Err(
            "a scan of suppliers takes the chain as it is: --production, --power and --links go with --without COUNTRY or --event NAME"
                .to_owned()
                .into(),
        );
    }
    let panel = run.panel()?;
    let year = year_at(panel, arguments.year)?;
    let products = products_of(run, &arguments.product)?;
    if let Some(count) = arguments.worst {
        let [product] = products[..] else {
            return Err("--worst: of which product? Give one with --product".to_owned().into());
        };
        if arguments.out.is_some() {
            return Err("--out goes with a scenario or a scan; --json has the answer of --worst"
                .to_owned()
                .into());
        }
        let answer = WorstAnswer::of(run, product, year, count)?;
        return Ok(Answer::of("worst", &answer, answer.to_text()));
    }
    let request = ChokepointRequest { products, year, top: arguments.top };
    let found = ChokepointAnswer::of(run, &request, progress)?;
    let mut answer = Answer::of("chokepoints", &found, found.to_text());
    if with_files {
        answer.files =
            vec![OutFile { name: "suppliers.csv".into(), content: suppliers_csv(&found.rows, panel) }];
    }
    Ok(answer)
}
