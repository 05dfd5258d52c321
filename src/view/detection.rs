//! A detector by a threshold: which of two sets of scores lie above it, and how well any threshold could tell them apart.

/// Returns the area under the ROC curve: the probability that a positive has a higher score than a negative, where equal scores
/// count one half (Mann and Whitney, 1947); `None` if one of the sets is empty.
pub fn auc(negatives: &[f32], positives: &[f32]) -> Option<f64> {
    if negatives.is_empty() || positives.is_empty() {
        return None;
    }
    let mut sorted = negatives.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let wins = |score: f32| {
        let below = sorted.partition_point(|&negative| negative < score);
        let up_to = sorted.partition_point(|&negative| negative <= score);
        0.5 * (below + up_to) as f64
    };
    let sum: f64 = positives.iter().map(|&score| wins(score)).sum();
    Some(sum / (negatives.len() * positives.len()) as f64)
}

/// Returns the share of scores above a threshold, in [0, 1].
pub fn share_above(scores: &[f32], threshold: f32) -> f32 {
    scores.iter().filter(|&&score| score > threshold).count() as f32 / scores.len().max(1) as f32
}

/// Returns the score that `share` of the scores are below.
pub fn quantile(scores: &[f32], share: f32) -> Option<f32> {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    sorted.get(((share * sorted.len() as f32) as usize).min(sorted.len().saturating_sub(1))).copied()
}

/// Counts scores in `bins` of equal width from 0 to `end`, as shares of all; those above `end` are in the last.
pub fn histogram(scores: &[f32], end: f32, bins: usize) -> Vec<f32> {
    let mut counts = vec![0.0; bins];
    for score in scores.iter().filter(|score| score.is_finite()) {
        let bin = (score / end * bins as f32) as usize;
        counts[bin.min(bins - 1)] += 1.0 / scores.len() as f32;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_the_share_of_pairs_in_the_right_order() {
        let naive = |negatives: &[f32], positives: &[f32]| {
            let pairs = negatives.iter().flat_map(|n| positives.iter().map(move |p| (n, p)));
            let wins: f64 =
                pairs.map(|(n, p)| if p > n { 1.0 } else { f64::from(u8::from(p == n)) / 2.0 }).sum();
            wins / (negatives.len() * positives.len()) as f64
        };
        let scores = |seed: u32, count: u32| -> Vec<f32> {
            (0..count).map(|i| ((i * i * 7 + seed * 13) % 41) as f32 / 41.0).collect()
        };
        for (seed, positives) in [(1, 5), (2, 30), (3, 1)] {
            let (negatives, positives) = (scores(seed, 57), scores(seed + 9, positives));
            assert!((auc(&negatives, &positives).unwrap() - naive(&negatives, &positives)).abs() < 1e-12);
        }
        assert_eq!(auc(&[0.1, 0.2], &[0.3]), Some(1.0));
        assert_eq!(auc(&[0.5], &[0.5]), Some(0.5));
        assert_eq!((auc(&[], &[1.0]), auc(&[1.0], &[])), (None, None));
    }

    #[test]
    fn the_area_agrees_with_scikit_learn() {
        let table = include_str!("../../tests/reference/roc.csv");
        let mut rows = table.lines().filter(|line| !line.starts_with('#'));
        let mut cases = 0;
        while let (Some(expected), Some(negatives), Some(positives)) = (rows.next(), rows.next(), rows.next())
        {
            let numbers = |line: &str| -> Vec<f32> { line.split(',').map(|x| x.parse().unwrap()).collect() };
            let found = auc(&numbers(negatives), &numbers(positives)).unwrap();
            let expected: f64 = expected.parse().unwrap();
            assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
            cases += 1;
        }
        assert_eq!(cases, 4);
    }

    #[test]
    fn thresholds_quantiles_and_histograms_count_scores() {
        let scores = [0.1, 0.2, 0.3, 0.4];
        assert_eq!(
            [share_above(&scores, 0.25), share_above(&scores, 0.4), share_above(&[], 0.0)],
            [0.5, 0.0, 0.0]
        );
        assert_eq!(
            [quantile(&scores, 0.5), quantile(&scores, 1.0), quantile(&[], 0.5)],
            [Some(0.3), Some(0.4), None]
        );
        assert_eq!(histogram(&[0.05, 0.15, 0.16, 9.0], 0.4, 4), [0.25, 0.5, 0.0, 0.25]);
    }
}
