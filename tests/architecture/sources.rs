//! The modules of the crate, and the paths that each of them names.
//!
//! Tokens are read instead of syntax: paths in code, in macros and in `use` trees look alike in them. Tests are left out: items
//! with `#[cfg(test)]`, and files named `tests`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path without `crate`: `["data", "idx", "Kind"]`.
pub type Names = Vec<String>;

/// The modules with files of their own, by path.
#[derive(Default)]
pub struct Sources(BTreeMap<Names, Module>);

/// A file of the crate.
#[derive(Default)]
pub struct Module {
    /// The file's path below `src`.
    pub file: String,
    /// The paths into the crate that it uses, without those that it only re-exports.
    pub used: BTreeSet<Names>,
    /// The paths out of the crate, such as `std::time::Instant`.
    pub foreign: BTreeSet<Names>,
    /// The targets of its imports and re-exports, by name.
    imported: BTreeMap<String, Names>,
}

impl Sources {
    /// Reads the library in `src`.
    pub fn read() -> Self {
        let mut files = Vec::new();
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
        Self::parse(files)
    }

    /// Parses files: their paths below `src`, and their texts.
    pub fn parse(files: Vec<(String, String)>) -> Self {
        let modules: BTreeSet<Names> = files.iter().map(|(file, _)| module_of(file)).collect();
        let parsed = files.into_iter().map(|(file, text)| {
            let path = module_of(&file);
            let tokens = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
            let mut reader = Reader::new(&path, file, &modules);
            reader.read(tokens);
            let module = reader.finish();
            (path, module)
        });
        Self(parsed.collect())
    }

    /// Returns the modules whose paths begin with `names`.
    pub fn below<'a>(&'a self, names: &'a [String]) -> impl Iterator<Item = &'a Module> {
        self.0.iter().filter(move |(path, _)| path.starts_with(names)).map(|(_, module)| module)
    }

    /// Returns the module in which `path` is defined, following imports and re-exports.
    pub fn home<'a>(&'a self, path: &'a [String]) -> &'a Names {
        let mut path = path.to_vec();
        // A re-export of itself would never end.
        for _ in 0..16 {
            let len = (0..=path.len()).rev().find(|&len| self.0.contains_key(&path[..len]));
            let (module, rest) = path.split_at(len.expect("the root of the crate has a file"));
            match rest.first().and_then(|name| self.0[module].imported.get(name)) {
                Some(target) => path = target.iter().chain(&rest[1..]).cloned().collect(),
                None => return self.0.get_key_value(module).expect("it was found there").0,
            }
        }
        panic!("{} leads in a circle", path.join("::"))
    }

    /// Returns the import circles: sets of files that use each other, directly or through others.
    ///
    /// A module's own definitions belong to the modules below it as well: using something of a module above is no import here.
    pub fn circles(&self) -> BTreeSet<BTreeSet<String>> {
        let uses = |from: &Names| -> BTreeSet<&Names> {
            let targets = self.0[from].used.iter().map(|path| self.home(path));
            targets.filter(|to| !from.starts_with(to)).collect()
        };
        let uses: BTreeMap<&Names, BTreeSet<&Names>> = self.0.keys().map(|from| (from, uses(from))).collect();
        let reached: BTreeMap<&Names, BTreeSet<&Names>> =
            self.0.keys().map(|from| (from, reach(&uses, from))).collect();
        let circle = |from: &&Names| -> BTreeSet<String> {
            let back = reached[from].iter().filter(|to| reached[*to].contains(from));
            back.map(|to| self.0[*to].file.clone()).collect()
        };
        reached.keys().map(circle).filter(|circle| !circle.is_empty()).collect()
    }
}

/// Returns the modules that `from` uses, directly or through others.
fn reach<'a>(uses: &BTreeMap<&'a Names, BTreeSet<&'a Names>>, from: &'a Names) -> BTreeSet<&'a Names> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(next) = open.pop() {
        open.extend(uses[next].iter().filter(|&&to| seen.insert(to)));
    }
    seen
}

/// Reads every `.rs` file below a folder except tests and programs.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the sources can be read") {
        let path = entry.expect("the sources can be read").path();
        let name = path.file_name().expect("an entry has a name").to_string_lossy();
        let file = format!("{prefix}{name}");
        if name.trim_end_matches(".rs") == "tests" || file == "main.rs" {
            continue;
        }
        if path.is_dir() {
            collect(&path, &format!("{file}/"), files);
        } else if name.ends_with(".rs") {
            files.push((file, fs::read_to_string(&path).expect("the sources can be read")));
        }
    }
}

/// Returns the module of a file: `data::idx` for `data/idx/mod.rs`, and the root for `lib.rs`.
fn module_of(file: &str) -> Names {
    let mut names: Names = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    names.pop_if(|name| name == "mod" || name == "lib");
    names
}

/// Collects the paths of one file.
struct Reader<'a> {
    modules: &'a BTreeSet<Names>,
    file: &'a Names,
    /// The module that is being read: the file's, or one written out in it.
    here: Names,
    module: Module,
    /// The names and paths of re-exports.
    exported: Vec<(String, Names)>,
    /// The first names of all paths in code: a re-export that is among them is used as well.
    called: BTreeSet<String>,
}

impl<'a> Reader<'a> {
    fn new(path: &'a Names, file: String, modules: &'a BTreeSet<Names>) -> Self {
        let module = Module { file, ..Module::default() };
        Self { modules, file: path, here: path.clone(), module, exported: vec![], called: BTreeSet::new() }
    }

    fn finish(mut self) -> Module {
        for (name, path) in std::mem::take(&mut self.exported) {
            if self.called.contains(&name) {
                self.insert(&path);
            }
        }
        self.module
    }

    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' && tokens.get(at).is_some_and(is_test) => {
                    let end = tokens[at + 1..].iter().position(ends_item);
                    at = end.map_or(tokens.len(), |end| at + 2 + end);
                }
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Ident(ident) if ident == "use" => {
                    let is_exported =
                        tokens[..at - 1].iter().rev().take(2).any(|token| is_word(token, "pub"));
                    let end = tokens[at..].iter().position(|token| is_punct(token, ';'));
                    let end = end.map_or(tokens.len(), |end| at + end);
                    self.import(&tokens[at..end], vec![], is_exported);
                    at = end;
                }
                TokenTree::Ident(ident) if ident == "mod" => {
                    if let Some([TokenTree::Ident(name), TokenTree::Group(body)]) = tokens.get(at..at + 2) {
                        self.here.push(name.to_string());
                        self.read(body.stream());
                        self.here.pop();
                        at += 2;
                    }
                }
                TokenTree::Ident(ident) => {
                    let mut path = vec![ident.to_string()];
                    while let Some([a, b, TokenTree::Ident(name)]) = tokens.get(at..at + 3) {
                        if !(is_punct(a, ':') && is_punct(b, ':')) {
                            break;
                        }
                        path.push(name.to_string());
                        at += 3;
                    }
                    self.called.insert(path[0].clone());
                    if path.len() > 1 {
                        self.insert(&path);
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads a `use` tree below the path `before`.
    fn import(&mut self, tokens: &[TokenTree], before: Names, is_exported: bool) {
        let (mut path, mut name) = (before, None);
        let mut tokens = tokens.iter();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(ident) if ident == "as" => name = tokens.next().map(ToString::to_string),
                TokenTree::Ident(ident) if ident == "self" && !path.is_empty() => {}
                TokenTree::Ident(ident) => path.push(ident.to_string()),
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    for tree in inner.split(|token| is_punct(token, ',')).filter(|tree| !tree.is_empty()) {
                        self.import(tree, path.clone(), is_exported);
                    }
                    return;
                }
                // A glob gives no names: the whole module counts as used.
                TokenTree::Punct(punct) if punct.as_char() == '*' => return self.insert(&path),
                _ => {}
            }
        }
        let Some(name) = name.or_else(|| path.last().cloned()) else { return };
        if let Some(target) = self.absolute(&path).filter(|_| self.here == *self.file) {
            self.module.imported.insert(name.clone(), target);
        }
        if is_exported { self.exported.push((name, path)) } else { self.insert(&path) }
    }

    fn insert(&mut self, path: &[String]) {
        match self.absolute(path) {
            Some(path) => _ = self.module.used.insert(path),
            None => _ = self.module.foreign.insert(path.to_vec()),
        }
    }

    /// Returns a path from the root of the crate, or nothing if it leads elsewhere.
    fn absolute(&self, path: &[String]) -> Option<Names> {
        let mut base = self.here.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => {
                base.clear();
                rest = &path[1..];
            }
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|name| name == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            name => {
                let is_child = self.modules.contains(&[&base[..], &[name.to_owned()]].concat());
                is_child.then_some(())?;
            }
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }
}

fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

/// Returns whether an attribute is `[cfg(test)]`.
fn is_test(token: &TokenTree) -> bool {
    token.to_string().replace(' ', "") == "[cfg(test)]"
}

/// Returns whether an item ends with a token.
fn ends_item(token: &TokenTree) -> bool {
    is_punct(token, ';') || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}
