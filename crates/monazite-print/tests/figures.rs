//! A network of the paper's size on paper: everything inside, nothing on top of another, the same bytes each time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::report::figures::network::{NetworkFigure, NetworkPanel};
use monazite::report::figures::paper::draw_for;
use monazite::report::figures::source::{ChainProduct, ChainTables};
use monazite::report::figures::{FigurePrinter, FigureSize};
use monazite_print::Printer;
use resvg::usvg::{Group, Node, Rect, Tree};

/// 168 products in five tiers and 500 links, by additive recurrence instead of a random number generator.
fn chain() -> ChainTables {
    let tier = |n: usize| match n {
        0..3 => 0,
        3..20 => 1,
        20..70 => 2,
        70..130 => 3,
        _ => 4,
    };
    let products: Vec<ChainProduct> = (0..168)
        .map(|n| ChainProduct {
            code: format!("{:06}", 280_530 + 977 * n),
            text: format!(
                "Product <{n}> of \"oxides\" & café, n.e.s. in heading no. 28.46, whether or not refined"
            ),
            tier: tier(n),
        })
        .collect();
    let mut links = Vec::new();
    let mut at = 0usize;
    while links.len() < 500 {
        at += 1;
        let u = (at as f64 * 0.754_877_666_246_692_7).fract();
        let v = (at as f64 * 0.569_840_290_998_053_2).fract();
        let link = [(u * 168.0) as usize, (v * 168.0) as usize];
        let apart = i16::from(tier(link[1])) - i16::from(tier(link[0]));
        if (apart == 1 || (apart == 0 && at.is_multiple_of(40)))
            && link[0] != link[1]
            && !links.contains(&link)
        {
            links.push(link);
        }
    }
    links.sort_unstable();
    ChainTables { products, links }
}

fn figure() -> NetworkFigure {
    let panels = ["USA", "CHN", "EU27"]
        .iter()
        .enumerate()
        .map(|(at, code)| NetworkPanel {
            code: (*code).to_owned(),
            name: ["United States <of> America", "Côte d'Ivoire & \"others\"", "European Union (EU27)"][at]
                .to_owned(),
            scores: (0..168)
                .map(|n| (n % 23 != 5).then(|| ((n * (at + 3) * 29) % 101) as f64 / 25.0 - 2.0))
                .collect(),
        })
        .collect();
    NetworkFigure::of(chain(), 2023, panels)
}

/// Every text with its box.
fn texts(tree: &Tree) -> Vec<(String, Rect)> {
    fn collect(group: &Group, found: &mut Vec<(String, Rect)>) {
        for node in group.children() {
            match node {
                Node::Group(inner) => collect(inner, found),
                Node::Text(text) => {
                    let words = text.chunks().iter().map(|c| c.text()).collect();
                    found.push((
                        words,
                        text.flattened().bounding_box().transform(text.abs_transform()).unwrap(),
                    ));
                }
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    collect(tree.root(), &mut found);
    found
}

fn assert_inside(tree: &Tree, what: &str) {
    let size = tree.size();
    let found = texts(tree);
    assert!(found.len() > 5, "{what}: {} texts", found.len());
    for (text, place) in found {
        let inside = place.left() >= -0.3
            && place.top() >= -0.3
            && place.right() <= size.width() + 0.3
            && place.bottom() <= size.height() + 0.3;
        assert!(inside, "{what}: '{text}' at {place:?} is outside {size:?}");
    }
}

#[test]
fn a_network_of_the_paper_s_size_is_readable_on_every_paper() {
    let figure = figure();
    let printer = Printer::new();
    let shown = std::env::var_os("MONAZITE_SHOW_FIGURES").map(std::path::PathBuf::from);
    for (name, size) in [
        ("one-column", FigureSize::OneColumn),
        ("two-columns", FigureSize::TwoColumns),
        ("slide", FigureSize::Slide),
    ] {
        let all = draw_for(size, "all", "", &|width| figure.draw(width, None, size == FigureSize::Slide));
        assert_inside(&printer.tree(&all.plain).unwrap(), name);
        let one = draw_for(size, "one", "", &|width| figure.draw_country(&figure.panels[1], width, true));
        let tree = printer.tree(&one.plain).unwrap();
        assert_inside(&tree, name);
        // The halo of a label is a text of its own in the same place; the key repeats the codes further down.
        let codes: Vec<String> = figure.chain.products.iter().map(|p| p.code.clone()).collect();
        let mut labels: Vec<(String, Rect)> = Vec::new();
        for (text, place) in texts(&tree) {
            let again =
                labels.iter().any(|(code, known)| *code == text && (known.x() - place.x()).abs() < 2.0);
            if codes.contains(&text) && !again {
                labels.push((text, place));
            }
        }
        assert!(labels.len() >= 300, "{name}: {} of 168 labels and 168 lines of the key", labels.len());
        for (at, (text, a)) in labels.iter().enumerate() {
            for (other, b) in &labels[..at] {
                let apart = a.right() <= b.left() + 0.2
                    || b.right() <= a.left() + 0.2
                    || a.bottom() <= b.top() + 0.9
                    || b.bottom() <= a.top() + 0.9;
                assert!(apart, "{name}: {text} lies on {other}: {a:?} {b:?}");
            }
        }
        if let Some(folder) = &shown {
            for (drawn, part) in [(&all, "all"), (&one, "one")] {
                let printed = printer.print(&drawn.plain).unwrap();
                std::fs::write(folder.join(format!("large-{part}-{name}.png")), printed.png).unwrap();
                std::fs::write(folder.join(format!("large-{part}-{name}.pdf")), printed.pdf).unwrap();
            }
        }
    }
}

#[test]
fn a_print_is_the_same_each_time_and_says_its_resolution() {
    let figure = figure();
    let draw = || draw_for(FigureSize::TwoColumns, "all", "", &|width| figure.draw(width, None, false));
    let (first, second) = (draw(), draw());
    assert_eq!(first, second);
    let printed = Printer::new().print(&first.plain).unwrap();
    for _ in 0..5 {
        let again = Printer::new().print(&second.plain).unwrap();
        assert!(printed.png == again.png, "another PNG");
        assert!(printed.pdf == again.pdf, "another PDF");
    }
    let decoder = png::Decoder::new(printed.png.as_slice());
    let reader = decoder.read_info().unwrap();
    let dims = reader.info().pixel_dims.unwrap();
    assert_eq!((dims.xppu, dims.yppu, dims.unit), (11_811, 11_811, png::Unit::Meter));
    // 180 mm at 300 dots an inch.
    assert_eq!(reader.info().width, 2126);
    let text = String::from_utf8_lossy(&printed.pdf);
    assert!(text.contains("Inter-Regular") && text.contains("Inter-SemiBold"));
    assert!(!text.contains("CreationDate") && !text.contains("Helvetica"));
}

#[test]
fn a_font_that_is_not_ours_becomes_ours_and_nonsense_is_refused() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"><text y=\"15\" font-family=\"Comic Sans MS\">Nd</text></svg>";
    let tree = Printer::new().tree(svg).unwrap();
    let [(text, place)] = texts(&tree).try_into().unwrap();
    assert!(text == "Nd" && place.width() > 10.0);
    let error = Printer::new().png_and_pdf("<svg").unwrap_err().to_string();
    assert!(error.starts_with("this is not an SVG: "), "{error}");
}
