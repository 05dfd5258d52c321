//! One dataset from what the files hold: images with their labels, split into training and test images.

use super::error::ImportError;
use super::found::{Found, ImageSet, LabelSet};
use super::hold_out::hold_out;
use super::path::{self, Split, natural_order, sorted_indices};
use super::report::Report;
use super::{Adjustment, Imported, MIN_TO_HOLD_OUT};
use crate::data::crc::Crc32;
use crate::data::decimal;
use crate::data::formats::array::names_labels;
use crate::data::formats::foreign::{describe, is_junk};
use crate::data::formats::labels::Labels;
use crate::data::formats::picture::has_light_corners;
use crate::data::formats::problem::FileProblem;
use crate::data::{Dataset, PIXELS, SIDE};

/// The class of a picture that lies in no folder where others do, or that a table of labels does not name.
const UNLABELED: &str = "unlabeled";

pub(super) fn assemble(mut found: Found) -> Result<Imported, ImportError> {
    let has_pictures = found.pictures.iter().any(|(_, images)| images.is_some());
    let are_pictures =
        found.pictures.iter().all(|(_, images)| images.as_ref().is_none_or(|i| i.len() == PIXELS));
    let paths = found.pictures.iter().map(|(path, _)| path).chain(&found.damaged);
    let root = path::common_folder_len(paths.map(String::as_str));
    let mut ignored = found.foreign.len();
    if has_pictures {
        let count = found.images.len();
        found.images.retain(|set| !set.is_table);
        ignored += count - found.images.len();
    }
    let mut image_paths =
        found.images.iter().map(|set| &set.path).chain(found.pictures.iter().map(|(path, _)| path));
    let transpose = image_paths.any(|path| path.to_ascii_lowercase().contains("emnist"));
    let sets = match (has_pictures, found.images.is_empty()) {
        (true, false) => return Err(ImportError::PicturesAndImages),
        (true, true) => picture_sets(&mut found, root, &mut ignored),
        (false, false) => paired_sets(&mut found, &mut ignored)?,
        (false, true) => return Err(nothing_found(found)),
    };
    let (train, test) = split(sets, &mut ignored)?;

    let (labels, class_names) =
        classes([&train, &test].map(|set| set.as_ref().and_then(|set| set.labels.as_ref())));
    let [train_labels, test_labels] = labels;
    let mut train_images = train.map(|set| set.images).unwrap_or_default();
    let mut test_images = test.map(|set| set.images);
    let all = train_images
        .chunks_exact(PIXELS)
        .chain(test_images.iter().flat_map(|images| images.chunks_exact(PIXELS)));
    let (light, count) = all.fold((0, 0), |(light, count), image| {
        (light + usize::from(has_light_corners(image, SIDE)), count + 1)
    });
    let adjustment = Adjustment { invert: 2 * light > count, transpose };
    adjustment.apply(&mut train_images);
    if let Some(images) = &mut test_images {
        adjustment.apply(images);
    }

    let mut digest = Crc32::new();
    digest.update(&train_images);
    digest.update(&train_labels);
    digest.update(test_images.as_deref().unwrap_or_default());
    digest.update(&test_labels);
    let mut occurs = [false; Labels::MAX_CLASSES];
    train_labels.iter().chain(&test_labels).for_each(|&label| occurs[usize::from(label)] = true);
    let classes = occurs.iter().filter(|occurs| **occurs).count();
    let is_held_out = test_images.is_some() || count >= MIN_TO_HOLD_OUT;
    let (train, test) = match test_images {
        Some(test) => (
            Dataset::from_bytes(PIXELS, train_images, train_labels),
            Dataset::from_bytes(PIXELS, test, test_labels),
        ),
        None if !is_held_out => {
            let all = Dataset::from_bytes(PIXELS, train_images, train_labels);
            (all.clone(), all)
        }
        None => held_out(train_images, &train_labels),
    };
    let mut notes = found.notes;
    if adjustment.transpose {
        notes.push("Rows and columns are exchanged, as EMNIST needs it.".to_owned());
    }
    let report = Report {
        count,
        is_held_out,
        are_pictures: has_pictures && are_pictures,
        classes,
        damaged: names_below(root, found.damaged),
        ignored,
        notes,
    };
    Ok(Imported { train, test, class_names, digest: digest.value(), adjustment, report })
}

/// Says why there are no images.
fn nothing_found(found: Found) -> ImportError {
    if found.labels.iter().any(|set| set.columns < 2) || !found.one_hot.is_empty() {
        return ImportError::NoImages;
    }
    if let Some(LabelSet { path, columns, .. }) = found.labels.first() {
        let description = format!(
            "has {columns} columns, but a row is an image if their number is a square, such as 784, or one more for the label"
        );
        return ImportError::Foreign { name: path::shown(path::file_name(path)), description };
    }
    // What an operating system has added says least.
    let foreign = found.foreign.iter().find(|(path, _)| !is_junk(path)).or(found.foreign.first());
    let (path, description) = match (found.damaged.first(), foreign) {
        (Some(path), _) => (path, describe(path::file_name(path), b"damaged")),
        (None, Some((path, description))) => (path, description.clone()),
        (None, None) => return ImportError::NoFiles,
    };
    ImportError::Foreign { name: path::shown(path::file_name(path)), description }
}

/// Returns whether two files have the same name: one may lie there packed and unpacked.
fn is_same_file(path: &str, other: &str) -> bool {
    let key = |path: &str| {
        let name = path::file_name(path).to_ascii_lowercase();
        name.replace(|char: char| !char.is_ascii_alphanumeric(), "")
    };
    key(path) == key(other)
}

/// Returns the files of images with their labels, which are found by split and count.
fn paired_sets(found: &mut Found, ignored: &mut usize) -> Result<Vec<ImageSet>, ImportError> {
    let mut sets: Vec<ImageSet> = Vec::new();
    for set in std::mem::take(&mut found.images) {
        let is_same = |other: &ImageSet| is_same_file(&other.path, &set.path) && other.images == set.images;
        if sets.iter().any(is_same) { *ignored += 1 } else { sets.push(set) }
    }
    let mut labels: Vec<LabelSet> = Vec::new();
    for set in std::mem::take(&mut found.labels) {
        let is_same = |other: &LabelSet| is_same_file(&other.path, &set.path) && other.labels == set.labels;
        if labels.iter().any(is_same) { *ignored += 1 } else { labels.push(set) }
    }
    for by_split in [true, false] {
        for set in sets.iter_mut().filter(|set| set.labels.is_none()) {
            let count = set.images.len() / PIXELS;
            let fits = |labels: &LabelSet| {
                labels_for(labels, count).is_some() && (!by_split || labels.split == set.split)
            };
            if let Some(index) = labels.iter().position(fits) {
                set.labels = labels_for(&labels.remove(index), count);
            }
        }
    }
    for (_, one_hot) in &found.one_hot {
        match sets.iter_mut().find(|set| set.labels.is_none()) {
            Some(set) => set.labels = one_hot_labels(one_hot, set.images.len() / PIXELS),
            None => *ignored += 1,
        }
    }
    for left in labels {
        let unlabeled = sets.iter().find(|set| set.labels.is_none() && set.split == left.split);
        // A table with more columns is something else.
        if let (Some(set), true) = (unlabeled, left.columns < 2) {
            let (images, labels) = (set.images.len() / PIXELS, left.labels.len());
            return Err(FileProblem::LabelCount { images, labels }.of(&set.path));
        }
        if names_labels(path::file_name(&left.path)) && left.columns == 0 {
            return Err(ImportError::Unpaired { name: path::shown(&left.path) });
        }
        *ignored += 1;
    }
    Ok(sets)
}

/// Returns a file's labels if it has one for each of `count` images, perhaps below a header.
fn labels_for(set: &LabelSet, count: usize) -> Option<Labels> {
    match set.labels.len().checked_sub(count)? {
        0 => Some(set.labels.clone()),
        1 if set.columns > 0 => Some(set.labels.range(1..count + 1)),
        _ => None,
    }
}

/// Returns the labels of a file of one-hot rows, if there is one for each of `count` images.
fn one_hot_labels(bytes: &[u8], count: usize) -> Option<Labels> {
    let classes =
        bytes.len().checked_div(count).filter(|&classes| classes > 0 && classes * count == bytes.len())?;
    let label = |row: &[u8]| {
        let mut ones = row.iter().enumerate().filter(|(_, byte)| **byte == 1).map(|(index, _)| index);
        ones.next().filter(|_| ones.next().is_none())
    };
    let mut labels = Labels::default();
    for row in bytes.chunks_exact(classes) {
        labels.push(&label(row)?.to_string());
    }
    Some(labels)
}

/// Returns the pictures in natural order, as one set or split by their folders, with their classes.
fn picture_sets(found: &mut Found, root: usize, ignored: &mut usize) -> Vec<ImageSet> {
    let decoded: Vec<_> =
        found.pictures.iter().filter_map(|(path, images)| Some((&path[root..], images.as_ref()?))).collect();
    let order = sorted_indices(decoded.len(), &|a, b| natural_order(decoded[a].0, decoded[b].0));
    // The path of each image; a sprite sheet has several.
    let mut paths: Vec<&str> = Vec::new();
    let mut images: Vec<&[u8]> = Vec::new();
    for (path, all) in order.into_iter().map(|index| decoded[index]) {
        images.extend(all.chunks_exact(PIXELS));
        paths.resize(images.len(), path);
    }

    let mut labels = None;
    for set in &found.labels {
        labels = labels.or_else(|| labels_by_name(set, &paths)).or_else(|| labels_for(set, paths.len()));
    }
    for (_, one_hot) in &found.one_hot {
        labels = labels.or_else(|| one_hot_labels(one_hot, paths.len()));
    }
    *ignored += found.labels.len() + found.one_hot.len() - usize::from(labels.is_some());

    let folders: Vec<&str> =
        paths.iter().map(|path| path.rsplit_once('/').map_or("", |(folders, _)| folders)).collect();
    let mut splits: Vec<Option<Split>> =
        folders.iter().map(|folders| folders.split('/').find_map(path::split)).collect();
    let is_split =
        splits.contains(&Some(Split::Train)) && splits.iter().flatten().any(|split| *split != Split::Train);
    if !is_split {
        splits.fill(None);
    }
    let labels = labels.or_else(|| {
        let mut classes = Labels::default();
        for folders in &folders {
            let is_split_folder = |folder: &str| is_split && path::split(folder).is_some();
            let is_class = |folder: &&str| !folder.is_empty() && !is_split_folder(folder);
            classes.push(folders.rsplit('/').find(is_class).unwrap_or(UNLABELED));
        }
        (classes.names.len() > 1).then_some(classes)
    });

    let mut sets: Vec<ImageSet> = Vec::new();
    for (index, (image, split)) in images.into_iter().zip(splits).enumerate() {
        let split = is_split.then_some(split.unwrap_or(Split::Train));
        let position = sets.iter().position(|set| set.split == split).unwrap_or_else(|| {
            let labels = labels.as_ref().map(|labels| labels.range(0..0));
            sets.push(ImageSet { path: String::new(), split, images: Vec::new(), labels, is_table: false });
            sets.len() - 1
        });
        let set = &mut sets[position];
        set.images.extend_from_slice(image);
        if let (Some(own), Some(all)) = (&mut set.labels, &labels) {
            own.ids.push(all.ids[index]);
        }
    }
    sets
}

/// Returns the labels of pictures from a table that names most of them, with or without their folders and extensions.
fn labels_by_name(set: &LabelSet, paths: &[&str]) -> Option<Labels> {
    if set.columns < 2 {
        return None;
    }
    let rows = sorted_indices(set.names.len(), &|a, b| set.names[a].cmp(&set.names[b]));
    let (mut labels, mut named) = (Labels::default(), 0);
    for path in paths {
        let name = path::file_name(path);
        let keys = [path, name, path::stem(name)];
        let row =
            keys.iter().find_map(|key| rows.binary_search_by(|&row| set.names[row].as_str().cmp(key)).ok());
        named += usize::from(row.is_some());
        labels.push(row.map_or(UNLABELED, |row| set.labels.name(rows[row])));
    }
    (2 * named > paths.len()).then_some(labels)
}

/// Returns the training and the test images, if the files say which is which.
fn split(
    sets: Vec<ImageSet>,
    ignored: &mut usize,
) -> Result<(Option<ImageSet>, Option<ImageSet>), ImportError> {
    let (mut train, mut test, mut validation): (Option<ImageSet>, Option<ImageSet>, Option<ImageSet>) =
        (None, None, None);
    for set in sets {
        let slot = match set.split {
            Some(Split::Test) => &mut test,
            Some(Split::Validation) => &mut validation,
            Some(Split::Train) | None => &mut train,
        };
        if let Some(first) = slot {
            let [first, second] = [&first.path, &set.path].map(|path| path::shown(path::file_name(path)));
            return Err(ImportError::TwoOfAKind { first, second });
        }
        *slot = Some(set);
    }
    match (test.is_some(), validation) {
        (true, Some(_)) => *ignored += 1,
        (false, validation) => test = validation,
        _ => {}
    }
    // Test images alone are a dataset of their own.
    Ok(if train.is_none() { (test, None) } else { (train, test) })
}

/// Returns labels as bytes, and the names of the classes unless they are such numbers.
fn classes(sets: [Option<&Labels>; 2]) -> ([Vec<u8>; 2], Vec<String>) {
    let mut all: Vec<&str> = Vec::new();
    for Labels { ids, names, .. } in sets.into_iter().flatten() {
        let occurs = |id: usize| ids.iter().any(|&other| usize::from(other) == id);
        all.extend((0..names.len()).filter(|&id| occurs(id)).map(|id| names[id].as_str()));
    }
    let order = sorted_indices(all.len(), &|a, b| natural_order(all[a], all[b]));
    let mut names: Vec<&str> = order.into_iter().map(|index| all[index]).collect();
    names.dedup();
    if names.len() > Labels::MAX_CLASSES {
        return Default::default();
    }
    let number =
        |name: &str| decimal::parse_double(name).filter(|n| n.fract() == 0.0 && (0.0..256.0).contains(n));
    let numbers: Option<Vec<u8>> = names.iter().map(|name| number(name).map(|number| number as u8)).collect();
    let labels = sets.map(|set| {
        let Some(Labels { ids, names: own, .. }) = set else { return Vec::new() };
        let label = |name: &String| {
            let index = names.iter().position(|known| known == name).unwrap_or_default();
            numbers.as_ref().map_or(index as u8, |numbers| numbers.get(index).copied().unwrap_or_default())
        };
        let by_id: Vec<u8> = own.iter().map(label).collect();
        ids.iter().map(|&id| by_id[usize::from(id)]).collect()
    });
    let names = if numbers.is_some() { Vec::new() } else { names.into_iter().map(str::to_owned).collect() };
    (labels, names)
}

/// Splits images into those to train on, which stay where they are in memory, and those that are held out.
fn held_out(mut images: Vec<u8>, labels: &[u8]) -> (Dataset, Dataset) {
    let is_test = hold_out(images.len() / PIXELS, labels);
    let mut test = Vec::with_capacity(is_test.iter().filter(|is_test| **is_test).count() * PIXELS);
    let mut end = 0;
    for (start, is_test) in (0..).step_by(PIXELS).zip(&is_test) {
        if *is_test {
            test.extend_from_slice(&images[start..start + PIXELS]);
        } else {
            images.copy_within(start..start + PIXELS, end);
            end += PIXELS;
        }
    }
    images.truncate(end);
    let labels_of = |wanted: bool| {
        let labels = labels.iter().zip(&is_test).filter(|(_, is_test)| **is_test == wanted);
        labels.map(|(&label, _)| label).collect()
    };
    let train = Dataset::from_bytes(PIXELS, images, labels_of(false));
    (train, Dataset::from_bytes(PIXELS, test, labels_of(true)))
}

/// Returns the paths of damaged pictures below the folder of all, in the order of the files' own names.
fn names_below(root: usize, mut damaged: Vec<String>) -> Vec<String> {
    damaged.iter_mut().for_each(|path| *path = path::shown(&path[root..]));
    let by_name = |a: &str, b: &str| {
        natural_order(path::file_name(a), path::file_name(b)).then_with(|| natural_order(a, b))
    };
    let order = sorted_indices(damaged.len(), &|a, b| by_name(&damaged[a], &damaged[b]));
    order.into_iter().map(|index| damaged[index].clone()).collect()
}
