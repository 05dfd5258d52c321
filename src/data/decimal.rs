//! A small parser of decimals.
//!
//! The standard library's parser rounds decimals of any length correctly. Its tables and code would be a twentieth of the
//! page's program, and nothing here needs them.

/// Parses a decimal: `0.001`, `.5`, `1e-3`, `-2`.
///
/// It computes in double precision, accurate to a few units in the last place, so that every `f32` that is
/// [displayed](std::fmt::Display) is parsed as the same `f32`.
pub(crate) fn parse(text: &str) -> Option<f32> {
    parse_double(text).map(|number| number as f32)
}

/// Parses a decimal in double precision.
pub(crate) fn parse_double(text: &str) -> Option<f64> {
    match text.strip_prefix('-') {
        Some(text) => parse_unsigned(text).map(|number| -number),
        None => parse_unsigned(text),
    }
}

/// Returns a tenth of a number as it is displayed: of 0.002 exactly 0.0002.
pub(crate) fn tenth(number: f32) -> f32 {
    parse(&format!("{number}e-1")).unwrap_or(number / 10.0)
}

fn parse_unsigned(text: &str) -> Option<f64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
        None => (text, 0_i32),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = whole.chars().chain(fraction.chars()).peekable();
    digits.peek()?;
    let number =
        digits.try_fold(0.0, |number, digit| Some(10.0 * number + f64::from(digit.to_digit(10)?)))?;
    let exponent = exponent.saturating_sub(fraction.len() as i32);
    let power = power_of_ten(exponent.unsigned_abs());
    Some(if exponent < 0 { number / power } else { number * power })
}

/// Computes `10ⁿ`, at most 1e308. `powi` is rounded differently from platform to platform.
pub(crate) fn power_of_ten(n: u32) -> f64 {
    (0..n.min(308)).fold(1.0, |power, _| 10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displayed_numbers_are_read_back() {
        for bits in (1..f32::INFINITY.to_bits()).step_by(40_009) {
            let number = f32::from_bits(bits);
            for text in [format!("{number}"), format!("{number:e}"), format!("{number:?}")] {
                assert_eq!(parse(&text), Some(number), "{text}");
            }
        }
    }

    #[test]
    fn all_notations_are_read() {
        for text in [
            "0",
            "1",
            "007",
            "1.",
            ".5",
            "0.5",
            "1e-3",
            "1E3",
            "1e+2",
            ".5e1",
            "-0.25",
            "0.1000000000000000055511151231257827",
        ] {
            assert_eq!(parse(text), text.parse().ok(), "{text}");
        }
        assert_eq!(parse("1e999999999"), Some(f32::INFINITY));
        assert_eq!([parse("1e-999999999"), parse("0e999")], [Some(0.0); 2]);
    }

    #[test]
    fn a_tenth_has_the_same_digits() {
        for (number, tenth_of_it) in
            [(0.002, 0.0002), (3e-3, 3e-4), (1.0, 0.1), (1000.0, 100.0), (2.5e-7, 2.5e-8)]
        {
            assert_eq!(tenth(number), tenth_of_it);
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "", ".", "e1", ".e1", "1e", "1e1.5", "--1", "-", "1.-5", "1,5", "1 5", "0x10", "nan", "inf",
            "1.2.3", "１",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
