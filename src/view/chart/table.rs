//! A run's errors for those who do not see the chart: as rows of a table, and step by step under the arrow keys.

use crate::view::plot::group_digits;
use crate::view::series::History;

/// The parts of a run that an arrow key moves by, without Shift and with it.
const PARTS: (u64, u64) = (60, 10);

/// Up to `most` rows of step, training error and test error, from the first step to the last at equal distances; errors are
/// means of squares per pixel, and empty where none was measured.
pub fn table_rows(history: &History, most: usize) -> Vec<[String; 3]> {
    let Some(last) = history.last_step() else { return Vec::new() };
    let wanted = (0..most as u64).map(|row| last * row / (most as u64 - 1).max(1));
    let mut rows: Vec<(u64, [String; 3])> = Vec::with_capacity(most);
    for step in wanted {
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

/// The step that a key leads to, by its name: arrows go back and on, `far` if Shift is held, Home and End to the ends. Without
/// a step to begin with (`at`), an arrow leads to the last one. Nothing for any other key.
pub fn step_by_key(last: u64, at: Option<u64>, key: &str, far: bool) -> Option<u64> {
    let way = (last / if far { PARTS.1 } else { PARTS.0 }).max(1);
    Some(match (key, at) {
        ("Home", _) => 0,
        ("End", _) | ("ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown", None) => last,
        ("ArrowLeft" | "ArrowDown", Some(at)) => at.min(last).saturating_sub(way),
        ("ArrowRight" | "ArrowUp", Some(at)) => (at + way).min(last),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dozen_rows_tell_the_run_from_its_first_step_to_its_last() {
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

    #[test]
    fn keys_lead_along_the_run_and_not_beyond() {
        let by = |at, key, far| step_by_key(600, at, key, far);
        assert_eq!(by(None, "ArrowLeft", false), Some(600));
        assert_eq!(by(Some(600), "ArrowLeft", false), Some(590));
        assert_eq!(by(Some(590), "ArrowLeft", true), Some(530));
        assert_eq!(
            (by(Some(3), "ArrowDown", false), by(Some(599), "ArrowRight", false)),
            (Some(0), Some(600))
        );
        assert_eq!((by(Some(3), "Home", false), by(None, "End", false)), (Some(0), Some(600)));
        assert_eq!(by(Some(3), "Enter", false), None);
        assert_eq!(step_by_key(0, None, "ArrowRight", false), Some(0), "a run that has not begun");
    }
}
