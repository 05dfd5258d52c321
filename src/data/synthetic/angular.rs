//! The digits with straight strokes and corners: 1, 2, 4, 5, 7.

use super::glyph::{Glyph, Point};
use super::rng::Rng;

/// Draws a one: a bar; with a flag; with flag and base.
pub(super) fn one(rng: &mut Rng) -> Glyph {
    #[derive(PartialEq)]
    enum Variant {
        Bar,
        Flag,
        Base,
    }
    let variant = rng.choose(&[(6.0, Variant::Bar), (1.5, Variant::Flag), (1.5, Variant::Base)]);
    let bulge = rng.normal(0.5, 0.03);
    let (head, stem) = ([0.5, 0.0], [[bulge, 0.33], [bulge, 0.67], [0.5, 1.0]]);
    let flagged = *variant == Variant::Flag || *variant == Variant::Base && rng.bernoulli(0.7);
    let one = if flagged {
        let (reach, drop) = (rng.uniform(0.08, 0.34), rng.uniform(0.08, 0.36));
        Glyph::start([[0.5 - reach, drop], [0.5 - 0.45 * reach, 0.6 * drop]]).corner(head).smooth(stem)
    } else {
        Glyph::start([head]).smooth(stem)
    };
    if *variant != Variant::Base {
        return one;
    }
    let (reach, y) = (rng.uniform(0.15, 0.5), rng.normal(1.0, 0.02));
    one.stroke([[0.5 - reach, y], [0.5, y], [0.5 + reach * rng.uniform(0.8, 1.2), y]])
}

/// Draws a two: with a sharp corner at the foot; with a loop there; flat as a Z.
pub(super) fn two(rng: &mut Rng) -> Glyph {
    enum Variant {
        Corner,
        Loop,
        Flat,
    }
    let variant = rng.choose(&[(4.0, Variant::Corner), (4.0, Variant::Loop), (2.0, Variant::Flat)]);
    let (start, end) = (rng.uniform(0.08, 0.3), rng.uniform(0.8, 1.25));
    let tilt = rng.normal(0.0, 0.05);
    let bowl = |right: f32, rng: &mut Rng| -> [Point; 4] {
        [
            [start, rng.uniform(0.1, 0.36)],
            [start + 0.1, 0.08],
            [0.5 * (start + right) + 0.05, 0.0],
            [right - 0.05, 0.09],
        ]
    };
    match variant {
        Variant::Corner => {
            let (right, depth) = (rng.uniform(0.62, 0.85), rng.uniform(0.15, 0.42));
            let foot = rng.uniform(-0.02, 0.2);
            Glyph::start(bowl(right, rng))
                .smooth([[right, depth + 0.03], [right - 0.14, 0.5 * depth + 0.42], [0.38, 0.8]])
                .corner([foot, 1.0])
                .smooth([[0.5 * (foot + end), 0.98 + 0.4 * tilt], [end, 0.98 + tilt]])
        }
        Variant::Loop => {
            let (right, depth) = (rng.uniform(0.6, 0.95), rng.uniform(0.2, 0.5));
            let size = rng.uniform(0.4, 2.0);
            Glyph::start(bowl(right, rng))
                .smooth([[right, 0.6 * depth], [right - 0.03, depth + 0.05]])
                .smooth([[right - 0.16, 0.5 * depth + 0.455], [0.42, 0.86], [0.2, 0.96]])
                .smooth([[0.2 - 0.12 * size, 0.95 - 0.03 * size], [0.2 - 0.06 * size, 0.93 - 0.13 * size]])
                .smooth([[0.3, 0.87 - 0.05 * size], [0.54, 0.92], [0.78, 1.0], [end, 0.95 + tilt]])
        }
        Variant::Flat => {
            let (right, depth) = (rng.uniform(0.62, 0.85), rng.uniform(0.15, 0.42));
            let foot = rng.uniform(0.05, 0.2);
            Glyph::start([[start, rng.uniform(0.0, 0.14)], [0.4, 0.02], [right - 0.08, 0.04]])
                .smooth([[right, 0.8 * depth], [0.6, 0.5], [0.35, 0.78]])
                .corner_if(rng.bernoulli(0.5), [foot, 0.95])
                .smooth([[0.45, 0.97], [end, 1.0 + tilt]])
        }
    }
}

/// Draws a four: open, in two strokes; closed to a triangle; open, in one stroke.
pub(super) fn four(rng: &mut Rng) -> Glyph {
    enum Variant {
        Open,
        Closed,
        OneStroke,
    }
    let variant = rng.choose(&[(5.0, Variant::Open), (3.0, Variant::Closed), (2.0, Variant::OneStroke)]);
    let bar = rng.uniform(0.45, 0.7);
    let stem = rng.uniform(0.62, 0.85);
    let head = rng.uniform(-0.05, 0.35);
    let foot = [stem + rng.normal(-0.01, 0.04), 1.0];
    match variant {
        Variant::Open => {
            let left = rng.uniform(0.05, 0.25);
            let elbow = [left - rng.uniform(0.0, 0.08), bar - rng.uniform(0.0, 0.06)];
            Glyph::start([[left + rng.uniform(0.0, 0.16), rng.uniform(0.0, 0.15)], [left + 0.02, 0.5 * bar]])
                .corner_if(rng.bernoulli(0.5), elbow)
                .smooth([[0.42, rng.normal(bar, 0.02)]])
                .smooth([[stem + rng.uniform(0.0, 0.35), bar - rng.uniform(-0.02, 0.1)]])
                .stroke([[rng.normal(stem + 0.03, 0.04), head], [stem, 0.5], foot])
        }
        Variant::Closed => {
            let left = rng.uniform(0.0, 0.15);
            Glyph::start([[stem - rng.uniform(0.0, 0.1), 0.0], [0.38, 0.5 * bar]])
                .corner([left, bar])
                .smooth([[0.5, rng.normal(bar, 0.02)]])
                .smooth([[stem + rng.uniform(0.05, 0.35), rng.normal(bar, 0.03)]])
                .stroke([[stem, rng.uniform(0.0, 0.2)], [stem, 0.5], foot])
        }
        Variant::OneStroke => {
            let left = rng.uniform(0.05, 0.25);
            Glyph::start([[left + 0.05, rng.uniform(0.0, 0.1)], [left, 0.6 * bar], [left + 0.08, bar]])
                .smooth([[0.45, bar - 0.03], [stem - 0.02, 0.55 * bar]])
                .corner([stem + 0.03, 0.6 * head])
                .smooth([[stem, 0.5], foot])
        }
    }
}

/// Draws a five: in one stroke; with the bar on its own; without corners, like an S.
pub(super) fn five(rng: &mut Rng) -> Glyph {
    enum Variant {
        OneStroke,
        Bar,
        Round,
    }
    let variant = rng.choose(&[(4.0, Variant::OneStroke), (4.0, Variant::Bar), (2.0, Variant::Round)]);
    let neck = rng.uniform(0.3, 0.54);
    let left = rng.uniform(0.15, 0.38);
    let end = rng.uniform(0.6, 1.15);
    let tilt = rng.normal(-0.02, 0.05);
    let belly = rng.uniform(0.6, 0.8);
    let shoulder = [0.5 * (left + belly), neck - rng.uniform(0.0, 0.08)];
    let round = [[belly, neck + 0.12], [belly, 0.5 * neck + 0.58], [0.5 * belly + 0.1, 0.97], [0.22, 0.99]];
    let tail = rng.bernoulli(0.8).then(|| [rng.uniform(-0.05, 0.18), rng.uniform(0.64, 0.98)]);
    match variant {
        Variant::OneStroke => Glyph::start([[end, tilt], [0.55, 0.02 + 0.5 * tilt]])
            .corner([left + 0.05, 0.03])
            .smooth([[left, 0.6 * neck]])
            .corner([left - 0.02, neck + 0.01])
            .smooth([shoulder])
            .smooth(round)
            .smooth(tail),
        Variant::Bar => {
            let gap = rng.uniform(-0.02, 0.1);
            Glyph::start([[left + 0.04, rng.uniform(0.02, 0.1)], [left, 0.6 * neck]])
                .corner_if(rng.bernoulli(0.6), [left - 0.02, neck + 0.01])
                .smooth([shoulder])
                .smooth(round)
                .smooth(tail)
                .stroke([[left + 0.04 + gap, rng.normal(0.04, 0.02)]])
                .smooth([[0.5 * (left + end), 0.02 + 0.5 * tilt], [end, tilt]])
        }
        Variant::Round => Glyph::start([[end, 0.04 + tilt], [0.55, 0.01], [left + 0.05, 0.12]])
            .smooth([[left, 0.7 * neck], [left + 0.1, neck]])
            .smooth(round)
            .smooth(tail),
    }
}

/// Draws a seven: plain; with a serif; with a rounded corner; barred.
pub(super) fn seven(rng: &mut Rng) -> Glyph {
    enum Variant {
        Plain,
        Serif,
        Rounded,
        Barred,
    }
    let variant = rng.choose(&[
        (5.0, Variant::Plain),
        (2.0, Variant::Serif),
        (3.0, Variant::Rounded),
        (2.0, Variant::Barred),
    ]);
    let (left, right) = (rng.uniform(-0.02, 0.28), rng.uniform(0.7, 0.95));
    let (middle, foot) = (0.5 * (left + right), rng.uniform(0.25, 0.8));
    let roof = rng.normal(0.05, 0.05);
    let corner = [right, rng.normal(0.02, 0.04)];
    let leg = [
        [right + (foot - right) * rng.uniform(0.28, 0.5), 0.33],
        [right + (foot - right) * rng.uniform(0.6, 0.85), 0.65],
        [foot, 1.0],
    ];
    match variant {
        Variant::Plain => {
            Glyph::start([[left, rng.normal(roof + 0.04, 0.07)], [middle, roof]]).corner(corner).smooth(leg)
        }
        Variant::Serif => Glyph::start([[left - 0.01, rng.uniform(0.12, 0.42)]])
            .corner_if(rng.bernoulli(0.5), [left + 0.015, roof])
            .smooth([[middle, roof + 0.01]])
            .corner(corner)
            .smooth(leg),
        Variant::Rounded => Glyph::start([[left, rng.uniform(0.02, 0.25)], [middle - 0.1, 0.03]])
            .smooth([[right - 0.15, 0.03], [right - 0.05, 0.13]])
            .smooth(leg),
        Variant::Barred => {
            let (crossing, y) = (right + 0.55 * (foot - right), rng.uniform(0.4, 0.62));
            Glyph::start([[left, roof], [middle, roof]])
                .corner(corner)
                .smooth(leg)
                .stroke([[crossing - rng.uniform(0.12, 0.35), rng.normal(y + 0.01, 0.04)], [crossing, y]])
                .smooth([[crossing + rng.uniform(0.12, 0.35), rng.normal(y - 0.02, 0.04)]])
        }
    }
}
