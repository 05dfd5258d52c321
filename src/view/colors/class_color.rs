//! A colour for each of 256 classes: digits, letters, the 49 syllables of Kuzushiji-49.

use std::f32::consts::PI;
use std::sync::LazyLock;

use super::{Color, PALETTE};

/// Returns the colour of a class: from the [`PALETTE`] for 0 to 9, generated beyond.
///
/// Hues advance by the golden angle in Oklab (Ottosson, "A perceptual color space for image processing", 2020). Lightness cycles
/// through five values and chroma through two, found by a search that maximised the minimum distance among the first 49
/// classes, 0.06. Lightness is between 0.50 and 0.74, which contrasts with both backgrounds.
pub fn class_color(class: u8) -> Color {
    GENERATED[usize::from(class)]
}

static GENERATED: LazyLock<[Color; 256]> = LazyLock::new(|| {
    std::array::from_fn(|class| {
        PALETTE.get(class).copied().unwrap_or_else(|| generate(class - PALETTE.len()))
    })
});

const LIGHTNESS: [f32; 5] = [0.50, 0.62, 0.74, 0.56, 0.68];
const CHROMA: [f32; 2] = [0.16, 0.08];
const FIRST_HUE: f32 = 2.0 / 3.0 * PI;

/// Generates the colour with an index after the palette.
fn generate(index: usize) -> Color {
    let golden_angle = PI * (3.0 - 5_f32.sqrt());
    let (sin, cos) = libm::sincosf(FIRST_HUE + golden_angle * index as f32);
    let lightness = LIGHTNESS[index % LIGHTNESS.len()];
    let mut chroma = CHROMA[index % CHROMA.len()];
    loop {
        let rgb = linear_rgb([lightness, chroma * cos, chroma * sin]);
        // Not every chroma is in the sRGB gamut; grey always is.
        if rgb.iter().all(|channel| (-1e-4..=1.0001).contains(channel)) {
            let [r, g, b] = rgb.map(encode);
            return Color::new(r, g, b);
        }
        chroma *= 0.97;
    }
}

/// Converts Oklab to linear sRGB, with the matrices of Ottosson 2020.
fn linear_rgb([lightness, a, b]: [f32; 3]) -> [f32; 3] {
    let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ]
}

/// Converts a channel from linear to sRGB.
fn encode(linear: f32) -> u8 {
    let encoded = if linear <= 0.003_130_8 {
        12.92 * linear
    } else {
        1.055 * f64::from(linear).powf(1.0 / 2.4) as f32 - 0.055
    };
    (255.0 * encoded + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::super::measure::{VISIONS, contrast, min_distance};
    use super::*;
    use crate::view::colors::Theme;

    fn colors(classes: usize) -> Vec<Color> {
        (0..classes).map(|class| class_color(class as u8)).collect()
    }

    #[test]
    fn the_first_ten_colours_are_the_palette() {
        assert_eq!(colors(10), PALETTE);
    }

    #[test]
    fn every_colour_has_contrast_with_both_backgrounds() {
        for (class, color) in colors(256).into_iter().enumerate().skip(10) {
            assert!(contrast(color, Theme::LIGHT.plane) > 2.0, "class {class}: {color} on light");
            assert!(contrast(color, Theme::DARK.plane) > 2.5, "class {class}: {color} on dark");
        }
    }

    #[test]
    fn the_first_49_colours_differ_and_all_neighbours_too() {
        let normal = &VISIONS[0].1;
        assert!(min_distance(&colors(49), normal) > 0.055);
        for neighbours in colors(256).windows(4) {
            assert!(min_distance(neighbours, normal) > 0.085, "{neighbours:?}");
        }
        let mut all = colors(256).into_iter().map(Color::rgba).collect::<Vec<_>>();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 256, "no colour is repeated");
    }
}
