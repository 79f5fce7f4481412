//! Draws the production network: marks of products in rows by tier, links between them, codes, legend and key.

use std::collections::BTreeMap;

use super::chart::{AxisStyle, Scale, panel_head};
use super::font;
use super::network::{NetworkFigure, NetworkPanel, size_of};
use super::network_layout::{Layout, LayoutInput, layout};
use super::svg::{Anchor, Svg, TextStyle, overlap};
use super::theme::{FAINT, GRID, GROUND, HEAD, INK, LABEL, SMALL, SOFT, TINY, black_to_yellow};

/// Least width of a panel on a slide.
const LEAST_ON_SLIDE: f64 = 155.0;
/// Room left of a network for the names of tiers.
const MARGIN: f64 = 26.0;
const LINK: &str = "#4c5a73";
const BACK_LINK: &str = "#0072b2";
/// The edge of a mark without a score.
const HOLLOW: &str = "#8a8a8a";

impl NetworkFigure {
    /// Draws all countries side by side, with a further panel after them if there is one (the map of the typology). On a slide
    /// they stand in as many columns as make the drawing lowest.
    pub fn draw(&self, width: f64, further: Option<&dyn Fn(f64, f64) -> Svg>, slide: bool) -> Svg {
        let cells = self.panels.len() + usize::from(further.is_some());
        let columns = match cells {
            _ if width < 300.0 => 1,
            1 => 1,
            2 | 4 => 2,
            _ => 3,
        };
        if !slide {
            return self.draw_in(columns, width, further, if width < 300.0 { 0.0 } else { 0.78 }, true);
        }
        let fits = |columns: &usize| width / *columns as f64 >= LEAST_ON_SLIDE;
        let drawings = (1..=cells.max(1)).filter(fits).map(|n| self.draw_in(n, width, further, 0.5, false));
        drawings
            .reduce(|best, other| if other.height() < best.height() { other } else { best })
            .unwrap_or_else(|| self.draw_in(columns, width, further, 0.5, false))
    }

    /// Draws in so many columns, with the names of products or without; `shape` is the least height of a panel in relation to its width if there is a further panel.
    fn draw_in(
        &self,
        columns: usize,
        width: f64,
        further: Option<&dyn Fn(f64, f64) -> Svg>,
        shape: f64,
        with_key: bool,
    ) -> Svg {
        let gutter = 14.0;
        let across = (width - gutter * (columns as f64 - 1.0)) / columns as f64;
        let head = 15.0;
        // A further panel wants to be nearly square, so the networks beside it are stretched.
        let least = if further.is_some() { shape * across } else { 0.0 };
        let mut drawings: Vec<Svg> =
            self.panels.iter().map(|panel| self.panel(panel, across, false, least)).collect();
        let tallest = drawings.iter().fold(0.0f64, |most, d| most.max(d.height()));
        if let Some(further) = further {
            drawings.push(further(across, tallest.max(least).max(0.6 * across)));
        }
        let names = self.panels.iter().map(|p| p.name.as_str()).chain(["Countries by year"]);
        let mut shown: Vec<(Svg, &str)> = drawings.into_iter().zip(names).collect();
        let mut svg = Svg::new(width, 0.0);
        let (mut y, mut place) = (0.0, 0u8);
        while !shown.is_empty() {
            let rest = shown.split_off(columns.min(shown.len()));
            let high = shown.iter().fold(0.0f64, |most, (drawing, _)| most.max(drawing.height()));
            for (column, (drawing, name)) in shown.into_iter().enumerate() {
                let x = (across + gutter) * column as f64;
                let letter = char::from(b'A' + place % 26).to_string();
                let name = font::cut(name, HEAD, true, across - 14.0);
                panel_head(&mut svg, [x, y + 9.0], &letter, &name, 12.0);
                svg.place(drawing, [x, y + head]);
                place += 1;
            }
            y += head + high + 10.0;
            shown = rest;
        }
        let legend = self.legend(width);
        let mut floor = y + legend.height();
        svg.place(legend, [0.0, y]);
        // Names beside the codes, where there is room for them: a slide has none, and a hundred names are no help.
        if self.has_short_key() && width >= 300.0 && with_key {
            let key = self.key(None, width);
            let high = key.height();
            svg.place(key, [0.0, floor + 6.0]);
            floor += 6.0 + high;
        }
        svg.set_height(floor);
        svg
    }

    /// Whether the key to the products can be read on a slide.
    pub fn has_short_key(&self) -> bool {
        self.chain.products.len() <= 45
    }

    /// Draws one country, with the codes of products and, if wanted, the key to them below.
    pub fn draw_country(&self, panel: &NetworkPanel, width: f64, key: bool) -> Svg {
        let mut svg = Svg::new(width, 0.0);
        let title = font::cut(&format!("{}, {}", panel.name, self.year), HEAD, true, width);
        svg.text(0.0, 9.0, &title, TextStyle { size: HEAD, bold: true, ..TextStyle::default() });
        let network = self.panel(panel, width, true, 0.0);
        let mut y = 15.0;
        let high = network.height();
        svg.place(network, [0.0, y]);
        y += high + 10.0;
        let legend = self.legend(width);
        let high = legend.height();
        svg.place(legend, [0.0, y]);
        y += high;
        if key {
            y += 8.0;
            let key = self.key(Some(panel), width);
            let high = key.height();
            svg.place(key, [0.0, y]);
            y += high;
        }
        svg.set_height(y);
        svg
    }

    /// Radius of a seed for a width of the network.
    fn largest(width: f64) -> f64 {
        (width / 36.0).clamp(5.0, 11.0)
    }

    fn panel(&self, panel: &NetworkPanel, width: f64, full: bool, least: f64) -> Svg {
        let largest = Self::largest(width);
        let tiers: Vec<u8> = self.chain.products.iter().map(|p| p.tier).collect();
        let deepest = tiers.iter().copied().max().unwrap_or(0);
        let radius = |tier: u8| largest * size_of(tier);
        let label = font::width("000000", TINY, false) + 1.6;
        // Room for all codes; crowded networks have them in the figures of single countries only.
        let roomy = full || (tiers.len() <= 60 && width > 140.0);
        let (mut spacing, mut row) = (Vec::new(), Vec::new());
        for tier in 0..=deepest {
            let r = radius(tier);
            spacing.push(if roomy { label.max(2.0 * r + 3.0) } else { (2.0 * r + 2.5).max(5.5) });
            row.push(if roomy { 2.0 * r + TINY + 4.0 } else { 2.0 * r + 3.5 });
        }
        let room = width - MARGIN - largest;
        let input = LayoutInput {
            tiers: &tiers,
            links: &self.chain.links,
            width: room,
            spacing: &spacing,
            row: &row,
            gap: (0.11 * width).clamp(24.0, 46.0),
        };
        let mut laid = layout(input);
        let gaps = laid.tiers.len().saturating_sub(1) as f64;
        let edges = largest + radius(deepest) + TINY + 7.0;
        if gaps > 0.0 && laid.height + edges < least {
            laid = layout(LayoutInput { gap: input.gap + (least - edges - laid.height) / gaps, ..input });
        }
        let top = largest + 3.0;
        let bottom = radius(deepest) + TINY + 4.0;
        let mut svg = Svg::new(width, top + laid.height + bottom);
        let place = |product: usize| [MARGIN + laid.places[product][0], top + laid.places[product][1]];
        for &(tier, [from, to]) in &laid.tiers {
            let (above, below) = (radius(tier) + 2.5, radius(tier) + TINY + 2.5);
            svg.rectangle(
                MARGIN - 4.0,
                top + from - above,
                width - MARGIN + 4.0,
                to - from + above + below,
                GROUND,
                1.0,
            );
            let style = TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() };
            svg.text(0.0, top + 0.5 * (from + to) + 2.0, &format!("tier {tier}"), style);
        }
        self.links(&mut svg, &laid, &place, &radius);
        for (product, score) in panel.scores.iter().enumerate() {
            let described = &self.chain.products[product];
            let value = score.map_or_else(|| "no score".to_owned(), |s| format!("{s:.2}"));
            svg.open_titled(&format!(
                "{} {} (tier {}): {value}",
                described.code, described.text, described.tier
            ));
            let r = radius(described.tier);
            match score {
                Some(score) => svg.circle(place(product), r, &self.colour(*score), "#ffffff", 0.35),
                None => svg.circle(place(product), (r - 0.3).max(0.4), "#ffffff", HOLLOW, 0.6),
            }
            svg.close();
        }
        self.labels(&mut svg, &place, &radius, width, full);
        svg
    }

    fn links(
        &self,
        svg: &mut Svg,
        laid: &Layout,
        place: &dyn Fn(usize) -> [f64; 2],
        radius: &dyn Fn(u8) -> f64,
    ) {
        let tier = |product: usize| self.chain.products[product].tier;
        let (mut forward, mut back) = (Vec::new(), Vec::new());
        for &[input, output] in &self.chain.links {
            let (a, b) = (place(input), place(output));
            if tier(output) > tier(input) {
                let (from, to) = ([a[0], a[1] + radius(tier(input))], [b[0], b[1] - radius(tier(output))]);
                // Links leave and arrive upright and turn in the gap between tiers, so that those with the same ends run together.
                let high = to[1] - from[1];
                forward.push([from, [from[0], from[1] + 0.55 * high], [to[0], to[1] - 0.55 * high], to]);
            } else {
                // Around the row: the input stands beside or below what is made of it.
                let low = a[1].max(b[1]) + 14.0 + radius(tier(input));
                back.push([a, [a[0], low], [b[0], low], b]);
            }
        }
        let many = forward.len() as f64;
        let opacity = (9.0 / many.max(1.0).sqrt()).clamp(0.28, 0.75);
        let wide = if laid.places.len() > 90 { 0.45 } else { 0.65 };
        svg.curves(&forward, LINK, wide, opacity, None);
        svg.curves(&back, BACK_LINK, wide, opacity, Some("2 1.4"));
    }

    /// Codes beside products. In a small panel only tiers all of whose codes find room are labelled.
    fn labels(
        &self,
        svg: &mut Svg,
        place: &dyn Fn(usize) -> [f64; 2],
        radius: &dyn Fn(u8) -> f64,
        width: f64,
        full: bool,
    ) {
        let products = &self.chain.products;
        let discs: Vec<[f64; 4]> = products
            .iter()
            .enumerate()
            .map(|(at, p)| {
                let ([x, y], r) = (place(at), radius(p.tier));
                [x - r, y - r, x + r, y + r]
            })
            .collect();
        let mut taken: Vec<[f64; 4]> = Vec::new();
        let style =
            TextStyle { size: TINY, fill: INK, anchor: Anchor::Middle, halo: true, ..TextStyle::default() };
        for tier in products.chunk_by(|a, b| a.tier == b.tier) {
            let first = products.iter().position(|p| p.tier == tier[0].tier).unwrap_or(0);
            let before = taken.len();
            let mut spots = Vec::new();
            for (at, product) in tier.iter().enumerate() {
                let ([x, y], r) = (place(first + at), radius(product.tier));
                let half = 0.5 * font::width(&product.code, TINY, false) + 0.4;
                let tall = 0.76 * TINY;
                let below = [x, y + r + 1.0 + tall];
                let above = [x, y - r - 1.4];
                let right = [x + r + 1.2 + half, y + 0.5 * tall];
                let left = [x - r - 1.2 - half, y + 0.5 * tall];
                let spot = [below, above, right, left].into_iter().find_map(|[x, base]| {
                    let own = [x - half, base - tall - 0.3, x + half, base + 0.5];
                    let inside = own[0] >= 0.0 && own[2] <= width && own[1] >= 0.0;
                    let free = |other: &[f64; 4]| !overlap(&own, other);
                    (inside && taken.iter().all(free) && discs.iter().all(free)).then_some(([x, base], own))
                });
                if let Some((spot, own)) = spot {
                    taken.push(own);
                    spots.push((spot, &product.code));
                }
            }
            if !full && spots.len() < tier.len() {
                taken.truncate(before);
                continue;
            }
            for ([x, y], code) in spots {
                svg.text(x, y, code, style);
            }
        }
    }

    fn colour(&self, score: f64) -> String {
        black_to_yellow((score - self.range[0]) / (self.range[1] - self.range[0]))
    }

    /// The scale of colours, the sizes, and how to read links.
    fn legend(&self, width: f64) -> Svg {
        let bar = (0.32 * width).clamp(90.0, 170.0);
        let small = TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() };
        let title = TextStyle { size: LABEL, ..TextStyle::default() };
        let mut svg = Svg::new(width, 0.0);
        let left = 8.0;
        svg.text(left, 8.0, &format!("Composite dependency score PC1, {}", self.year), title);
        let steps = 48;
        for step in 0..steps {
            let share = f64::from(step) / f64::from(steps - 1);
            let x = left + bar * f64::from(step) / f64::from(steps);
            svg.rectangle(x, 12.0, bar / f64::from(steps) + 0.3, 7.0, &black_to_yellow(share), 1.0);
        }
        let scale = Scale::covering(self.range[0], self.range[1], [left, left + bar]);
        scale.draw_below(&mut svg, 19.0, AxisStyle::FIGURE);
        svg.text(left, 35.5, "standard deviations; yellow: more dependent", small);
        // To the right of the bar, or below it where the figure is narrow.
        let (mut x, mut y) = if width < 300.0 { (left, 50.0) } else { (left + bar + 34.0, 8.0) };
        svg.circle([x + 3.0, y - 2.3], 2.6, "#ffffff", HOLLOW, 0.6);
        svg.text(x + 10.0, y, "score undefined: no trade in the product", small);
        y += 10.0;
        let deepest = self.chain.products.iter().map(|p| p.tier).max().unwrap_or(0);
        let start = x;
        for tier in 0..=deepest.min(5) {
            let r = 4.6 * size_of(tier);
            svg.circle([x + r, y - 2.3], r, HOLLOW, "#ffffff", 0.3);
            x += 2.0 * r + 2.5;
        }
        svg.text(x + 2.0, y, &format!("size: 1/(1 + tier), tier 0 to {deepest}"), small);
        y += 10.0;
        x = start;
        svg.line([x, y - 2.3], [x + 10.0, y - 2.3], LINK, 0.8);
        svg.text(x + 14.0, y, "link from an input (above) to what is made of it", small);
        if self.has_back_links() {
            y += 9.0;
            svg.curves(
                &[[[x, y - 2.3], [x + 3.0, y - 2.3], [x + 7.0, y - 2.3], [x + 10.0, y - 2.3]]],
                BACK_LINK,
                0.8,
                1.0,
                Some("2 1.4"),
            );
            svg.text(x + 14.0, y, "link from an input of the same tier or below", small);
        }
        svg.set_height(y.max(36.0) + 3.0);
        svg
    }

    /// Codes and texts of the products in columns, each with its colour.
    /// The key to the codes: names by tier, with the colours of a country if they are those of one.
    fn key(&self, panel: Option<&NetworkPanel>, width: f64) -> Svg {
        let least = if self.chain.products.len() > 90 { 120.0 } else { 160.0 };
        let columns = ((width / least) as usize).max(1);
        let across = width / columns as f64;
        let line = TINY + 2.1;
        let mut by_tier: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
        for (at, product) in self.chain.products.iter().enumerate() {
            by_tier.entry(product.tier).or_default().push(at);
        }
        enum Line {
            Tier(u8),
            Product(usize),
        }
        let mut lines = Vec::new();
        for (tier, products) in by_tier {
            lines.push(Line::Tier(tier));
            lines.extend(products.into_iter().map(Line::Product));
        }
        let rows = lines.len().div_ceil(columns);
        let mut svg = Svg::new(width, 10.0 + line * rows as f64 + 2.0);
        svg.line([0.0, 2.0], [width, 2.0], FAINT, GRID);
        for (at, entry) in lines.iter().enumerate() {
            let (x, y) = (across * (at / rows) as f64, 11.0 + line * (at % rows) as f64);
            match entry {
                Line::Tier(tier) => {
                    let text = if *tier == 0 { "Tier 0 (seeds)".to_owned() } else { format!("Tier {tier}") };
                    svg.text(x, y, &text, TextStyle { size: TINY, bold: true, ..TextStyle::default() });
                }
                Line::Product(product) => {
                    let mut begin = x;
                    if let Some(panel) = panel {
                        let (fill, edge) = match panel.scores[*product] {
                            Some(score) => (self.colour(score), "#ffffff"),
                            None => ("#ffffff".to_owned(), HOLLOW),
                        };
                        svg.circle([x + 2.2, y - 1.6], 1.7, &fill, edge, 0.3);
                        begin += 6.0;
                    }
                    let described = &self.chain.products[*product];
                    let style = TextStyle { size: TINY, ..TextStyle::default() };
                    svg.text(begin, y, &described.code, style);
                    let from = begin + font::width(&described.code, TINY, false) + 3.0;
                    let text = font::cut(&described.text, TINY, false, x + across - 6.0 - from);
                    svg.text(from, y, &text, TextStyle { fill: SOFT, ..style });
                }
            }
        }
        svg
    }
}
