//! Where figures stand in the report: a page is written with empty slots, which are filled once the figures are drawn, and
//! filled anew when they are drawn again.

use super::font;
use super::stage::FigureSet;

const END: &str = "<!-- /figure -->";
const FONT: &str = "<style id=\"figure-font\">";

/// An empty slot for a figure, such as `typology_map`.
pub fn slot(name: &str) -> String {
    format!("<!-- figure {name} -->{END}")
}

/// A slot in a frame of its own, with a link to the file of the figure.
pub fn framed(name: &str) -> String {
    format!("<figure class=\"wide\">\n{}\n</figure>\n", slot(name))
}

/// A page with its slots filled: figures that were drawn stand in theirs; slots of figures that a whole drawing leaves out are
/// emptied. The font comes with the page once.
pub fn filled(page: &str, figures: &FigureSet) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(start) = rest.find("<!-- figure ") {
        let opening = &rest[start..];
        let (Some(name_end), Some(end)) = (opening.find(" -->"), opening.find(END)) else { break };
        let name = &opening["<!-- figure ".len()..name_end];
        out.push_str(&rest[..start]);
        match figures.figures.iter().find(|f| f.name == name) {
            Some(figure) => {
                out.push_str(&format!("<!-- figure {name} -->\n{}{END}", figure.drawn.plain));
            }
            None if figures.whole => out.push_str(&slot(name)),
            None => out.push_str(&opening[..end + END.len()]),
        }
        rest = &opening[end + END.len()..];
    }
    out.push_str(rest);
    if !out.contains(FONT) && out.contains("<svg") {
        out = out.replacen("</head>", &format!("{FONT}\n{}</style>\n</head>", font::css()), 1);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::paper::Drawn;
    use super::super::stage::MadeFigure;
    use super::*;

    #[test]
    fn slots_are_filled_and_filled_again() {
        let page = format!("<head></head>{}<p>{}", slot("a"), slot("b"));
        let made = |text: &str, whole| FigureSet {
            figures: vec![MadeFigure {
                name: "a".to_owned(),
                drawn: Drawn { plain: format!("<svg>{text}</svg>") },
                caption: String::new(),
            }],
            whole,
            ..FigureSet::default()
        };
        let once = filled(&page, &made("1", true));
        assert!(once.contains("<svg>1</svg>") && once.contains("@font-face"), "{once}");
        let twice = filled(&once, &made("2", true));
        assert_eq!(twice, once.replace("<svg>1", "<svg>2"));
        let none = filled(&twice, &FigureSet { whole: true, ..FigureSet::default() });
        assert!(none.contains(&slot("a")) && !none.contains("<svg>"));
        let kept = filled(&twice, &FigureSet::default());
        assert_eq!(kept, twice);
    }
}
