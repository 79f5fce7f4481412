//! `monazite diversify`.

use monazite::report::answers::{EveryoneAnswer, PlanAnswer, PlanFile, SwapAnswer, plan_files};
use monazite::run::Run;
use monazite::study::DiversificationSection;
use monazite::what_if::OtherSuppliers;

use super::asked::{Answer, AskError, OutFile, codes_of, country_of, products_of, run_of};
use crate::arguments::diversify::{DiversifyArguments, MoveLimits};
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Answers whom a country could buy from instead.
pub fn diversify(arguments: &DiversifyArguments, terminal: &Terminal) -> Result<(), Failure> {
    let run = run_of(arguments.run.as_deref())?;
    let answer = answer(&run, arguments, arguments.out.is_some())?;
    answer.give(arguments.out.as_deref(), arguments.replace, terminal)
}

/// The answer for a run, with its tables if they are wanted.
pub fn answer(run: &Run, arguments: &DiversifyArguments, with_files: bool) -> Result<Answer, AskError> {
    let asked = products_of(run, std::slice::from_ref(&arguments.product))?;
    let product = run.panel()?.products[asked[0]].code;
    let suppliers = OtherSuppliers::of(run, product, arguments.year)?;
    let settings = settings(run, &arguments.limits)?;
    // Whoever is excluded by hand has to sell the product; the study's list is about all products.
    let limits = match arguments.limits.exclude.is_empty() {
        true => suppliers.limits_of_study(&settings)?,
        false => suppliers.limit_options(&settings)?,
    };
    if let Some(in_turn) = arguments.all {
        let answer = EveryoneAnswer::of(run, &suppliers, &limits, in_turn)?;
        return Ok(Answer::of("everyone", &answer, answer.to_text()));
    }
    let Some(country) = &arguments.country else {
        return Err("say who buys with --country, such as --country DEU, or --all sequential for everybody"
            .to_owned()
            .into());
    };
    let importer = country_of(run, "--country", country)?;
    if let Some(swap) = &arguments.swap {
        let step = Step::read(run, swap)?;
        let answer = SwapAnswer::of(run, &suppliers, importer, step.from, step.to, step.share)?;
        return Ok(Answer::of("swap", &answer, answer.to_text()));
    }
    let found = suppliers.diversification(importer, arguments.objective, &limits)?;
    let plan = PlanAnswer::of(run, &suppliers, &found, arguments.objective, &limits)?;
    let mut answer = Answer::of("plan", &plan, plan.to_text());
    if with_files {
        let as_file = |file: PlanFile| OutFile { name: file.name.into(), content: file.content };
        answer.files = plan_files(run, &found)?.into_iter().map(as_file).collect();
    }
    Ok(answer)
}

/// The limits of the study with those of the command line.
fn settings(run: &Run, limits: &MoveLimits) -> Result<DiversificationSection, AskError> {
    let of_study = &run.study().diversification;
    let exclude = match limits.exclude.is_empty() {
        true => of_study.exclude.clone(),
        false => codes_of(run, "--exclude", &limits.exclude)?,
    };
    Ok(DiversificationSection {
        move_share: limits.moved.unwrap_or(of_study.move_share),
        keep: limits.keep.unwrap_or(of_study.keep),
        capacity: limits.capacity.unwrap_or(of_study.capacity),
        capacity_of: limits.capacity_of.unwrap_or(of_study.capacity_of),
        min_supplier_share: limits.min_supplier_share.unwrap_or(of_study.min_supplier_share),
        exclude,
    })
}

/// A swap by positions.
struct Step {
    from: usize,
    to: usize,
    share: f64,
}

impl Step {
    fn read(run: &Run, text: &str) -> Result<Self, AskError> {
        let parts: Vec<&str> = text.split(':').collect();
        let wrong = || {
            AskError::Asked(format!(
                "--swap {text}: write FROM:TO:SHARE, such as CHN:JPN:0.05 for 5 % of imports from Japan instead of China"
            ))
        };
        let [from, to, share] = parts[..] else { return Err(wrong()) };
        let share: f64 = share.trim().parse().map_err(|_| wrong())?;
        if !(share > 0.0 && share <= 1.0) {
            return Err(format!("--swap {text}: the share lies above 0 and is at most 1").into());
        }
        Ok(Self { from: country_of(run, "--swap", from)?, to: country_of(run, "--swap", to)?, share })
    }
}
