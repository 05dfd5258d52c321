//! The colors of marks on the plane: a colour, and an outline that stands out from the ground where the colour does not.

use super::{Color, Theme, class_color};

/// The contrast that a mark needs with its ground (WCAG 2, 1.4.11).
const CONTRAST: f32 = 3.0;

/// The steps of the scale of errors.
const STEPS: usize = 32;

/// The colour of a mark, and that of its outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkerColor {
    /// The colour.
    pub fill: Color,
    /// The same colour, or as much nearer to the page's ink as it needs to stand out.
    pub outline: Color,
}

/// All colors of a theme, worked out once.
#[derive(Clone, Debug)]
pub struct MarkerColors {
    theme: Theme,
    classes: Vec<MarkerColor>,
    scale: Vec<MarkerColor>,
    unknown: MarkerColor,
}

impl MarkerColors {
    /// The colors on the plane of a theme.
    pub fn new(theme: &Theme) -> Self {
        let marker = |fill| MarkerColor { fill, outline: outline(fill, theme) };
        Self {
            theme: *theme,
            classes: (0..=u8::MAX).map(|class| marker(class_color(class))).collect(),
            scale: (0..STEPS)
                .map(|step| marker(theme.sequential(step as f32 / (STEPS - 1) as f32)))
                .collect(),
            unknown: marker(theme.muted),
        }
    }

    /// The theme that they are for.
    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    /// The ink of a class.
    pub fn class(&self, class: u8) -> MarkerColor {
        self.classes[usize::from(class)]
    }

    /// The ink of a part from 0 (little) to 1 (much), clamped.
    pub fn scaled(&self, part: f32) -> MarkerColor {
        self.scale[(part.clamp(0.0, 1.0) * (STEPS - 1) as f32 + 0.5) as usize]
    }

    /// The ink of what is not known.
    pub fn unknown(&self) -> MarkerColor {
        self.unknown
    }
}

impl Theme {
    /// The scale from 0 (little) to 1 (much), clamped: it begins near the ground, and lightness runs one way.
    pub fn sequential(&self, part: f32) -> Color {
        let [low, middle, high] = if luminance(self.plane) > 0.5 {
            [Color::hex(0xf7_d488), Color::hex(0xd9_5f3b), Color::hex(0x4a_0f4f)]
        } else {
            [Color::hex(0x4f_2a72), Color::hex(0xd8_5a4a), Color::hex(0xff_e69a)]
        };
        if part < 0.5 { low.mix(middle, 2.0 * part) } else { middle.mix(high, 2.0 * part - 1.0) }
    }
}

/// The colour, mixed with as much of the ink as it needs to stand out from the plane.
fn outline(color: Color, theme: &Theme) -> Color {
    let ground = luminance(theme.plane);
    let stands_out = |color: &Color| {
        let own = luminance(*color);
        (own.max(ground) + 0.05) / (own.min(ground) + 0.05) >= CONTRAST
    };
    let mixed = (0..=20).map(|step| color.mix(theme.ink, 0.05 * step as f32));
    mixed.into_iter().find(stands_out).unwrap_or(theme.ink)
}

/// The relative luminance of WCAG 2.
fn luminance(color: Color) -> f32 {
    let linear = |byte: u8| {
        let c = f32::from(byte) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)
}

#[cfg(test)]
mod tests {
    use super::super::measure::contrast;
    use super::*;

    #[test]
    fn every_mark_stands_out_by_its_outline_and_keeps_its_colour_within() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            let colors = MarkerColors::new(&theme);
            let classes = (0..=u8::MAX).map(|class| colors.class(class));
            let parts = (0..=20).map(|step| colors.scaled(step as f32 / 20.0));
            for ink in classes.chain(parts).chain([colors.unknown()]) {
                assert!(contrast(ink.outline, theme.plane) >= 2.99, "{} on {}", ink.outline, theme.plane);
            }
            assert_eq!(colors.class(7).fill, class_color(7));
        }
    }

    #[test]
    fn the_scale_leads_away_from_the_ground_without_a_step_back() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            let away = |step: u8| contrast(theme.sequential(f32::from(step) / 50.0), theme.plane);
            assert!(
                (0..50).all(|step| away(step + 1) > away(step)),
                "{:?}",
                (0..=50).map(away).collect::<Vec<_>>()
            );
        }
        assert_eq!(Theme::LIGHT.sequential(-1.0), Theme::LIGHT.sequential(0.0));
        assert_eq!(Theme::LIGHT.sequential(f32::NAN).r, Theme::LIGHT.sequential(0.5).r);
    }
}
