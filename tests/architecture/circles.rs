//! Import circles between files.
//!
//! A file points to the file in which something that it uses is defined; imports and re-exports on the way there are
//! followed, so that a `mod.rs` that re-exports what lies below it points nowhere. What a module defines itself is the
//! common ground of the modules below it: that a file uses something of a module above it is no arrow. Two files that point
//! to each other, directly or through others, cannot be read or changed one without the other.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{Names, Sources};

/// The circles: sets of files of which each leads to each other.
pub fn circles(sources: &Sources) -> Vec<BTreeSet<String>> {
    let arrows = arrows(sources);
    let reached: BTreeMap<&Names, BTreeSet<&Names>> =
        arrows.keys().map(|&from| (from, reach(&arrows, from))).collect();
    let mut found = BTreeSet::new();
    for (from, reached_from) in &reached {
        let circle = reached_from.iter().filter(|to| reached[*to].contains(from));
        let circle: BTreeSet<String> = circle.map(|to| sources.file(to)).collect();
        if !circle.is_empty() {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

/// From each module to those that it uses.
fn arrows(sources: &Sources) -> BTreeMap<&Names, BTreeSet<&Names>> {
    let arrows = sources.iter().map(|(from, module)| {
        let targets = module.used.iter().map(|path| sources.home(path));
        (from, targets.filter(|to| !from.starts_with(to)).collect())
    });
    arrows.collect()
}

/// Every module to which a way leads; itself only if it is one of a circle.
fn reach<'a>(arrows: &BTreeMap<&'a Names, BTreeSet<&'a Names>>, from: &'a Names) -> BTreeSet<&'a Names> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(next) = open.pop() {
        for &to in &arrows[next] {
            if seen.insert(to) {
                open.push(to);
            }
        }
    }
    seen
}
