//! The value chain as a graph file, for programs that draw networks.

use std::fmt::Write;

use crate::html::escaped;
use crate::trade::FlowSource;
use crate::value_chain::{Link, ValueChain};

/// The chain as GraphML, for Gephi, Cytoscape, yEd or networkx: products with their text and tier, links with votes, rho, Z, p, q and
/// source.
///
/// U. Brandes et al., GraphML Progress Report (2002), <http://graphml.graphdrawing.org>.
pub fn graphml(chain: &ValueChain, store: &dyn FlowSource) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
    );
    let keys = [
        ("node", "label", "string"),
        ("node", "tier", "int"),
        ("edge", "votes", "int"),
        ("edge", "rho", "double"),
        ("edge", "z", "double"),
        ("edge", "p", "double"),
        ("edge", "q", "double"),
        ("edge", "source", "string"),
    ];
    for (of, name, kind) in keys {
        put(
            &mut text,
            format_args!("  <key id=\"{name}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>\n"),
        );
    }
    text.push_str("  <graph id=\"chain\" edgedefault=\"directed\">\n");
    for (product, tier) in chain.products() {
        let label = escaped(store.description(product).unwrap_or(""));
        put(
            &mut text,
            format_args!(
                "    <node id=\"{product}\"><data key=\"label\">{label}</data><data key=\"tier\">{tier}</data></node>\n"
            ),
        );
    }
    for link in chain.links() {
        put(&mut text, format_args!("    <edge source=\"{}\" target=\"{}\">", link.input, link.output));
        if let Some(votes) = link.votes {
            put(&mut text, format_args!("<data key=\"votes\">{votes}</data>"));
        }
        for (key, value) in numbers(link) {
            put(&mut text, format_args!("<data key=\"{key}\">{value}</data>"));
        }
        put(&mut text, format_args!("<data key=\"source\">{}</data></edge>\n", escaped(&link.source)));
    }
    text.push_str("  </graph>\n</graphml>\n");
    text
}

fn numbers(link: &Link) -> impl Iterator<Item = (&'static str, f64)> {
    [("rho", link.rho), ("z", link.z), ("p", link.p), ("q", link.q)]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
}

/// Characters of a text that fit a box.
const LABEL: usize = 40;

/// The chain as DOT, for Graphviz: tiers from left to right, seeds boxed.
///
/// Draw it with `dot -Tsvg chain.dot -o chain.svg`.
pub fn dot(chain: &ValueChain, store: &dyn FlowSource) -> String {
    let mut text = String::from(
        "digraph chain {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=9];\n",
    );
    for tier in 0..=chain.deepest_tier() {
        put(&mut text, format_args!("  {{ rank=same; // tier {tier}\n"));
        for (product, _) in chain.products().filter(|(_, t)| *t == tier) {
            let full = store.description(product).unwrap_or("");
            let mut label: String = full.chars().take(LABEL).collect();
            if label.len() < full.len() {
                label.push('…');
            }
            let label = label.replace('\\', "\\\\").replace('"', "\\\"");
            let seed = if tier == 0 { ", style=filled, fillcolor=\"#eeeeee\"" } else { "" };
            put(&mut text, format_args!("    \"{product}\" [label=\"{product}\\n{label}\"{seed}];\n"));
        }
        text.push_str("  }\n");
    }
    for link in chain.links() {
        let tip = link.z.map_or_else(String::new, |z| format!(" [tooltip=\"Z {z:.2}\"]"));
        put(&mut text, format_args!("  \"{}\" -> \"{}\"{tip};\n", link.input, link.output));
    }
    text.push_str("}\n");
    text
}

fn put(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("writing to a string does not fail");
}
