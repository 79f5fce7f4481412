//! The variables of a regression, as they are written in the study file: `rca`, `inputs(str)`, `change(log(exports))`.

use std::fmt;
use std::str::FromStr;

use super::transform::Transform;
use crate::indicators::Column;

/// Which window a variable is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timing {
    /// Mean over the baseline window.
    Baseline,
    /// Mean over the projection window.
    After,
    /// Projection minus baseline.
    Change,
}

/// A variable: an indicator of the country-product or the mean over its input products, on some scale, in some window.
///
/// Written as the name of a column of `indicators.parquet`, inside functions, from the inside out: `log`, `log1p` or `rsca` for
/// the scale; `inputs` for the mean over the product's direct inputs; `after` for the projection window and
/// `change` for projection minus baseline. Without `after` or `change` it is taken from the baseline. RCA without a
/// scale of its own has that of the preset.
///
/// ```
/// use monazite::regression::Variable;
/// let v: Variable = "change(log(exports))".parse()?;
/// assert_eq!(v.to_string(), "change(log(exports))");
/// assert_eq!(v.label(), "Change of log exports");
/// assert!("inputs(stir)".parse::<Variable>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variable {
    /// Which window.
    pub timing: Timing,
    /// Whether it is the mean over the input products.
    pub inputs: bool,
    /// A scale of its own.
    pub scale: Option<Transform>,
    /// The indicator.
    pub column: Column,
}

impl Variable {
    /// An indicator over the baseline window.
    pub const fn baseline(column: Column) -> Self {
        Self { timing: Timing::Baseline, inputs: false, scale: None, column }
    }

    /// The mean of an indicator over the input products, over the baseline window.
    pub const fn of_inputs(column: Column) -> Self {
        Self { timing: Timing::Baseline, inputs: true, scale: None, column }
    }

    /// The change of an indicator from baseline to projection.
    pub const fn change(column: Column) -> Self {
        Self { timing: Timing::Change, inputs: false, scale: None, column }
    }

    /// The scale it has under a preset.
    pub fn scale_under(&self, preset: Transform) -> Transform {
        match self.scale {
            Some(own) => own,
            None if self.column == Column::Rca => preset,
            None => Transform::Literal,
        }
    }

    /// Its name for people, as it stands in the first column of a table.
    pub fn label(&self) -> String {
        let name = self.column.term();
        let scaled = match self.scale {
            None | Some(Transform::Literal) => name.to_owned(),
            Some(scale) => format!("{} {name}", scale.name()),
        };
        let whose = if self.inputs { format!("{scaled} (inputs)") } else { scaled };
        let text = match self.timing {
            Timing::Baseline => whose,
            Timing::After => format!("later {whose}"),
            Timing::Change => format!("change of {whose}"),
        };
        let mut letters = text.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    /// Its name as a column of `regression/panel.parquet`; with a preset's scale where it has one.
    pub fn column_name(&self, preset: Transform) -> String {
        let mut name = self.column.name().to_owned();
        if self.inputs {
            name = format!("inputs_{name}");
        }
        match self.timing {
            Timing::Baseline => {}
            Timing::After => name = format!("after_{name}"),
            Timing::Change => name = format!("change_{name}"),
        }
        let scale = self.scale_under(preset);
        if self.column == Column::Rca || scale != Transform::Literal {
            name = format!("{name}_{}", scale.name());
        }
        name
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.column.name().to_owned();
        if let Some(scale) = self.scale {
            text = format!("{}({text})", scale.name());
        }
        if self.inputs {
            text = format!("inputs({text})");
        }
        match self.timing {
            Timing::Baseline => f.write_str(&text),
            Timing::After => write!(f, "after({text})"),
            Timing::Change => write!(f, "change({text})"),
        }
    }
}

impl FromStr for Variable {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut rest = text.trim();
        let mut peel = |function: &str| {
            let inner =
                rest.strip_prefix(function)?.trim_start().strip_prefix('(')?.trim_end().strip_suffix(')')?;
            rest = inner.trim();
            Some(())
        };
        let timing = if peel("change").is_some() {
            Timing::Change
        } else if peel("after").is_some() {
            Timing::After
        } else {
            Timing::Baseline
        };
        let inputs = peel("inputs").is_some();
        let scale = [Transform::Log1p, Transform::Log, Transform::Rsca, Transform::Literal]
            .into_iter()
            .find(|scale| peel(scale.name()).is_some());
        let column = Column::of_name(rest).ok_or_else(|| {
            let names: Vec<&str> = Column::ALL.iter().map(|c| c.name()).collect();
            let near = names.iter().map(|n| (strsim::osa_distance(n, rest), n)).min().filter(|(d, _)| *d <= 2);
            match near {
                Some((_, near)) => format!("\"{text}\": there is no indicator {rest}; did you mean {near}?"),
                None => format!(
                    "\"{text}\" is not a variable: write one of {}, alone or inside log(), log1p(), rsca(), then inputs(), then \
                     change() or after()",
                    names.join(", ")
                ),
            }
        })?;
        Ok(Self { timing, inputs, scale, column })
    }
}

/// A grouping of the country-products that a study can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grouping {
    /// The cluster of the country in the typology.
    Cluster,
    /// The tier of the product in the value chain.
    Tier,
    /// The country.
    Country,
    /// The product.
    Product,
    /// The HS chapter of the product: the first two digits.
    Chapter,
}

impl Grouping {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Tier => "tier",
            Self::Country => "country",
            Self::Product => "product",
            Self::Chapter => "chapter",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_come_back_from_their_own_text() {
        for text in [
            "rca",
            "inputs(str)",
            "change(rca)",
            "after(log1p(exports))",
            "change(inputs(log(rca)))",
            "literal(rca)",
        ] {
            let variable: Variable = text.parse().unwrap();
            assert_eq!(variable.to_string(), text);
        }
        assert_eq!("inputs( log(imports) )".parse::<Variable>().unwrap().to_string(), "inputs(log(imports))");
    }

    #[test]
    fn what_is_not_a_variable_is_said() {
        let error = |text: &str| text.parse::<Variable>().unwrap_err();
        assert_eq!(error("expsure"), "\"expsure\": there is no indicator expsure; did you mean exposure?");
        assert!(error("log(inputs(str))").contains("is not a variable: write one of imports, exports"));
        assert!(error("change(rca").contains("is not a variable"));
    }

    #[test]
    fn names_of_columns_and_terms() {
        let name = |text: &str| text.parse::<Variable>().unwrap().column_name(Transform::Log);
        assert_eq!(name("change(rca)"), "change_rca_log");
        assert_eq!(name("inputs(rca)"), "inputs_rca_log");
        assert_eq!(name("inputs(str)"), "inputs_str");
        assert_eq!(name("log1p(exports)"), "exports_log1p");
        assert_eq!(Variable::of_inputs(Column::Exposure).label(), "Exposure (inputs)");
    }
}
