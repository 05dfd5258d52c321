//! Which images are held out for the test, if the files do not say.

use super::path::sorted_indices;

/// The share that is held out, as in MNIST.
const SHARE: usize = 7;

/// The most test images.
const MAX_TEST_IMAGES: usize = 10_000;

/// The seed, the same for everyone, so that test errors can be compared.
const SEED: u64 = 0x6f62_6a65_6374_2d37;

/// Returns for each image whether it is held out: a seventh, but at most [`MAX_TEST_IMAGES`], of each class in proportion.
///
/// Images are sorted by class, and shuffled within a class; evenly spaced ones of this order are held out.
pub(super) fn hold_out(count: usize, labels: &[u8]) -> Vec<bool> {
    let held_out = (count / SHARE).clamp(1, MAX_TEST_IMAGES);
    let key = |index: usize| (labels.get(index), hash(SEED ^ index as u64));
    let order = sorted_indices(count, &|a, b| key(a).cmp(&key(b)));
    let mut is_test = vec![false; count];
    for (position, index) in order.into_iter().enumerate() {
        is_test[index] = (position + 1) * held_out / count > position * held_out / count;
    }
    is_test
}

/// Mixes the bits of a number: `SplitMix64` of Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
fn hash(number: u64) -> u64 {
    let z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seventh_of_each_class_is_held_out_the_same_every_time() {
        // Sorted by class, with classes of different sizes.
        let labels: Vec<u8> = [(0, 70), (1, 700), (5, 35), (9, 140)]
            .into_iter()
            .flat_map(|(label, count)| vec![label; count])
            .collect();
        let is_test = hold_out(labels.len(), &labels);
        for (label, expected) in [(0, 10), (1, 100), (5, 5), (9, 20)] {
            let held_out =
                labels.iter().zip(&is_test).filter(|(l, is_test)| **l == label && **is_test).count();
            assert!(held_out.abs_diff(expected) <= 1, "class {label}: {held_out}");
        }
        assert_eq!(is_test.iter().filter(|is_test| **is_test).count(), labels.len() / 7);
        assert_eq!(is_test, hold_out(labels.len(), &labels));
        let gaps: Vec<_> = (0..700).filter(|&index| is_test[70 + index]).collect();
        assert!(gaps.windows(2).any(|pair| pair[1] - pair[0] != 7), "they are drawn at random");
    }

    #[test]
    fn as_many_are_held_out_as_in_mnist() {
        for (count, expected) in [(20, 2), (70, 10), (70_000, 10_000), (200_000, 10_000)] {
            assert_eq!(hold_out(count, &[]).into_iter().filter(|&is_test| is_test).count(), expected);
        }
    }
}
