//! The sources as the tests of the architecture see them: modules, and the paths that each one names.
//!
//! Files are parsed, so that `use crate::{a, b}`, nested and renamed imports, `super::super` and paths in the midst of code
//! are read alike. Tests are left out: what stands below `#[cfg(test)]`, and files named `tests`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree};

/// A path from the root of the crate, without `crate`: `["data", "idx", "Kind"]`.
pub type Names = Vec<String>;

/// The modules of a crate that have files of their own, by their paths.
#[derive(Default)]
pub struct Sources(BTreeMap<Names, Module>);

/// What one file names.
#[derive(Default)]
pub struct Module {
    /// Where the file is, below `src`.
    pub file: String,
    pub lines: usize,
    /// Paths into the crate: those that are only re-exported are not among them.
    pub used: BTreeSet<Names>,
    /// Paths out of the crate, such as `std::time::Instant`.
    pub foreign: BTreeSet<Names>,
    /// What imports and re-exports call by which name.
    imported: BTreeMap<String, Names>,
}

impl Sources {
    /// The library in `src`.
    pub fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut found = Vec::new();
        collect(&root, &mut Vec::new(), &mut found);
        let texts = found.into_iter().filter(|(names, _)| *names != ["main.rs"]).map(|(names, path)| {
            (names.join("/"), fs::read_to_string(path).expect("the sources can be read"))
        });
        Self::parse(texts)
    }

    /// Files by their places below `src`, and their texts.
    pub fn parse(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let files: Vec<_> = files.into_iter().map(|(file, text)| (module_of(&file), file, text)).collect();
        let mut sources = Self::default();
        for (names, file, text) in files {
            let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
            let mut reader = Reader::new(names.clone());
            reader.visit_file(&syntax);
            let module = Module { file, lines: text.lines().count(), ..reader.finish() };
            sources.0.insert(names, module);
        }
        sources
    }

    /// The modules and their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&Names, &Module)> {
        self.0.iter()
    }

    /// The modules whose paths begin with `names`.
    pub fn below<'a>(&'a self, names: &'a [String]) -> impl Iterator<Item = (&'a Names, &'a Module)> {
        self.iter().filter(move |(path, _)| path.starts_with(names))
    }

    /// The file of a module.
    pub fn file(&self, names: &[String]) -> String {
        self.0[names].file.clone()
    }

    /// The module with a file of its own in which `path` is defined: imports and re-exports are followed.
    pub fn home<'a>(&'a self, path: &'a [String]) -> &'a Names {
        let mut path = path.to_vec();
        // A re-export in a circle would go on for ever.
        for _ in 0..16 {
            let (module, rest) = self.split(&path);
            let target = rest.first().and_then(|name| self.0[module].imported.get(name));
            match target {
                Some(target) => path = target.iter().chain(&rest[1..]).cloned().collect(),
                None => return self.0.get_key_value(module).expect("it was found there").0,
            }
        }
        panic!("{} leads in a circle", path.join("::"))
    }

    /// The longest part of a path that is a module with a file, and what follows it.
    fn split<'p>(&self, path: &'p [String]) -> (&'p [String], &'p [String]) {
        let module = (0..=path.len()).rev().find(|&len| self.0.contains_key(&path[..len]));
        path.split_at(module.expect("the root of the crate has a file"))
    }
}

/// Every `.rs` file below a folder but tests, with its place.
fn collect(folder: &Path, names: &mut Names, found: &mut Vec<(Names, std::path::PathBuf)>) {
    for entry in fs::read_dir(folder).expect("the sources can be read") {
        let path = entry.expect("the sources can be read").path();
        let name = path.file_name().expect("an entry has a name").to_string_lossy().into_owned();
        if name.trim_end_matches(".rs") == "tests" {
            continue;
        }
        names.push(name);
        if path.is_dir() {
            collect(&path, names, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((names.clone(), path));
        }
        names.pop();
    }
}

/// `data/idx/mod.rs` is `data::idx`, and `lib.rs` is the root.
fn module_of(file: &str) -> Names {
    let mut names: Names = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if names.last().is_some_and(|name| name == "mod" || name == "lib") {
        names.pop();
    }
    names
}

/// Gathers the paths of one file.
struct Reader {
    /// The module that is being read: the file's, or one written out in it.
    here: Names,
    /// The modules that each module of the file declares.
    children: BTreeSet<Names>,
    /// Paths as they are written, with the module in which they stand.
    written: Vec<(Names, Names)>,
    /// Those of private imports, and of re-exports, with the names that they get.
    imports: Vec<(String, Names, bool)>,
    /// The first names of all paths in code: a re-export that is among them is used as well.
    called: BTreeSet<String>,
    file: Names,
}

impl Reader {
    fn new(file: Names) -> Self {
        Self {
            here: file.clone(),
            children: BTreeSet::new(),
            written: Vec::new(),
            imports: Vec::new(),
            called: BTreeSet::new(),
            file,
        }
    }

    fn finish(self) -> Module {
        let mut module = Module::default();
        let note = |module: &mut Module, path: Names, at: &Names| match self.absolute(&path, at) {
            Some(path) => _ = module.used.insert(path),
            None => _ = module.foreign.insert(path),
        };
        for (at, path) in self.written.iter().cloned() {
            note(&mut module, path, &at);
        }
        for (name, path, is_exported) in self.imports.iter().cloned() {
            // Imports of inner modules are rare: they are read as if they stood in the file itself.
            if let Some(target) = self.absolute(&path, &self.file) {
                module.imported.insert(name.clone(), target);
            }
            if !is_exported || self.called.contains(&name) {
                note(&mut module, path, &self.file);
            }
        }
        module
    }

    /// A path from the root of the crate, if it leads into the crate and not to a name that an import explains.
    fn absolute(&self, path: &[String], at: &Names) -> Option<Names> {
        let mut base = at.clone();
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
                base.push(name.to_owned());
                if !self.children.contains(&base) {
                    return None;
                }
                rest = &path[1..];
            }
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    fn import(&mut self, tree: &UseTree, before: &mut Names, is_exported: bool) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.import(&path.tree, before, is_exported);
                before.pop();
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(tree, before, is_exported));
            }
            UseTree::Name(name) => self.imported(name.ident.to_string(), None, before, is_exported),
            UseTree::Rename(rename) => {
                let name = rename.rename.to_string();
                self.imported(rename.ident.to_string(), Some(name), before, is_exported);
            }
            // A glob gives no single name: the whole module counts as used.
            UseTree::Glob(_) => self.written.push((self.here.clone(), before.clone())),
        }
    }

    fn imported(&mut self, last: String, name: Option<String>, before: &[String], is_exported: bool) {
        let mut path = before.to_vec();
        if last != "self" {
            path.push(last);
        }
        let name = name.or_else(|| path.last().cloned()).unwrap_or_default();
        if self.here == self.file {
            self.imports.push((name, path, is_exported));
        } else {
            self.written.push((self.here.clone(), path));
        }
    }

    /// Paths in a macro's arguments, which are not parsed.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Names::new();
        let mut colons = 0;
        let end = |path: &mut Names, reader: &mut Self| {
            if let Some(first) = path.first() {
                reader.called.insert(first.clone());
                reader.written.push((reader.here.clone(), std::mem::take(path)));
            }
        };
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        end(&mut path, self);
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    end(&mut path, self);
                    colons = 0;
                    self.tokens(group.stream());
                }
                _ => {
                    end(&mut path, self);
                    colons = 0;
                }
            }
        }
        end(&mut path, self);
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_file(&mut self, file: &'ast syn::File) {
        declare(&file.items, &self.here, &mut self.children);
        visit::visit_file(self, file);
    }

    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_test(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.here.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.here.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_exported = !matches!(item.vis, syn::Visibility::Inherited);
        self.import(&item.tree, &mut Names::new(), is_exported);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.called.extend(names.first().cloned());
        self.written.push((self.here.clone(), names));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        self.tokens(invocation.tokens.clone());
        visit::visit_macro(self, invocation);
    }
}

/// Notes the modules that are declared among `items` of the module `here`, and within them.
fn declare(items: &[Item], here: &Names, found: &mut BTreeSet<Names>) {
    for item in items {
        if let Item::Mod(module) = item {
            let mut path = here.clone();
            path.push(module.ident.to_string());
            if let Some((_, items)) = &module.content {
                declare(items, &path, found);
            }
            found.insert(path);
        }
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether something exists in tests only.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}
