//! 1-2-5 steps of the learning rate, for the arrow keys.

use crate::train::decimal::power_of_ten;

/// Returns the next of `..., 0.001, 0.002, 0.005, 0.01, ...` above (`up`) or below a positive value.
pub fn next_nice(value: f32, up: bool) -> f32 {
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
    fn a_value_between_two_steps_goes_to_either() {
        assert_eq!((next_nice(0.003, true), next_nice(0.003, false)), (0.005, 0.002));
        assert_eq!((next_nice(999.0, true), next_nice(1.01, false)), (1000.0, 1.0));
    }
}
