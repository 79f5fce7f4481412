//! Which file of a crate uses names that are defined in which other file.
//!
//! Names are followed through `use`, `pub use`, `super`, `self` and the tree of modules to the file that defines them; a name that
//! `mod.rs` only hands on is no arrow to `mod.rs`. Code that is compiled for tests only is left out.

use std::collections::{BTreeMap, BTreeSet};

use super::{Token, closing, tokens, without_tests};

/// A module: its path from the root, without `crate`.
pub type Module = Vec<String>;

#[derive(Debug, Default)]
struct Scope {
    file: String,
    children: BTreeSet<String>,
    items: BTreeSet<String>,
    /// Names that come from elsewhere: name and path.
    bindings: Vec<(String, Vec<String>)>,
    /// Modules of which all names come.
    globs: Vec<Vec<String>>,
    /// Paths of two and more names that stand in the code.
    paths: BTreeSet<Vec<String>>,
}

/// The modules of a crate and what they use.
#[derive(Debug, Default)]
pub struct Crate {
    modules: BTreeMap<Module, Scope>,
}

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Module(Module),
    /// A thing defined in this module.
    Item(Module),
}

impl Crate {
    /// Reads a crate from its file `lib.rs` or `main.rs` on; `read` gives the text of a file, if there is one.
    pub fn read(root: &str, read: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut modules = BTreeMap::new();
        let mut waiting = vec![(Module::new(), root.to_owned())];
        while let Some((module, file)) = waiting.pop() {
            let source = read(&file).unwrap_or_else(|| panic!("{file} cannot be read"));
            let scope = Scope::read(&file, &without_tests(&tokens(&source)));
            let folder = module.iter().fold(String::new(), |folder, name| folder + name + "/");
            for child in &scope.children {
                let files = [format!("{folder}{child}.rs"), format!("{folder}{child}/mod.rs")];
                let file = files.into_iter().find(|f| read(f).is_some());
                let file = file.unwrap_or_else(|| panic!("no file for the module {folder}{child}"));
                let mut path = module.clone();
                path.push(child.clone());
                waiting.push((path, file));
            }
            modules.insert(module, scope);
        }
        Self { modules }
    }

    /// Modules at the top.
    pub fn top(&self) -> BTreeSet<String> {
        self.modules[&Module::new()].children.clone()
    }

    /// Arrows between files: a file, and those that define names it uses.
    pub fn arrows_of_files(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (module, scope) in &self.modules {
            let to = found.entry(scope.file.clone()).or_default();
            for named in self.used(module, scope) {
                if let Named::Item(definer) = named {
                    to.insert(self.modules[&definer].file.clone());
                }
            }
            to.remove(&scope.file);
        }
        found
    }

    /// Arrows between modules at the top, with the files they start from.
    pub fn arrows_of_top_modules(&self) -> BTreeMap<(String, String), BTreeSet<String>> {
        let mut found: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        for (module, scope) in &self.modules {
            let Some(from) = module.first() else { continue };
            let paths = scope.bindings.iter().map(|(_, path)| path).chain(&scope.globs).chain(&scope.paths);
            let on_the_way = paths.flat_map(|path| (1..=path.len()).map(|n| &path[..n]));
            for named in on_the_way.flat_map(|path| self.named(module, path)) {
                let (Named::Module(to) | Named::Item(to)) = named;
                if let Some(to) = to.first().filter(|to| *to != from) {
                    found.entry((from.clone(), to.clone())).or_default().insert(scope.file.clone());
                }
            }
        }
        found
    }

    fn used(&self, module: &Module, scope: &Scope) -> BTreeSet<Named> {
        let bound = scope.bindings.iter().map(|(_, path)| path);
        let named = bound.chain(&scope.paths).flat_map(|path| self.named(module, path));
        let globs = scope.globs.iter().flat_map(|path| self.named(module, path)).map(|named| match named {
            Named::Module(module) | Named::Item(module) => Named::Item(module),
        });
        named.chain(globs).collect()
    }

    /// What a path names that stands in a module; nothing if it leads out of the crate.
    fn named(&self, module: &Module, path: &[String]) -> BTreeSet<Named> {
        self.follow(module, path, false, &mut BTreeSet::new())
    }

    /// A name that nothing in sight defines is taken as one that a macro defines if the path says that the module has it.
    fn follow(
        &self,
        module: &Module,
        path: &[String],
        said_to_be_there: bool,
        seen: &mut BTreeSet<(Module, Vec<String>)>,
    ) -> BTreeSet<Named> {
        if !seen.insert((module.clone(), path.to_vec())) {
            return BTreeSet::new();
        }
        let Some((first, rest)) = path.split_first() else {
            return BTreeSet::from([Named::Module(module.clone())]);
        };
        match first.as_str() {
            "crate" => return self.follow(&Module::new(), rest, true, seen),
            "self" => return self.follow(module, rest, true, seen),
            "super" => {
                let parent = module[..module.len().saturating_sub(1)].to_vec();
                return self.follow(&parent, rest, true, seen);
            }
            _ => {}
        }
        let Some(scope) = self.modules.get(module) else { return BTreeSet::new() };
        let mut found = BTreeSet::new();
        if scope.children.contains(first) {
            let mut child = module.clone();
            child.push(first.clone());
            found.extend(self.follow(&child, rest, true, seen));
            // A function may be called as a module is, but nothing stands behind its `::`.
            if !rest.is_empty() {
                return found;
            }
        }
        if scope.items.contains(first) {
            found.insert(Named::Item(module.clone()));
        }
        for (_, target) in scope.bindings.iter().filter(|(name, _)| name == first) {
            for named in self.follow(module, target, false, seen) {
                match named {
                    Named::Module(module) => found.extend(self.follow(&module, rest, true, seen)),
                    item @ Named::Item(_) => {
                        found.insert(item);
                    }
                }
            }
        }
        if found.is_empty() {
            for glob in &scope.globs {
                for named in self.follow(module, glob, false, seen) {
                    let (Named::Module(module) | Named::Item(module)) = named;
                    found.extend(self.follow(&module, path, false, seen));
                }
            }
        }
        if found.is_empty() && said_to_be_there {
            found.insert(Named::Item(module.clone()));
        }
        found
    }
}

impl Scope {
    fn read(file: &str, tokens: &[Token]) -> Self {
        let mut scope = Self { file: file.to_owned(), ..Self::default() };
        let text = |at: usize| tokens.get(at).map_or("", |t: &Token| t.text.as_str());
        let (mut at, mut depth) = (0, 0usize);
        while at < tokens.len() {
            match text(at) {
                "{" => depth += 1,
                "}" => depth -= 1,
                "use" if tokens.get(at + 1).is_some_and(|t| t.is_name() || t.is("::") || t.is("{")) => {
                    at = scope.uses(tokens, at + 1, &[]);
                    continue;
                }
                "mod" if depth == 0 && text(at + 2) == ";" => {
                    scope.children.insert(text(at + 1).to_owned());
                }
                "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" | "union" if depth == 0 => {
                    let name = if text(at + 1) == "mut" { at + 2 } else { at + 1 };
                    scope.items.insert(text(name).to_owned());
                }
                "macro_rules" if depth == 0 => {
                    scope.items.insert(text(at + 2).to_owned());
                    at = closing(tokens, at + 3);
                }
                "::" => {}
                _ if text(at + 1) == "::"
                    && tokens[at].is_name()
                    && at.checked_sub(1).is_none_or(|b| text(b) != "::") =>
                {
                    let mut path = vec![text(at).to_owned()];
                    while text(at + 1) == "::" && tokens.get(at + 2).is_some_and(Token::is_name) {
                        path.push(text(at + 2).to_owned());
                        at += 2;
                    }
                    scope.paths.insert(path);
                }
                _ => {}
            }
            at += 1;
        }
        scope
    }

    /// Reads one tree of a `use` behind the names in front of it; returns the position behind it.
    fn uses(&mut self, tokens: &[Token], mut at: usize, front: &[String]) -> usize {
        let mut path = front.to_vec();
        let mut alias = None;
        while at < tokens.len() {
            match tokens[at].text.as_str() {
                "{" => {
                    let close = closing(tokens, at);
                    at += 1;
                    while at < close {
                        at = self.uses(tokens, at, &path);
                    }
                    at = close + 1;
                    path.clear();
                }
                "*" => {
                    self.globs.push(std::mem::take(&mut path));
                    at += 1;
                }
                "as" => {
                    alias = Some(tokens[at + 1].text.clone());
                    at += 2;
                }
                "," | ";" => {
                    at += 1;
                    break;
                }
                "}" => break,
                "::" => at += 1,
                name => {
                    path.push(name.to_owned());
                    at += 1;
                }
            }
        }
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        if let Some(name) = alias.or_else(|| path.last().cloned())
            && (path.len() > 1 || path.first() != Some(&name))
        {
            self.bindings.push((name, path));
        }
        at
    }
}

/// Circles: files that use each other, directly or around; each with one way around.
pub fn circles(arrows: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let reach: BTreeMap<&String, BTreeSet<&String>> =
        arrows.keys().map(|from| (from, reached(arrows, from))).collect();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for file in arrows.keys().filter(|file| reach[file].contains(file)) {
        if seen.insert(file) {
            seen.extend(
                arrows.keys().filter(|other| reach[file].contains(other) && reach[other].contains(&file)),
            );
            found.push(way_around(arrows, file));
        }
    }
    found
}

fn reached<'a>(arrows: &'a BTreeMap<String, BTreeSet<String>>, from: &String) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<&String> = arrows[from].iter().collect();
    while let Some(file) = waiting.pop() {
        if reached.insert(file) {
            waiting.extend(arrows.get(file).into_iter().flatten());
        }
    }
    reached
}

/// A shortest way from a file back to itself.
fn way_around(arrows: &BTreeMap<String, BTreeSet<String>>, start: &String) -> Vec<String> {
    let mut ways: Vec<Vec<String>> = vec![vec![start.clone()]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for to in arrows.get(way.last().expect("a way has a start")).into_iter().flatten() {
                let mut way = way.clone();
                way.push(to.clone());
                if to == start {
                    return way;
                }
                if seen.insert(to.clone()) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    Vec::new()
}
