//! Steps of numbers in fields, for the arrow keys.

use super::typed::{parse_decimal, parse_whole};

/// Returns the number above (`up`) or below the one in a field, by the field's step: a difference, or `nice` for steps of 1, 2
/// and 5. An empty field counts as zero. Returns nothing for other text.
pub fn stepped(text: &str, step: &str, up: bool) -> Option<String> {
    let text = if text.trim().is_empty() { "0" } else { text.trim() };
    if let Ok(step) = step.parse::<u64>() {
        let number = parse_whole(text)?;
        let next = if up { number.saturating_add(step) } else { number.saturating_sub(step) };
        return Some(next.to_string());
    }
    let number = parse_decimal(text)?;
    Some(match parse_decimal(step) {
        // Dividing is exact where adding is not.
        Some(step) => {
            let per_one = (1.0 / step).round();
            let steps = (number * per_one).round() + if up { 1.0 } else { -1.0 };
            (steps.max(0.0) / per_one).to_string()
        }
        None if number > 0.0 => next_nice(number, up).to_string(),
        None => number.to_string(),
    })
}

use crate::data::decimal::power_of_ten;

/// Returns the next of `..., 0.001, 0.002, 0.005, 0.01, ...` above (`up`) or below a positive value.
fn next_nice(value: f32, up: bool) -> f32 {
    let value = f64::from(value);
    let steps = (-46_i32..=38).flat_map(|exponent| [1.0, 2.0, 5.0].map(|digit| (digit, exponent)));
    // Dividing is exact where multiplying is not: 0.002 is 2/1000, not 2 times the float nearest to 0.001.
    let mut steps = steps.map(|(digit, exponent): (f64, _)| {
        let power = power_of_ten(exponent.unsigned_abs());
        if exponent < 0 { digit / power } else { digit * power }
    });
    // A value within rounding of a step counts as that step.
    let next = if up {
        steps.find(|step| *step > value * (1.0 + 1e-6))
    } else {
        steps.rev().find(|step| *step < value * (1.0 - 1e-6))
    };
    next.unwrap_or(value) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_up_and_down_by_1_2_5() {
        let (mut up, mut found) = (1e-5_f32, Vec::new());
        while up < 9.0 {
            up = next_nice(up, true);
            found.push(up.to_string());
        }
        assert_eq!(
            found.join(" "),
            "0.00002 0.00005 0.0001 0.0002 0.0005 0.001 0.002 0.005 0.01 0.02 0.05 0.1 0.2 0.5 1 2 5 10"
        );
        let mut down = up;
        for expected in found.iter().rev().skip(1) {
            down = next_nice(down, false);
            assert_eq!(&down.to_string(), expected);
        }
    }

    #[test]
    fn arrow_keys_step_by_the_fields_step() {
        let both = |text, step| [true, false].map(|up| stepped(text, step, up));
        let some = |[up, down]: [&str; 2]| [Some(up.to_owned()), Some(down.to_owned())];
        assert_eq!(both("50", "1"), some(["51", "49"]));
        assert_eq!(both("10,000", "1000"), some(["11000", "9000"]));
        assert_eq!(both("", "1"), some(["1", "0"]));
        assert_eq!(both("0.5", "0.05"), some(["0.55", "0.45"]));
        assert_eq!(both("0", "0.05"), some(["0.05", "0"]));
        assert_eq!(both("0,003", "nice"), some(["0.005", "0.002"]));
        assert_eq!(both("0", "nice"), some(["0", "0"]), "zero has no neighbour");
        assert_eq!(both("x", "nice"), [None, None]);
    }

    #[test]
    fn a_value_between_two_steps_goes_to_either() {
        assert_eq!((next_nice(0.003, true), next_nice(0.003, false)), (0.005, 0.002));
        assert_eq!((next_nice(999.0, true), next_nice(1.01, false)), (1000.0, 1.0));
    }
}
