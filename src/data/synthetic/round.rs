//! The digits of curves and loops: 0, 3, 6, 8, 9.

use std::f32::consts::TAU;

use super::glyph::{Glyph, arc};
use super::rng::Rng;

/// Draws a zero: an ellipse that overlaps itself; with a closing hook; as a spiral; with a stroke that leads in.
pub(super) fn zero(rng: &mut Rng) -> Glyph {
    enum Variant {
        Ring,
        Hook,
        Spiral,
        Entry,
    }
    let variant = rng.choose(&[
        (6.0, Variant::Ring),
        (2.5, Variant::Hook),
        (2.0, Variant::Spiral),
        (2.0, Variant::Entry),
    ]);
    let width = rng.uniform(0.26, 0.58);
    let from = rng.uniform(-0.9, 1.2);
    let turn = TAU + rng.normal(0.15, 0.35);
    let to = if rng.bernoulli(0.85) { from - turn } else { from + turn };
    let inwards = if let Variant::Spiral = variant { rng.uniform(0.7, 1.0) } else { 1.0 };
    let ring: Vec<_> = arc([0.5, 0.5], [width, 0.5], (from, to), 9)
        .enumerate()
        .map(|(i, [x, y])| {
            let shrink = 1.0 + (inwards - 1.0) * i as f32 / 8.0;
            [0.5 + (x - 0.5) * shrink, 0.5 + (y - 0.5) * shrink]
        })
        .collect();
    let (first, last) = (ring[0], ring[8]);
    let hook = if let Variant::Hook = variant {
        Some([0.45 + 0.5 * (last[0] - 0.5), last[1] + rng.uniform(0.05, 0.3)])
    } else if rng.bernoulli(0.25) {
        let x = 0.5 + (last[0] - 0.5) * rng.uniform(0.4, 0.9) - rng.uniform(0.0, 0.2);
        Some([x, last[1] + rng.uniform(0.0, 0.2)])
    } else {
        None
    };
    let entry = if let Variant::Entry = variant {
        Some([first[0] + rng.uniform(-0.1, 0.35), first[1] - rng.uniform(0.0, 0.2)])
    } else {
        None
    };
    Glyph::start(entry).smooth(ring).smooth(hook)
}

/// Draws a three: round; with a small loop in the middle; with a flat top.
pub(super) fn three(rng: &mut Rng) -> Glyph {
    enum Variant {
        Round,
        Loop,
        Flat,
    }
    let variant = rng.choose(&[(5.0, Variant::Round), (2.0, Variant::Loop), (1.6, Variant::Flat)]);
    let waist = rng.uniform(0.36, 0.54);
    let inner = rng.uniform(0.24, 0.52);
    let (upper, lower) = (rng.uniform(0.58, 0.82), rng.uniform(0.58, 0.84));
    let bowl = |rng: &mut Rng| -> [[f32; 2]; 4] {
        [
            [rng.uniform(0.05, 0.24), rng.uniform(0.04, 0.24)],
            [0.26, 0.03],
            [0.5 * upper + 0.1, 0.0],
            [upper - 0.03, 0.08],
        ]
    };
    let three = match variant {
        Variant::Round => Glyph::start(bowl(rng))
            .smooth([[upper - 0.02, 0.62 * waist], [0.5 * (upper + inner), waist - 0.03]])
            .corner_if(rng.bernoulli(0.5), [inner, waist]),
        Variant::Loop => Glyph::start(bowl(rng))
            .smooth([[upper - 0.02, 0.62 * waist], [0.5, waist - 0.02], [inner - 0.02, waist + 0.01]])
            .smooth([[inner - 0.02, waist + 0.07], [inner + 0.1, waist + 0.04]]),
        Variant::Flat => Glyph::start([[rng.uniform(0.1, 0.25), 0.03], [0.45, 0.02]])
            .corner([upper, rng.normal(0.02, 0.02)])
            .smooth([[0.5 * (upper + inner), 0.55 * waist]])
            .corner_if(rng.bernoulli(0.6), [inner, waist]),
    };
    let three = three
        .smooth([[lower - 0.1, waist + 0.05], [lower, 0.5 * waist + 0.47]])
        .smooth([[lower - 0.04, 0.87], [0.5 * lower + 0.1, 1.0]]);
    let tail = [rng.uniform(-0.02, 0.18), rng.uniform(0.76, 0.97)];
    match *rng.choose(&[(0.7, 0), (0.18, 1), (0.12, 2)]) {
        0 => three.smooth([[0.2, 0.97], tail]),
        1 => three.smooth([[0.2, 0.97]]),
        _ => three.smooth([[0.12, 0.99]]),
    }
}

/// Draws a six: with a curved stem; with a straight one; with a curl that ends inside.
pub(super) fn six(rng: &mut Rng) -> Glyph {
    enum Variant {
        Curved,
        Straight,
        Curl,
    }
    let variant = rng.choose(&[(5.0, Variant::Curved), (3.0, Variant::Straight), (1.0, Variant::Curl)]);
    let top = rng.uniform(0.4, 0.68);
    let (left, right) = (rng.uniform(0.12, 0.24), rng.uniform(0.62, 0.9));
    let head = rng.uniform(0.45, 0.8);
    let middle = 0.5 * (left + right);
    let gap = rng.uniform(-0.08, 0.12);
    match variant {
        Variant::Curved => Glyph::start([[head, rng.uniform(0.0, 0.04)], [0.5 * (head + left), 0.18]])
            .smooth([[left + 0.05, 0.48], [left, 0.74], [left + 0.15, 0.96], [middle + 0.1, 0.98]])
            .smooth([[right, 0.84], [right - 0.05, top + 0.06], [middle, top], [left + 0.08, top + 0.1]])
            .smooth([[left + 0.02 + gap, 0.5 * top + 0.52]]),
        Variant::Straight => Glyph::start([[rng.uniform(0.2, 0.5), 0.0], [left + 0.08, 0.3]])
            .smooth([[left, 0.6], [left + 0.03, 0.86], [middle, 1.0], [right - 0.04, 0.9]])
            .smooth([[right, 0.5 * top + 0.45], [middle + 0.04, top], [left + 0.15, top + 0.1]])
            .smooth([[left + 0.05 + gap, 0.5 * top + 0.5]]),
        Variant::Curl => Glyph::start([[head, 0.0], [left + 0.12, 0.25], [left, 0.6], [left + 0.1, 0.93]])
            .smooth([[0.5, 0.99], [right - 0.05, 0.85], [right - 0.1, top + 0.12], [0.45, top + 0.08]])
            .smooth([[0.36, top + 0.2], [0.45, 0.85]]),
    }
}

/// Draws an eight: an S and back; two rings; from the waist; an S with an upstroke that leaves the top open.
pub(super) fn eight(rng: &mut Rng) -> Glyph {
    enum Variant {
        Back,
        Rings,
        Waist,
        Open,
    }
    let variant = rng.choose(&[
        (6.0, Variant::Back),
        (2.0, Variant::Rings),
        (2.0, Variant::Waist),
        (2.5, Variant::Open),
    ]);
    let waist = rng.uniform(0.34, 0.62);
    let (upper, lower) = (rng.uniform(0.14, 0.38), rng.uniform(0.12, 0.38));
    let (eye, belly) = (0.5 * waist, 0.5 + 0.5 * waist);
    let top = rng.normal(0.5, 0.04);
    match variant {
        Variant::Back => {
            let gap = rng.uniform(-0.08, 0.14);
            Glyph::start([[top + 0.9 * upper, 0.6 * eye + 0.3 * gap], [top, 0.0], [top - upper, 0.9 * eye]])
                .smooth([[0.5 - 0.2 * upper, waist - 0.04], [0.5 + 0.85 * lower, belly - 0.1]])
                .smooth([[0.5 + 0.75 * lower, belly + 0.16], [0.5, 1.0], [0.5 - 0.9 * lower, belly + 0.08]])
                .smooth([[0.5 - 0.5 * lower, waist + 0.1], [top + 0.3 * upper, waist - 0.06]])
                .smooth([[top + 0.95 * upper, eye + 0.02], [top + 0.85 * upper, 0.5 * eye + gap]])
        }
        Variant::Rings => {
            let from = rng.uniform(-1.0, 1.0);
            let around = (rng.normal(0.0, 0.3), TAU + rng.normal(0.1, 0.1));
            Glyph::start(arc([top, eye], [upper, eye], (from, from - TAU), 8)).stroke(arc(
                [0.5, belly],
                [lower, 1.0 - belly],
                around,
                8,
            ))
        }
        Variant::Waist => Glyph::start([[0.5 + 0.2 * upper, waist], [top - 0.9 * upper, eye]])
            .smooth([[top - 0.2 * upper, 0.02], [top + 0.9 * upper, 0.7 * eye]])
            .smooth([[0.5 + 0.2 * upper, waist - 0.04], [0.5 - 0.8 * lower, belly - 0.04]])
            .smooth([[0.5 - 0.5 * lower, 0.96], [0.5 + 0.6 * lower, 0.94], [0.5 + 0.8 * lower, belly - 0.06]])
            .smooth([[0.5, waist + 0.02], [top - 0.5 * upper, eye + 0.08]]),
        Variant::Open => {
            let start = [top + upper * rng.uniform(0.5, 1.0), rng.uniform(0.02, 0.12)];
            let end = [top + upper * rng.uniform(0.9, 1.6), rng.uniform(0.0, 0.2)];
            Glyph::start([start, [top - 0.3 * upper, 0.02], [top - upper, eye], [0.5, waist]])
                .smooth([[0.5 + 0.9 * lower, belly], [0.5 + 0.4 * lower, 0.98], [0.5 - 0.6 * lower, 0.96]])
                .smooth([[0.5 - 0.6 * lower, belly], [0.5 + 0.2 * upper, waist], end])
        }
    }
}

/// Draws a nine: with a straight stem; with a hooked one; leaning.
pub(super) fn nine(rng: &mut Rng) -> Glyph {
    enum Variant {
        Straight,
        Hooked,
        Leaning,
    }
    let variant = rng.choose(&[(5.0, Variant::Straight), (3.0, Variant::Hooked), (3.0, Variant::Leaning)]);
    let depth = rng.uniform(0.3, 0.62);
    let (left, right) = (rng.uniform(0.06, 0.26), rng.uniform(0.6, 0.82));
    let middle = 0.5 * (left + right);
    let gap = rng.uniform(-0.12, 0.06);
    let eye = Glyph::start([[right - 0.04 + gap, rng.uniform(0.03, 0.18)], [middle + 0.05, 0.0]])
        .smooth([[left + 0.04, 0.35 * depth], [left + 0.03, 0.8 * depth], [middle - 0.06, depth + 0.01]])
        .smooth([[right - 0.12, 0.8 * depth]]);
    let shoulder = [right, rng.uniform(0.05, 0.25)];
    match variant {
        Variant::Straight => {
            eye.corner(shoulder).smooth([[right - 0.01, 0.5], [right - rng.uniform(-0.02, 0.15), 1.0]])
        }
        Variant::Hooked => eye
            .corner_if(rng.bernoulli(0.5), shoulder)
            .smooth([[right, 0.5], [right - 0.08, 0.82], [right - 0.3, 1.0]])
            .smooth([[rng.uniform(0.05, 0.3), rng.uniform(0.85, 0.97)]]),
        Variant::Leaning => eye
            .smooth([[right - 0.02, 0.15], [right - 0.05, (0.85 * depth).max(0.42)], [right - 0.2, 0.75]])
            .smooth([[right - rng.uniform(0.2, 0.45), 1.0]]),
    }
}
