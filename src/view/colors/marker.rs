//! Colours of the markers on the latent plane: a fill, and an outline that has contrast with the background.

use super::{Color, Theme, class_color};

/// The minimum contrast of a marker with the background (WCAG 2, 1.4.11).
const MIN_CONTRAST: f32 = 3.0;

/// The number of colours of the error scale.
const SCALE_COLORS: usize = 32;

/// The colours of a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkerColor {
    /// The colour inside.
    pub fill: Color,
    /// The same colour, mixed with as much ink as it needs for contrast.
    pub outline: Color,
}

/// The marker colours of a theme.
#[derive(Clone, Debug)]
pub struct MarkerColors {
    theme: Theme,
    classes: Vec<MarkerColor>,
    scale: Vec<MarkerColor>,
    unknown: MarkerColor,
}

impl MarkerColors {
    /// Computes the colours of a theme.
    pub fn new(theme: &Theme) -> Self {
        let marker = |fill| MarkerColor { fill, outline: theme.with_contrast(fill) };
        Self {
            theme: *theme,
            classes: (0..=u8::MAX).map(|class| marker(class_color(class))).collect(),
            scale: (0..SCALE_COLORS)
                .map(|step| marker(theme.sequential(step as f32 / (SCALE_COLORS - 1) as f32)))
                .collect(),
            unknown: marker(theme.muted),
        }
    }

    /// Returns the theme.
    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    /// Returns the colours of a class.
    pub fn class(&self, class: u8) -> MarkerColor {
        self.classes[usize::from(class)]
    }

    /// Returns the colours of a value on the sequential scale, clamped to [0, 1].
    pub fn scaled(&self, t: f32) -> MarkerColor {
        self.scale[(t.clamp(0.0, 1.0) * (SCALE_COLORS - 1) as f32 + 0.5) as usize]
    }

    /// Returns the colours of an unknown class or error.
    pub fn unknown(&self) -> MarkerColor {
        self.unknown
    }
}

impl Theme {
    /// Returns the colour of a value on the sequential scale, clamped to [0, 1]; 0 is closest to the background.
    pub fn sequential(&self, t: f32) -> Color {
        let [low, middle, high] = if luminance(self.plane) > 0.5 {
            [Color::hex(0xf7_d488), Color::hex(0xd9_5f3b), Color::hex(0x4a_0f4f)]
        } else {
            [Color::hex(0x4f_2a72), Color::hex(0xd8_5a4a), Color::hex(0xff_e69a)]
        };
        if t < 0.5 { low.mix(middle, 2.0 * t) } else { middle.mix(high, 2.0 * t - 1.0) }
    }

    /// Mixes a colour with as much ink as it needs for contrast with the background.
    pub fn with_contrast(&self, color: Color) -> Color {
        let background = luminance(self.plane);
        let has_contrast = |color: &Color| {
            let foreground = luminance(*color);
            (foreground.max(background) + 0.05) / (foreground.min(background) + 0.05) >= MIN_CONTRAST
        };
        let mut mixed = (0..=20).map(|step| color.mix(self.ink, 0.05 * step as f32));
        mixed.find(has_contrast).unwrap_or(self.ink)
    }
}

/// Returns the relative luminance of WCAG 2.
fn luminance(color: Color) -> f32 {
    let linear = |byte: u8| {
        let c = f32::from(byte) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { f64::from((c + 0.055) / 1.055).powf(2.4) as f32 }
    };
    0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)
}

#[cfg(test)]
mod tests {
    use super::super::measure::contrast;
    use super::*;

    #[test]
    fn every_outline_has_contrast_and_every_fill_its_colour() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            let colors = MarkerColors::new(&theme);
            let classes = (0..=u8::MAX).map(|class| colors.class(class));
            let values = (0..=20).map(|step| colors.scaled(step as f32 / 20.0));
            for marker in classes.chain(values).chain([colors.unknown()]) {
                assert!(
                    contrast(marker.outline, theme.plane) >= 2.99,
                    "{} on {}",
                    marker.outline,
                    theme.plane
                );
            }
            assert_eq!(colors.class(7).fill, class_color(7));
        }
    }

    #[test]
    fn the_sequential_scale_is_monotonic() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            let contrast_of = |step: u8| contrast(theme.sequential(f32::from(step) / 50.0), theme.plane);
            assert!(
                (0..50).all(|step| contrast_of(step + 1) > contrast_of(step)),
                "{:?}",
                (0..=50).map(contrast_of).collect::<Vec<_>>()
            );
        }
        assert_eq!(Theme::LIGHT.sequential(-1.0), Theme::LIGHT.sequential(0.0));
        assert_eq!(Theme::LIGHT.sequential(f32::NAN).r, Theme::LIGHT.sequential(0.5).r);
    }
}
