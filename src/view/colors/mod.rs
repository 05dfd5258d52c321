//! Colours: the theme of the page, the palette of the classes, and colour maps.

mod class_color;
mod marker;

use std::fmt;

pub use class_color::class_color;
pub use marker::{MarkerColor, MarkerColors};

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
}

impl Color {
    /// Creates a colour from its channels.
    pub const fn new(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b }
    }

    /// Creates a colour from `0xrrggbb`.
    pub const fn hex(rgb: u32) -> Self {
        Self::new((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
    }

    /// Returns red, green, blue, and an opaque alpha.
    pub const fn rgba(self) -> [u8; 4] {
        [self.r, self.g, self.b, 255]
    }

    /// Interpolates to `other` in sRGB; `t` is clamped to [0, 1], and NaN is 0.
    pub fn mix(self, other: Self, t: f32) -> Self {
        let t = if t > 0.0 { t.min(1.0) } else { 0.0 };
        let mix = |a: u8, b: u8| (f32::from(a) + t * (f32::from(b) - f32::from(a)) + 0.5) as u8;
        Self::new(mix(self.r, other.r), mix(self.g, other.g), mix(self.b, other.b))
    }
}

/// The CSS notation `#rrggbb`.
impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.r, self.g, self.b)
    }
}

/// The colours of the page, under the names of the style sheet's custom properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// The background of the page.
    pub paper: Color,
    /// The background of the latent plane, and of digits.
    pub plane: Color,
    /// Text, and the strokes of digits.
    pub ink: Color,
    /// Secondary text, and the training loss.
    pub muted: Color,
    /// Hairlines and grid lines.
    pub line: Color,
    /// Highlights, and the test loss.
    pub accent: Color,
}

impl Theme {
    /// Dark on light.
    pub const LIGHT: Self = Self {
        paper: Color::hex(0xfb_faf7),
        plane: Color::hex(0xff_ffff),
        ink: Color::hex(0x1d_1c1a),
        muted: Color::hex(0x67_645d),
        line: Color::hex(0xe0_ddd5),
        accent: Color::hex(0x2b_62d9),
    };

    /// Light on dark.
    pub const DARK: Self = Self {
        paper: Color::hex(0x13_1417),
        plane: Color::hex(0x19_1b1f),
        ink: Color::hex(0xec_ebe6),
        muted: Color::hex(0x9b_9a94),
        line: Color::hex(0x2e_3036),
        accent: Color::hex(0x86_abff),
    };

    /// Returns the theme with stronger lines and texts.
    pub fn with_more_contrast(self) -> Self {
        Self { muted: self.ink, line: self.muted, ..self }
    }

    /// Returns the colour map of digits.
    pub fn greys(&self) -> GreyMap {
        GreyMap::new(self.plane, self.ink)
    }

    /// Returns the diverging colour map of signed values: blue below zero, orange above.
    pub fn diverging(&self) -> DivergingMap {
        DivergingMap { negative: PALETTE[0], zero: self.plane, positive: PALETTE[7] }
    }
}

/// The colours of the digits 0 to 9, in both themes.
///
/// Simulated annealing maximised the minimum distance between any two of them in Oklab (Ottosson, "A perceptual color space
/// for image processing", 2020), for normal vision, protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes,
/// "A physiologically-based model for simulation of color vision deficiency", 2009), with bounds on chroma and on the contrast
/// with both backgrounds. The minimum is 0.115, that of Petroff, "Accessible color sequences for data visualization" (2021),
/// 0.061. Digits that are neighbours in MNIST's latent planes (4 7 9, 3 5 8) have colours far apart.
pub const PALETTE: [Color; 10] = [
    Color::hex(0x15_6ddf),
    Color::hex(0x03_6353),
    Color::hex(0xff_93a7),
    Color::hex(0xb0_1101),
    Color::hex(0x9e_419e),
    Color::hex(0x52_caf1),
    Color::hex(0x92_8eff),
    Color::hex(0xe9_5e00),
    Color::hex(0x91_7e80),
    Color::hex(0xbd_c402),
];

/// A sequential colour map of 256 levels from background to ink.
#[derive(Clone, Debug)]
pub struct GreyMap([Color; 256]);

impl GreyMap {
    /// Creates a map from `background` at level 0 to `ink` at level 255.
    pub fn new(background: Color, ink: Color) -> Self {
        Self(std::array::from_fn(|level| background.mix(ink, level as f32 / 255.0)))
    }

    /// Returns the colour of a level.
    pub fn color(&self, level: u8) -> Color {
        self.0[usize::from(level)]
    }
}

/// A diverging colour map for signed values.
#[derive(Clone, Copy, Debug)]
pub struct DivergingMap {
    /// The colour of -1.
    pub negative: Color,
    /// The colour of 0.
    pub zero: Color,
    /// The colour of 1.
    pub positive: Color,
}

impl DivergingMap {
    /// Returns the colour of `value`, clamped to [-1, 1]; NaN has the colour of zero.
    pub fn color(&self, value: f32) -> Color {
        let end = if value < 0.0 { self.negative } else { self.positive };
        self.zero.mix(end, value.abs())
    }
}

/// Colour distances and contrasts, for tests.
#[cfg(test)]
pub(crate) mod measure {
    use super::Color;

    pub(crate) type Rgb = [f32; 3];
    pub(crate) type Matrix = [Rgb; 3];

    /// Machado et al. 2009, severity 1.0, for linear RGB.
    pub(crate) const VISIONS: [(&str, Matrix); 4] = [
        ("normal", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "protanopia",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
        (
            "deuteranopia",
            [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
        ),
        (
            "tritanopia",
            [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        ),
    ];

    /// Ottosson 2020: linear sRGB to LMS, and the cube roots of LMS to Oklab.
    const LMS: Matrix = [
        [0.412_221_47, 0.536_332_54, 0.051_445_993],
        [0.211_903_5, 0.680_699_5, 0.107_396_96],
        [0.088_302_46, 0.281_718_84, 0.629_978_7],
    ];
    const OKLAB: Matrix = [
        [0.210_454_26, 0.793_617_8, -0.004_072_047],
        [1.977_998_5, -2.428_592_2, 0.450_593_7],
        [0.025_904_037, 0.782_771_77, -0.808_675_77],
    ];

    fn times(matrix: &Matrix, v: Rgb) -> Rgb {
        matrix.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
    }

    pub(crate) fn linear(color: Color) -> Rgb {
        [color.r, color.g, color.b].map(|byte| {
            let c = f32::from(byte) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        })
    }

    pub(crate) fn oklab(rgb: Rgb) -> Rgb {
        times(&OKLAB, times(&LMS, rgb).map(f32::cbrt))
    }

    pub(crate) fn min_distance(palette: &[Color], vision: &Matrix) -> f32 {
        let perceived: Vec<Rgb> = palette
            .iter()
            .map(|&color| oklab(times(vision, linear(color)).map(|c| c.clamp(0.0, 1.0))))
            .collect();
        let distance = |a: Rgb, b: Rgb| (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f32>().sqrt();
        let pairs = (0..perceived.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        pairs.map(|(i, j)| distance(perceived[i], perceived[j])).fold(f32::INFINITY, f32::min)
    }

    /// Returns the contrast ratio of WCAG 2.
    pub(crate) fn contrast(a: Color, b: Color) -> f32 {
        let luminance = |color| {
            let [r, g, b] = linear(color);
            0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
        };
        let (a, b): (f32, f32) = (luminance(a), luminance(b));
        a.max(b) / a.min(b)
    }
}

#[cfg(test)]
mod tests {
    use super::measure::{VISIONS, contrast, min_distance, oklab};
    use super::*;

    #[test]
    fn digit_colours_differ_under_colour_vision_deficiencies() {
        for (name, vision) in VISIONS {
            let distance = min_distance(&PALETTE, &vision);
            let minimum = if name == "normal" { 0.165 } else { 0.115 };
            assert!(distance > minimum, "{name}: {distance}");
        }
    }

    #[test]
    fn the_distance_detects_red_and_green_under_protanopia() {
        // Two of matplotlib's default colours.
        let pair = [Color::hex(0xff_7f0e), Color::hex(0x2c_a02c)];
        assert!(min_distance(&pair, &VISIONS[0].1) > 0.2);
        assert!(min_distance(&pair, &VISIONS[1].1) < 0.02);
    }

    #[test]
    fn white_is_white_in_oklab() {
        let [l, a, b] = oklab([1.0, 1.0, 1.0]);
        assert!((l - 1.0).abs() < 1e-3 && a.abs() < 1e-3 && b.abs() < 1e-3, "{l} {a} {b}");
    }

    #[test]
    fn colours_have_contrast_with_both_backgrounds() {
        for color in PALETTE {
            assert!(contrast(color, Theme::LIGHT.plane) > 1.85, "{color} on light");
            assert!(contrast(color, Theme::DARK.plane) > 2.3, "{color} on dark");
        }
        for theme in [Theme::LIGHT, Theme::DARK] {
            for background in [theme.paper, theme.plane] {
                // WCAG 2 AA, for text.
                for text in [theme.ink, theme.muted, theme.accent] {
                    assert!(contrast(text, background) >= 4.5, "{text} on {background}");
                }
            }
        }
    }

    #[test]
    fn the_style_sheet_has_the_same_colours() {
        let css = include_str!("../../../www/style.css");
        let (light, dark) = (Theme::LIGHT, Theme::DARK);
        for (name, a, b) in [
            ("paper", light.paper, dark.paper),
            ("plane", light.plane, dark.plane),
            ("ink", light.ink, dark.ink),
            ("muted", light.muted, dark.muted),
            ("line", light.line, dark.line),
            ("accent", light.accent, dark.accent),
        ] {
            // The dark theme is there twice: for a choice on the page, and for the system's.
            for (color, times) in [(a, 1), (b, 2)] {
                let declaration = format!("--{name}: {color};");
                assert_eq!(css.matches(&declaration).count(), times, "style.css: `{declaration}`");
            }
        }
        let key = format!("{}, var(--plane), {})", light.diverging().negative, light.diverging().positive);
        assert!(css.contains(&key), "style.css lacks the diverging colour map, `{key}`");
    }

    #[test]
    fn greys_are_monotonic() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            let map = theme.greys();
            assert_eq!((map.color(0), map.color(255)), (theme.plane, theme.ink));
            let contrast_of = |level| contrast(map.color(level), theme.plane);
            assert!((0..255).all(|level| contrast_of(level + 1) >= contrast_of(level)));
        }
    }

    #[test]
    fn the_diverging_map_is_clamped() {
        let map = Theme::LIGHT.diverging();
        let at = |value| map.color(value);
        assert_eq!([at(-1.0), at(0.0), at(1.0)], [map.negative, map.zero, map.positive]);
        assert_eq!([at(-9.0), at(f32::NAN), at(f32::INFINITY)], [map.negative, map.zero, map.positive]);
        for (_, vision) in VISIONS {
            assert!(min_distance(&[at(-0.5), at(0.5)], &vision) > 0.1);
        }
    }

    #[test]
    fn a_colour_is_displayed_in_css_notation() {
        assert_eq!(Color::new(3, 99, 255).to_string(), "#0363ff");
        assert_eq!(Color::hex(0x0363ff), Color::new(3, 99, 255));
    }
}
