//! The round rates 1, 2, 5, 10, …: what an arrow key goes to from any rate.

/// The next round rate above (`up`) or below a positive one: `…, 0.001, 0.002, 0.005, 0.01, …`.
#[must_use]
pub fn next_nice(rate: f32, up: bool) -> f32 {
    let rate = f64::from(rate);
    let exponent = rate.log10().floor() as i32;
    let rungs =
        (exponent - 1..=exponent + 1).flat_map(|exponent| [1.0, 2.0, 5.0].map(|digit| (digit, exponent)));
    // Divided where that is exact: 0.002 is 2/1000 and not 2 times the nearest number to 0.001.
    let value = |(digit, exponent): (f64, i32)| {
        let power = 10_f64.powi(exponent.abs());
        if exponent < 0 { digit / power } else { digit * power }
    };
    // What is within rounding of a rung stands on it.
    let mut rungs = rungs.map(value);
    let next = if up {
        rungs.find(|rung| *rung > rate * (1.0 + 1e-6))
    } else {
        rungs.rev().find(|rung| *rung < rate * (1.0 - 1e-6))
    };
    next.unwrap_or(rate) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ladder_goes_up_and_down_by_round_numbers() {
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
    fn from_between_two_rungs_it_goes_to_either() {
        assert_eq!((next_nice(0.003, true), next_nice(0.003, false)), (0.005, 0.002));
        assert_eq!((next_nice(999.0, true), next_nice(1.01, false)), (1000.0, 1.0));
    }
}
