//! The loss chart for screen readers: a table.

use crate::view::plot::group_digits;
use crate::view::series::History;

/// Returns up to `max_rows` rows of step, training error and test error, evenly spaced over the run. Errors are mean squared
/// errors per pixel, and empty where none was recorded.
pub fn table_rows(history: &History, max_rows: usize) -> Vec<[String; 3]> {
    let Some(last) = history.last_step() else { return Vec::new() };
    let steps = (0..max_rows as u64).map(|row| last * row / (max_rows as u64 - 1).max(1));
    let mut rows: Vec<(u64, [String; 3])> = Vec::with_capacity(max_rows);
    for step in steps {
        let (train, test) = (history.train.nearest(step), history.test.nearest(step));
        let Some((at, _)) = train.or(test) else { continue };
        if rows.last().is_none_or(|(before, _)| at > *before) {
            let text =
                |point: Option<(u64, f32)>| point.map_or(String::new(), |(_, value)| format!("{value:.4}"));
            rows.push((at, [group_digits(at), text(train), text(test)]));
        }
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_spaced_over_the_whole_run() {
        let mut history = History::new(64);
        assert!(table_rows(&history, 12).is_empty());
        history.train.push(3, 0.2);
        assert_eq!(table_rows(&history, 12), [["3", "0.2000", ""].map(str::to_owned)]);
        (10..=1_200).step_by(10).for_each(|step| history.train.push(step, 1.0 / step as f32));
        history.test.push(600, 0.05);
        let rows = table_rows(&history, 12);
        assert_eq!(rows.len(), 12);
        assert!(rows[11][0].starts_with("1,1") || rows[11][0] == "1,200", "{:?}", rows[11]);
        assert!(
            rows.iter().all(|[step, train, test]| !step.is_empty() && !train.is_empty() && test == "0.0500")
        );
    }
}
