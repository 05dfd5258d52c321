//! What is painted, pixel by pixel.

use super::*;
use crate::view::colors::Theme;

const PAPER: Color = Theme::LIGHT.plane;
const INK: Color = Theme::LIGHT.ink;

/// How much ink there is, in pixels.
fn ink(image: &RgbaImage) -> f32 {
    image.pixels().chunks_exact(4).map(|p| 1.0 - f32::from(p[0]) / 255.0).sum()
}

fn sheet(width: usize, height: usize) -> RgbaImage {
    RgbaImage::new(width, height, Color::hex(0xff_ffff))
}

const BLACK: Color = Color::hex(0);

#[test]
fn a_number_becomes_a_level_and_nothing_wraps() {
    let levels = [-3.0, 0.0, 0.5, 1.0, 7.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY].map(Level::level);
    assert_eq!(levels, [0, 0, 128, 255, 255, 0, 255, 0]);
    assert!((0..=255u8).all(|byte| (f32::from(byte) / 255.0).level() == byte));
}

#[test]
fn a_digit_lands_where_it_is_put_the_right_way_round() {
    let mut digit = [0u8; PIXELS];
    digit[2 * SIDE + 5] = 255;
    let mut image = RgbaImage::new(40, 50, Color::hex(0x12_3456));
    image.blit_gray(10, 20, &digit, &GreyMap::new(PAPER, INK));
    assert_eq!(image.get(15, 22), Some(INK));
    assert_eq!(image.get(16, 22), Some(PAPER));
    assert_eq!(image.get(9, 22), Some(Color::hex(0x12_3456)));
    assert_eq!(image.get(15, 48), Some(Color::hex(0x12_3456)));
    assert_eq!(image.get(40, 0), None);
}

#[test]
fn what_falls_outside_is_cut_off() {
    let digit = [1.0f32; PIXELS];
    let map = GreyMap::new(Color::hex(0xff_ffff), BLACK);
    let mut image = sheet(30, 30);
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
fn a_disc_covers_its_area_wherever_its_centre_lies() {
    for (cx, cy) in [(16.0, 16.0), (16.5, 16.5), (15.2, 16.9), (16.25, 15.75)] {
        for radius in [1.0, 3.0, 3.5, 8.0] {
            let mut image = sheet(32, 32);
            image.disc(cx, cy, radius, BLACK, 1.0);
            let area = std::f32::consts::PI * radius * radius;
            assert!((ink(&image) / area - 1.0).abs() < 0.09, "{} for {area} at {cx}, {cy}", ink(&image));
        }
    }
}

#[test]
fn a_disc_is_solid_within_and_soft_at_the_rim() {
    let mut image = sheet(16, 16);
    image.disc(8.0, 8.0, 4.0, INK, 1.0);
    assert_eq!(image.get(8, 8), Some(INK));
    assert_eq!(image.get(13, 8), Some(Color::hex(0xff_ffff)));
    let shades: std::collections::BTreeSet<_> = image.pixels().chunks_exact(4).map(|p| p[0]).collect();
    assert!(shades.len() > 3, "a rim of {shades:?}");
}

#[test]
fn opacity_blends_half_way() {
    let mut image = sheet(9, 9);
    image.disc(4.5, 4.5, 3.0, BLACK, 0.5);
    assert_eq!(image.get(4, 4), Some(Color::hex(0x80_8080)));
}

#[test]
fn a_ring_is_hollow_and_as_broad_as_its_pen() {
    let mut image = sheet(40, 40);
    image.ring(20.0, 20.0, 12.0, 2.0, BLACK, 1.0);
    assert_eq!(image.get(20, 20), Some(Color::hex(0xff_ffff)));
    let area = std::f32::consts::TAU * 12.0 * 2.0;
    assert!((ink(&image) / area - 1.0).abs() < 0.05, "{} for {area}", ink(&image));
}

#[test]
fn circles_may_lie_across_the_edge_far_away_or_nowhere() {
    let mut image = sheet(20, 20);
    image.disc(0.0, 0.0, 4.0, BLACK, 1.0);
    let quarter = std::f32::consts::PI * 4.0;
    assert!((ink(&image) / quarter - 1.0).abs() < 0.1, "{}", ink(&image));
    let before = image.clone();
    for far in [-1e30, -9.0, 29.0, 1e30, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        image.disc(far, 5.0, 4.0, BLACK, 1.0);
        image.ring(5.0, far, 4.0, 1.0, BLACK, 1.0);
    }
    assert_eq!(image, before);
}

#[test]
fn images_stay_opaque() {
    let mut image = RgbaImage::new(8, 8, INK);
    image.disc(4.0, 4.0, 3.0, PAPER, 0.3);
    image.ring(4.0, 4.0, 2.0, 1.0, BLACK, 0.3);
    assert!(image.pixels().chunks_exact(4).all(|p| p[3] == 255));
}

#[test]
fn no_shape_is_too_strange_to_be_painted() {
    const STRANGE: [f32; 8] =
        [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, -1.0, 0.0, 5.0];
    for (width, height) in [(9, 9), (0, 9), (9, 0), (0, 0), (1, 1)] {
        let mut image = sheet(width, height);
        for a in STRANGE {
            for b in STRANGE {
                for c in STRANGE {
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
fn resizing_leaves_one_colour_and_the_right_size() {
    let mut image = RgbaImage::new(3, 5, INK);
    for (width, height) in [(10, 2), (1, 1), (0, 7), (28, 28)] {
        image.resize(width, height, PAPER);
        assert_eq!(
            (image.width(), image.height(), image.pixels().len()),
            (width, height, 4 * width * height)
        );
        assert!(image.pixels().chunks_exact(4).all(|p| *p == PAPER.rgba()));
    }
}

#[test]
fn fifty_pairs_fit_a_wide_page_and_a_phone() {
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
fn a_pair_has_its_input_above_its_output() {
    let grid = Grid::pairs(2, 2);
    let mut image = RgbaImage::new(grid.width(), grid.height(), PAPER);
    let above = [[255u8; PIXELS], [0; PIXELS]].concat();
    let below = [[0.0f32; PIXELS], [1.0; PIXELS]].concat();
    image.pairs(&grid, &above, &below, &GreyMap::new(PAPER, INK));
    let corners = [(0, 0), (0, 28), (28, 0), (28, 28)].map(|(x, y)| image.get(x, y));
    assert_eq!(corners, [Some(INK), Some(PAPER), Some(PAPER), Some(INK)]);
}

#[test]
fn a_rectangle_is_blended_and_cut_off() {
    let mut image = sheet(10, 10);
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
fn a_copy_is_the_same() {
    let mut image = sheet(3, 3);
    let other = RgbaImage::new(5, 2, INK);
    image.copy_from(&other);
    assert_eq!(image, other);
}

#[test]
fn a_sample_shows_the_picture_where_it_is_told() {
    let picture = [[BLACK, INK], [PAPER, BLACK]];
    let mut image = sheet(4, 4);
    let columns = [Some(0), Some(0), Some(1), None];
    let rows = [None, Some(1), Some(1), Some(0)];
    let ground = Color::hex(0x12_3456);
    image.sample(&columns, rows.into_iter(), |at| at.map_or(ground, |(x, y)| picture[y][x]));
    for (y, row) in rows.iter().enumerate() {
        for (x, column) in columns.iter().enumerate() {
            let expected = column.zip(*row).map_or(ground, |(x, y)| picture[y][x]);
            assert_eq!(image.get(x, y), Some(expected), "{x}, {y}");
        }
    }
}
