//! Colours: those of the page, those of the ten digits, and the maps from numbers to colours.

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
    /// A colour from its three parts.
    pub const fn new(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b }
    }

    /// A colour from `0xrrggbb`.
    pub const fn hex(rgb: u32) -> Self {
        Self::new((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
    }

    /// Red, green, blue, and an opaque alpha.
    pub const fn rgba(self) -> [u8; 4] {
        [self.r, self.g, self.b, 255]
    }

    /// The colour a part `t` of the way to `other`, in sRGB; `t` is clamped to [0, 1], and
    /// 0 if it is NaN.
    pub fn mix(self, other: Self, t: f32) -> Self {
        let t = if t > 0.0 { t.min(1.0) } else { 0.0 };
        let part = |a: u8, b: u8| (f32::from(a) + t * (f32::from(b) - f32::from(a)) + 0.5) as u8;
        Self::new(part(self.r, other.r), part(self.g, other.g), part(self.b, other.b))
    }
}

/// As CSS writes it: `#rrggbb`.
impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.r, self.g, self.b)
    }
}

/// The colours of the page that are painted with; the style sheet has them under the same names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// The page.
    pub paper: Color,
    /// The ground of the latent plane, and of digits.
    pub plane: Color,
    /// Text, and the ink of digits.
    pub ink: Color,
    /// Text that stands back; the training loss.
    pub muted: Color,
    /// Hairlines and the lines of a chart's grid.
    pub line: Color,
    /// What matters most; the test loss.
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

    /// The greys of a digit.
    pub fn greys(&self) -> GreyMap {
        GreyMap::new(self.plane, self.ink)
    }

    /// The scale of signed weights: blue below zero, orange above, the ground between.
    pub fn diverging(&self) -> DivergingMap {
        DivergingMap { negative: PALETTE[0], zero: self.plane, positive: PALETTE[7] }
    }
}

/// The colours of the digits 0 to 9, on light and on dark.
///
/// Found by simulated annealing: it maximised the least distance between any two of them in Oklab
/// (Ottosson, "A perceptual color space for image processing", 2020), as they are and as they look to
/// protanopes, deuteranopes and tritanopes (Machado, Oliveira and Fernandes, "A physiologically-based model for
/// simulation of color vision deficiency", 2009), with bounds on chroma and on the contrast with both
/// grounds. The least distance is 0.115 over all four, where the ten colours of Petroff, "Accessible color
/// sequences for data visualization" (2021), have 0.061. Neighbours in MNIST's latent planes (4 7 9, 3 5 8) were
/// then given colours far apart. The tests repeat the measurement.
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

/// Greys from paper to ink, worked out once for all 256 levels.
#[derive(Clone, Debug)]
pub struct GreyMap([Color; 256]);

impl GreyMap {
    /// Level 0 is `paper`, level 255 is `ink`.
    pub fn new(paper: Color, ink: Color) -> Self {
        Self(std::array::from_fn(|level| paper.mix(ink, level as f32 / 255.0)))
    }

    /// The colour of a level.
    pub fn color(&self, level: u8) -> Color {
        self.0[usize::from(level)]
    }
}

/// A scale for signed numbers, even on both sides of zero.
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
    /// The colour of `value`, clamped to [-1, 1]; NaN has the colour of zero.
    pub fn color(&self, value: f32) -> Color {
        let end = if value < 0.0 { self.negative } else { self.positive };
        self.zero.mix(end, value.abs())
    }
}

/// How different colours look: what the tests of this module and of `class_color` measure.
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

    pub(crate) fn least_distance(palette: &[Color], vision: &Matrix) -> f32 {
        let seen: Vec<Rgb> = palette
            .iter()
            .map(|&color| oklab(times(vision, linear(color)).map(|c| c.clamp(0.0, 1.0))))
            .collect();
        let distance = |a: Rgb, b: Rgb| (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f32>().sqrt();
        let pairs = (0..seen.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        pairs.map(|(i, j)| distance(seen[i], seen[j])).fold(f32::INFINITY, f32::min)
    }

    /// The contrast ratio of WCAG 2.
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
    use super::measure::{VISIONS, contrast, least_distance, oklab};
    use super::*;

    #[test]
    fn digits_can_be_told_apart_by_every_eye() {
        for (name, vision) in VISIONS {
            let least = least_distance(&PALETTE, &vision);
            let floor = if name == "normal" { 0.165 } else { 0.115 };
            assert!(least > floor, "{name}: {least}");
        }
    }

    #[test]
    fn the_measure_would_notice_red_and_green() {
        // Two of matplotlib's ten that a protanope cannot tell apart.
        let pair = [Color::hex(0xff_7f0e), Color::hex(0x2c_a02c)];
        assert!(least_distance(&pair, &VISIONS[0].1) > 0.2);
        assert!(least_distance(&pair, &VISIONS[1].1) < 0.02);
    }

    #[test]
    fn oklab_is_the_one_of_its_paper() {
        let [l, a, b] = oklab([1.0, 1.0, 1.0]);
        assert!((l - 1.0).abs() < 1e-3 && a.abs() < 1e-3 && b.abs() < 1e-3, "{l} {a} {b}");
    }

    #[test]
    fn colours_stand_out_from_both_grounds() {
        for color in PALETTE {
            assert!(contrast(color, Theme::LIGHT.plane) > 1.85, "{color} on light");
            assert!(contrast(color, Theme::DARK.plane) > 2.3, "{color} on dark");
        }
        for theme in [Theme::LIGHT, Theme::DARK] {
            for ground in [theme.paper, theme.plane] {
                // WCAG 2 AA, for text.
                for text in [theme.ink, theme.muted, theme.accent] {
                    assert!(contrast(text, ground) >= 4.5, "{text} on {ground}");
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
            // The dark ones stand there for those who choose them, and for those whose system does.
            for (color, times) in [(a, 1), (b, 2)] {
                let declaration = format!("--{name}: {color};");
                assert_eq!(css.matches(&declaration).count(), times, "style.css: `{declaration}`");
            }
        }
        let key = format!("{}, var(--plane), {})", light.diverging().negative, light.diverging().positive);
        assert!(css.contains(&key), "style.css lacks the scale of signed numbers, `{key}`");
    }

    #[test]
    fn greys_run_from_paper_to_ink_without_a_step_back() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            let map = theme.greys();
            assert_eq!((map.color(0), map.color(255)), (theme.plane, theme.ink));
            let away = |level| contrast(map.color(level), theme.plane);
            assert!((0..255).all(|level| away(level + 1) >= away(level)));
        }
    }

    #[test]
    fn signed_numbers_part_at_zero_and_never_wrap() {
        let scale = Theme::LIGHT.diverging();
        let at = |value| scale.color(value);
        assert_eq!([at(-1.0), at(0.0), at(1.0)], [scale.negative, scale.zero, scale.positive]);
        assert_eq!([at(-9.0), at(f32::NAN), at(f32::INFINITY)], [scale.negative, scale.zero, scale.positive]);
        for (_, vision) in VISIONS {
            assert!(least_distance(&[at(-0.5), at(0.5)], &vision) > 0.1);
        }
    }

    #[test]
    fn a_colour_is_written_as_css_writes_it() {
        assert_eq!(Color::new(3, 99, 255).to_string(), "#0363ff");
        assert_eq!(Color::hex(0x0363ff), Color::new(3, 99, 255));
    }
}
