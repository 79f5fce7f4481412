//! What-if questions as an address asks them: every parameter has a type and a range, each at most once.

use std::collections::BTreeMap;

use monazite::diversification::Objective;
use monazite::nomenclature::Hs6;
use percent_encoding::percent_decode_str;

/// Longest query that is read.
const LONGEST: usize = 512;

/// Products that stop: one, or all seeds of the study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// One product.
    Product(Hs6),
    /// All seeds together.
    Seeds,
}

/// What if a supplier sells less?
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIfQuestion {
    /// Position of the run.
    pub run: usize,
    /// Code of the supplier.
    pub supplier: String,
    /// What it sells less of.
    pub hit: Hit,
    /// The year; the last of the run if left out.
    pub year: Option<u16>,
    /// The part of its exports that stops.
    pub cut: f64,
}

/// Whom could a country buy from instead?
#[derive(Debug, Clone, PartialEq)]
pub struct DiversifyQuestion {
    /// Position of the run.
    pub run: usize,
    /// Code of the importer.
    pub importer: String,
    /// The product.
    pub product: Hs6,
    /// The year; the last of the run if left out.
    pub year: Option<u16>,
    /// The part of its imports that may move; that of the study if left out.
    pub moved: Option<f64>,
    /// What a supplier can sell more, as a share; that of the study if left out.
    pub capacity: Option<f64>,
    /// What is made as small as possible.
    pub objective: Objective,
}

/// The parameters of a query.
struct Parameters(BTreeMap<String, String>);

impl Parameters {
    fn read(query: &str, known: &[&str]) -> Result<Self, String> {
        if query.len() > LONGEST {
            return Err(format!("the question is longer than {LONGEST} characters"));
        }
        let mut found = BTreeMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let [key, value] = [key, value].map(|text| {
                let spaces = text.replace('+', " ");
                percent_decode_str(&spaces).decode_utf8().map(|text| text.into_owned())
            });
            let (Ok(key), Ok(value)) = (key, value) else {
                return Err("the question is not UTF-8".to_owned());
            };
            if !known.contains(&key.as_str()) {
                return Err(format!("there is no parameter {key:?}; there are: {}", known.join(", ")));
            }
            if found.insert(key.clone(), value).is_some() {
                return Err(format!("{key} is given twice"));
            }
        }
        Ok(Self(found))
    }

    fn required(&self, key: &str, such_as: &str) -> Result<&str, String> {
        self.0
            .get(key)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| format!("{key} is missing; say {key}={such_as}"))
    }

    /// iso3 or the code of a group.
    fn code(&self, key: &str, such_as: &str) -> Result<String, String> {
        let text = self.required(key, such_as)?;
        let plain =
            text.len() <= 20 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        if plain {
            Ok(text.to_owned())
        } else {
            Err(format!("{key}: {text:?} is no code of a country; say {key}={such_as}"))
        }
    }

    fn product(&self) -> Result<Hs6, String> {
        let text = self.required("product", "284690")?;
        text.parse().map_err(|e| format!("product: {e}"))
    }

    fn run(&self) -> Result<usize, String> {
        match self.0.get("run").map_or("0", String::as_str) {
            "0" => Ok(0),
            "1" => Ok(1),
            other => Err(format!("run: {other:?} is neither 0 nor 1")),
        }
    }

    fn year(&self) -> Result<Option<u16>, String> {
        let year =
            |text: &String| text.parse().map_err(|_| format!("year: {text:?} is no year; say year=2023"));
        self.0.get("year").map(year).transpose()
    }

    /// A number from 0, or from above 0, to 1.
    fn share(&self, key: &str, above: bool) -> Result<Option<f64>, String> {
        let Some(text) = self.0.get(key) else { return Ok(None) };
        let share =
            text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share) && (*share > 0.0 || !above));
        let from = if above { "above 0 and at most 1" } else { "from 0 to 1" };
        share
            .map(Some)
            .ok_or_else(|| format!("{key}: {text:?} is no share; it lies {from}, such as {key}=0.5"))
    }
}

impl WhatIfQuestion {
    /// Reads a question from the query of an address.
    ///
    /// # Errors
    /// What is wrong with it, and what is possible.
    ///
    /// ```
    /// use monazite_explorer::question::{Hit, WhatIfQuestion};
    /// let asked = WhatIfQuestion::read("supplier=CHN&product=284690&year=2023&cut=0.5").unwrap();
    /// assert_eq!((asked.supplier.as_str(), asked.year, asked.cut), ("CHN", Some(2023), 0.5));
    /// assert_eq!(WhatIfQuestion::read("supplier=CHN&product=seeds").unwrap().hit, Hit::Seeds);
    /// for (wrong, says) in [
    ///     ("product=284690", "supplier is missing; say supplier=CHN"),
    ///     ("supplier=CHN&product=284690&cut=0", "it lies above 0 and at most 1"),
    ///     ("supplier=CHN&product=284690&cut=nan", "is no share"),
    ///     ("supplier=CHN&product=28", "product: "),
    ///     ("supplier=%3Cb%3E&product=284690", "is no code of a country"),
    ///     ("supplier=CHN&supplier=JPN&product=284690", "supplier is given twice"),
    ///     ("supplier=CHN&product=284690&shell=1", "there are: "),
    ///     ("supplier=CHN&product=284690&year=MMXXIII", "is no year"),
    /// ] {
    ///     let told = WhatIfQuestion::read(wrong).unwrap_err();
    ///     assert!(told.contains(says), "{wrong}: {told}");
    /// }
    /// ```
    pub fn read(query: &str) -> Result<Self, String> {
        let asked = Parameters::read(query, &["run", "supplier", "product", "year", "cut", "pass"])?;
        // All three readings are in every answer; which one is shown is for the page to say.
        if let Some(pass) =
            asked.0.get("pass").filter(|pass| !["none", "exposure", "mass_balance"].contains(&pass.as_str()))
        {
            return Err(format!("pass: {pass:?} is none of none, exposure, mass_balance"));
        }
        let supplier = asked.code("supplier", "CHN")?;
        let hit = match asked.required("product", "284690")? {
            "seeds" => Hit::Seeds,
            _ => Hit::Product(asked.product()?),
        };
        Ok(Self {
            run: asked.run()?,
            supplier,
            hit,
            year: asked.year()?,
            cut: asked.share("cut", true)?.unwrap_or(1.0),
        })
    }
}

impl DiversifyQuestion {
    /// Reads a question from the query of an address.
    ///
    /// # Errors
    /// What is wrong with it, and what is possible.
    ///
    /// ```
    /// use monazite_explorer::question::DiversifyQuestion;
    /// let asked = DiversifyQuestion::read("importer=DEU&product=284690&move=0.1&objective=hhi").unwrap();
    /// assert_eq!((asked.importer.as_str(), asked.moved, asked.capacity), ("DEU", Some(0.1), None));
    /// assert!(DiversifyQuestion::read("importer=DEU&product=284690&move=1.5").unwrap_err().contains("from 0 to 1"));
    /// assert!(DiversifyQuestion::read("importer=DEU&product=284690&objective=luck").unwrap_err().contains("str, hhi, largest, worst-stop"));
    /// ```
    pub fn read(query: &str) -> Result<Self, String> {
        let asked = Parameters::read(
            query,
            &["run", "importer", "product", "year", "move", "capacity", "objective"],
        )?;
        let objective = match asked.0.get("objective").map_or("str", String::as_str) {
            "str" => Objective::Risk,
            "hhi" => Objective::Concentration,
            "largest" => Objective::LargestSupplier,
            "worst-stop" => Objective::WorstStop,
            other => return Err(format!("objective: {other:?} is none of str, hhi, largest, worst-stop")),
        };
        Ok(Self {
            run: asked.run()?,
            importer: asked.code("importer", "DEU")?,
            product: asked.product()?,
            year: asked.year()?,
            moved: asked.share("move", false)?,
            capacity: asked.share("capacity", false)?,
            objective,
        })
    }
}
