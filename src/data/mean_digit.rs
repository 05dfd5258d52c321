//! The mean digit: the best reconstruction by a network that knows nothing of the individual image.

use super::Dataset;

/// Computes the mean squared error per pixel of the mean image of `train`, both datasets of bytes, as the reconstruction of every image of `test`,
/// or `None` while either dataset is empty. It is the baseline of an autoencoder: 0.06747 on MNIST.
///
/// With `n` test images `x` and the mean `m`, per pixel `p`:
/// `E = 1 / (I n) sum_p (sum x_p^2 - 2 m_p sum x_p + n m_p^2)`.
/// The sums are updated as images arrive, so this takes no pass over them.
pub fn mean_digit_error(train: &Dataset, test: &Dataset) -> Option<f32> {
    let (train_count, test_count) = (train.len() as f64, test.len() as f64);
    let (train, test) = (train.pixel_sums()?, test.pixel_sums()?);
    let per_pixel = train.sums.iter().zip(&test.sums).map(|(&train_sum, &test_sum)| {
        let mean = train_sum as f64 / train_count;
        mean * (test_count * mean - 2.0 * test_sum as f64)
    });
    let total = test.squares as f64 + per_pixel.sum::<f64>();
    Some((total / (255.0 * 255.0 * test_count * test.sums.len() as f64)) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::PIXELS;
    use crate::data::synthetic;

    fn naive(train: &Dataset, test: &Dataset) -> f64 {
        let value = |dataset: &Dataset, i: usize, p: usize| f64::from(dataset.image(i)[p]) / 255.0;
        let mut error = 0.0;
        for p in 0..PIXELS {
            let mean = (0..train.len()).map(|i| value(train, i, p)).sum::<f64>() / train.len() as f64;
            error += (0..test.len()).map(|i| (value(test, i, p) - mean).powi(2)).sum::<f64>();
        }
        error / (test.len() * PIXELS) as f64
    }

    #[test]
    fn the_closed_form_agrees_with_the_definition() {
        let (train, test) = (synthetic::dataset(1, 0..90), synthetic::dataset(1, 90..130));
        let (error, expected) = (mean_digit_error(&train, &test).unwrap(), naive(&train, &test));
        assert!((f64::from(error) - expected).abs() < 1e-7, "{error} {expected}");
        assert!((0.02..0.2).contains(&error), "{error}");
    }

    #[test]
    fn an_empty_dataset_has_no_mean() {
        let (some, none) = (synthetic::dataset(1, 0..2), Dataset::default());
        for (train, test) in [(&some, &none), (&none, &some), (&none, &none)] {
            assert_eq!(mean_digit_error(train, test), None);
        }
    }

    #[test]
    fn one_image_is_its_own_mean() {
        let one = Dataset::from_bytes(PIXELS, vec![255; PIXELS], Vec::new());
        assert_eq!(mean_digit_error(&one, &one), Some(0.0));
        let black = Dataset::from_bytes(PIXELS, vec![0; PIXELS], Vec::new());
        assert_eq!(mean_digit_error(&black, &one), Some(1.0));
    }

    #[test]
    fn the_pixel_sums_do_not_depend_on_how_images_arrive() {
        let whole = synthetic::dataset(1, 0..30);
        let mut pushed = Dataset::with_expected_len(30);
        pushed.push_images(whole.images(10));
        pushed.push_images(&whole.images(30)[10 * PIXELS..]);
        assert_eq!(pushed.pixel_sums(), whole.pixel_sums());

        let mut head = whole.clone();
        let tail = head.split_off(21);
        assert_eq!(head.pixel_sums(), synthetic::dataset(1, 0..21).pixel_sums());
        assert_eq!(tail.pixel_sums(), synthetic::dataset(1, 21..30).pixel_sums());
    }
}
