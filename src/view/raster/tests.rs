//! Tests of the painted pixels.

use super::*;
use crate::view::colors::Theme;

const BACKGROUND: Color = Theme::LIGHT.plane;
const INK: Color = Theme::LIGHT.ink;

/// Returns the total darkness, in black pixels.
fn ink(image: &RgbaImage) -> f32 {
    image.pixels().chunks_exact(4).map(|p| 1.0 - f32::from(p[0]) / 255.0).sum()
}

fn white(width: usize, height: usize) -> RgbaImage {
    RgbaImage::new(width, height, Color::hex(0xff_ffff))
}

const BLACK: Color = Color::hex(0);

#[test]
fn levels_are_rounded_and_clamped() {
    let levels = [-3.0, 0.0, 0.5, 1.0, 7.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY].map(Level::level);
    assert_eq!(levels, [0, 0, 128, 255, 255, 0, 255, 0]);
    assert!((0..=255u8).all(|byte| (f32::from(byte) / 255.0).level() == byte));
}

#[test]
fn a_digit_is_painted_at_its_position() {
    let mut digit = [0u8; PIXELS];
    digit[2 * SIDE + 5] = 255;
    let mut image = RgbaImage::new(40, 50, Color::hex(0x12_3456));
    image.blit_gray(10, 20, &digit, &GreyMap::new(BACKGROUND, INK));
    assert_eq!(image.get(15, 22), Some(INK));
    assert_eq!(image.get(16, 22), Some(BACKGROUND));
    assert_eq!(image.get(9, 22), Some(Color::hex(0x12_3456)));
    assert_eq!(image.get(15, 48), Some(Color::hex(0x12_3456)));
    assert_eq!(image.get(40, 0), None);
}

#[test]
fn digits_are_clipped() {
    let digit = [1.0f32; PIXELS];
    let map = GreyMap::new(Color::hex(0xff_ffff), BLACK);
    let mut image = white(30, 30);
    image.blit_gray(20, 25, &digit, &map);
    assert_eq!(ink(&image), 50.0);
    image.blit_gray(30, 0, &digit, &map);
    image.blit_gray(99, 99, &digit, &map);
    image.blit_gray(99, 29, &digit, &map);
    image.blit_gray(usize::MAX, 0, &digit, &map);
    image.blit_gray(0, usize::MAX, &digit, &map);
    image.blit_gray(0, 0, &digit[..40], &map);
    assert_eq!(ink(&image), 50.0 + 28.0);
}

#[test]
fn the_coverage_of_a_disc_is_its_area() {
    for (cx, cy) in [(16.0, 16.0), (16.5, 16.5), (15.2, 16.9), (16.25, 15.75)] {
        for radius in [1.0, 3.0, 3.5, 8.0] {
            let mut image = white(32, 32);
            image.disc(cx, cy, radius, BLACK, 1.0);
            let area = std::f32::consts::PI * radius * radius;
            assert!((ink(&image) / area - 1.0).abs() < 0.09, "{} for {area} at {cx}, {cy}", ink(&image));
        }
    }
}

#[test]
fn a_disc_has_an_antialiased_edge() {
    let mut image = white(16, 16);
    image.disc(8.0, 8.0, 4.0, INK, 1.0);
    assert_eq!(image.get(8, 8), Some(INK));
    assert_eq!(image.get(13, 8), Some(Color::hex(0xff_ffff)));
    let shades: std::collections::BTreeSet<_> = image.pixels().chunks_exact(4).map(|p| p[0]).collect();
    assert!(shades.len() > 3, "{shades:?}");
}

#[test]
fn a_disc_is_blended_by_its_opacity() {
    let mut image = white(9, 9);
    image.disc(4.5, 4.5, 3.0, BLACK, 0.5);
    assert_eq!(image.get(4, 4), Some(Color::hex(0x80_8080)));
}

#[test]
fn a_ring_is_hollow_and_has_its_line_width() {
    let mut image = white(40, 40);
    image.ring(20.0, 20.0, 12.0, 2.0, BLACK, 1.0);
    assert_eq!(image.get(20, 20), Some(Color::hex(0xff_ffff)));
    let area = std::f32::consts::TAU * 12.0 * 2.0;
    assert!((ink(&image) / area - 1.0).abs() < 0.05, "{} for {area}", ink(&image));
}

#[test]
fn circles_are_clipped() {
    let mut image = white(20, 20);
    image.disc(0.0, 0.0, 4.0, BLACK, 1.0);
    let quarter = std::f32::consts::PI * 4.0;
    assert!((ink(&image) / quarter - 1.0).abs() < 0.1, "{}", ink(&image));
    let before = image.clone();
    for outside in [-1e30, -9.0, 29.0, 1e30, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        image.disc(outside, 5.0, 4.0, BLACK, 1.0);
        image.ring(5.0, outside, 4.0, 1.0, BLACK, 1.0);
    }
    assert_eq!(image, before);
}

#[test]
fn a_marker_is_a_disc_on_a_larger_one() {
    let marker = Marker::new(3.0, 0.5);
    for (x, y) in [(10.0, 10.0), (9.25, 10.75), (0.5, 19.5), (-2.0, 8.0), (19.75, 22.0)] {
        let [mut expected, mut image] = [white(20, 20), white(20, 20)];
        expected.disc(x, y, 3.5, BLACK, 1.0);
        expected.disc(x, y, 2.5, INK, 1.0);
        for near in [-0.1, 0.1] {
            image.fill(Color::hex(0xff_ffff));
            marker.paint(&mut image, (x + near, y - near), BLACK, INK);
            let differ = |(a, b): (&u8, &u8)| a.abs_diff(*b) > 2;
            assert!(!image.pixels().iter().zip(expected.pixels()).any(differ), "at {x}, {y}");
        }
    }
}

#[test]
fn markers_are_clipped() {
    let mut image = white(20, 20);
    for outside in [-1e30, -9.0, 29.0, 1e30, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        Marker::new(3.0, 0.5).paint(&mut image, (outside, 5.0), BLACK, INK);
        Marker::new(3.0, 0.5).paint(&mut image, (5.0, outside), BLACK, INK);
    }
    assert_eq!(image, white(20, 20));
    Marker::new(3.0, 0.5).paint(&mut white(0, 0), (0.0, 0.0), BLACK, INK);
}

#[test]
fn images_stay_opaque() {
    let mut image = RgbaImage::new(8, 8, INK);
    image.disc(4.0, 4.0, 3.0, BACKGROUND, 0.3);
    image.ring(4.0, 4.0, 2.0, 1.0, BLACK, 0.3);
    assert!(image.pixels().chunks_exact(4).all(|p| p[3] == 255));
}

#[test]
fn extreme_shapes_do_not_panic() {
    const EXTREMES: [f32; 8] =
        [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, -1.0, 0.0, 5.0];
    for (width, height) in [(9, 9), (0, 9), (9, 0), (0, 0), (1, 1)] {
        let mut image = white(width, height);
        for a in EXTREMES {
            for b in EXTREMES {
                for c in EXTREMES {
                    image.disc(a, b, c, BLACK, 0.5);
                    image.ring(a, b, 3.0, c, BLACK, 0.5);
                    image.ring(4.0, 4.0, a, b, BLACK, c);
                }
            }
            image.rect((usize::MAX, 3), (usize::MAX, usize::MAX), BLACK, a);
            image.rect((3, usize::MAX), (1, 1), BLACK, a);
        }
        image.sample(&[None; 3], std::iter::repeat_n(None, 99), |_| BLACK);
        image.sample(&[Some(7); 99], std::iter::repeat_n(Some(1), 3), |_| BLACK);
        image.blit(3, 3, &[0u8; 30], |_| BLACK);
        assert_eq!(image.pixels().len(), 4 * width * height);
    }
}

#[test]
fn resizing_fills_the_image() {
    let mut image = RgbaImage::new(3, 5, INK);
    for (width, height) in [(10, 2), (1, 1), (0, 7), (28, 28)] {
        image.resize(width, height, BACKGROUND);
        assert_eq!(
            (image.width(), image.height(), image.pixels().len()),
            (width, height, 4 * width * height)
        );
        assert!(image.pixels().chunks_exact(4).all(|p| *p == BACKGROUND.rgba()));
    }
}

#[test]
fn tiles_of_a_grid_are_found_by_pixel() {
    for (columns, size) in [(25, (700, 118)), (10, (280, 304))] {
        let grid = Grid::pairs(50, columns);
        assert_eq!((grid.width(), grid.height()), size);
        for index in 0..50 {
            let (x, y) = grid.origin(index);
            assert!(x + SIDE <= grid.width() && y + 2 * SIDE <= grid.height());
            assert_eq!(grid.index_at(x, y), Some(index));
            assert_eq!(grid.index_at(x + SIDE - 1, y + 2 * SIDE - 1), Some(index));
        }
        assert_eq!(grid.index_at(0, 56), None);
        assert_eq!(grid.index_at(grid.width(), 0), None);
    }
    assert_eq!(Grid::singles(7, 6).index_at(30, 30), None);
    assert_eq!(Grid::singles(0, 0).height(), 0);
}

#[test]
fn the_first_digit_of_a_pair_is_above() {
    let grid = Grid::pairs(2, 2);
    let mut image = RgbaImage::new(grid.width(), grid.height(), BACKGROUND);
    let above = [[255u8; PIXELS], [0; PIXELS]].concat();
    let below = [[0.0f32; PIXELS], [1.0; PIXELS]].concat();
    image.pairs(&grid, &above, &below, &GreyMap::new(BACKGROUND, INK));
    let corners = [(0, 0), (0, 28), (28, 0), (28, 28)].map(|(x, y)| image.get(x, y));
    assert_eq!(corners, [Some(INK), Some(BACKGROUND), Some(BACKGROUND), Some(INK)]);
}

#[test]
fn rectangles_are_blended_and_clipped() {
    let mut image = white(10, 10);
    image.rect((2, 3), (4, 2), BLACK, 1.0);
    assert_eq!(ink(&image), 8.0);
    image.rect((8, 8), (usize::MAX, 9), BLACK, 1.0);
    image.rect((10, 0), (3, 3), BLACK, 1.0);
    image.rect((99, 0), (3, 3), BLACK, 1.0);
    image.rect((0, usize::MAX), (3, 3), BLACK, 1.0);
    assert_eq!(ink(&image), 12.0);
    image.rect((0, 0), (1, 1), BLACK, 0.5);
    assert_eq!(image.get(0, 0), Some(Color::hex(0x80_8080)));
}

#[test]
fn a_copy_is_equal() {
    let mut image = white(3, 3);
    let other = RgbaImage::new(5, 2, INK);
    image.copy_from(&other);
    assert_eq!(image, other);
}

#[test]
fn sampling_maps_columns_and_rows() {
    let source = [[BLACK, INK], [BACKGROUND, BLACK]];
    let mut image = white(4, 4);
    let columns = [Some(0), Some(0), Some(1), None];
    let rows = [None, Some(1), Some(1), Some(0)];
    let background = Color::hex(0x12_3456);
    image.sample(&columns, rows.into_iter(), |at| at.map_or(background, |(x, y)| source[y][x]));
    for (y, row) in rows.iter().enumerate() {
        for (x, column) in columns.iter().enumerate() {
            let expected = column.zip(*row).map_or(background, |(x, y)| source[y][x]);
            assert_eq!(image.get(x, y), Some(expected), "{x}, {y}");
        }
    }
}
