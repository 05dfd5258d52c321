//! The digits with straight strokes and corners: 1, 2, 4, 5, 7.

use super::{
    dice::Dice,
    skeleton::{Point, Skeleton},
};

/// A bar; with a flag; with flag and base.
pub(super) fn one(dice: &mut Dice) -> Skeleton {
    #[derive(PartialEq)]
    enum Form {
        Bar,
        Flag,
        Base,
    }
    let form = dice.pick(&[(6.0, Form::Bar), (1.5, Form::Flag), (1.5, Form::Base)]);
    let bulge = dice.about(0.5, 0.03);
    let (head, stem) = ([0.5, 0.0], [[bulge, 0.33], [bulge, 0.67], [0.5, 1.0]]);
    let flagged = *form == Form::Flag || *form == Form::Base && dice.chance(0.7);
    let one = if flagged {
        let (reach, drop) = (dice.within(0.08, 0.34), dice.within(0.08, 0.36));
        Skeleton::start([[0.5 - reach, drop], [0.5 - 0.45 * reach, 0.6 * drop]]).corner(head).smooth(stem)
    } else {
        Skeleton::start([head]).smooth(stem)
    };
    if *form != Form::Base {
        return one;
    }
    let (reach, y) = (dice.within(0.15, 0.5), dice.about(1.0, 0.02));
    one.stroke([[0.5 - reach, y], [0.5, y], [0.5 + reach * dice.within(0.8, 1.2), y]])
}

/// With a sharp corner at the foot; with a loop there; flat as a Z.
pub(super) fn two(dice: &mut Dice) -> Skeleton {
    enum Form {
        Corner,
        Loop,
        Flat,
    }
    let form = dice.pick(&[(4.0, Form::Corner), (4.0, Form::Loop), (2.0, Form::Flat)]);
    let (start, end) = (dice.within(0.08, 0.3), dice.within(0.8, 1.25));
    let tilt = dice.about(0.0, 0.05);
    let bowl = |right: f32, dice: &mut Dice| -> [Point; 4] {
        [
            [start, dice.within(0.1, 0.36)],
            [start + 0.1, 0.08],
            [0.5 * (start + right) + 0.05, 0.0],
            [right - 0.05, 0.09],
        ]
    };
    match form {
        Form::Corner => {
            let (right, depth) = (dice.within(0.62, 0.85), dice.within(0.15, 0.42));
            let foot = dice.within(-0.02, 0.2);
            Skeleton::start(bowl(right, dice))
                .smooth([[right, depth + 0.03], [right - 0.14, 0.5 * depth + 0.42], [0.38, 0.8]])
                .corner([foot, 1.0])
                .smooth([[0.5 * (foot + end), 0.98 + 0.4 * tilt], [end, 0.98 + tilt]])
        }
        Form::Loop => {
            let (right, depth) = (dice.within(0.6, 0.95), dice.within(0.2, 0.5));
            let size = dice.within(0.4, 2.0);
            Skeleton::start(bowl(right, dice))
                .smooth([[right, 0.6 * depth], [right - 0.03, depth + 0.05]])
                .smooth([[right - 0.16, 0.5 * depth + 0.455], [0.42, 0.86], [0.2, 0.96]])
                .smooth([[0.2 - 0.12 * size, 0.95 - 0.03 * size], [0.2 - 0.06 * size, 0.93 - 0.13 * size]])
                .smooth([[0.3, 0.87 - 0.05 * size], [0.54, 0.92], [0.78, 1.0], [end, 0.95 + tilt]])
        }
        Form::Flat => {
            let (right, depth) = (dice.within(0.62, 0.85), dice.within(0.15, 0.42));
            let foot = dice.within(0.05, 0.2);
            Skeleton::start([[start, dice.within(0.0, 0.14)], [0.4, 0.02], [right - 0.08, 0.04]])
                .smooth([[right, 0.8 * depth], [0.6, 0.5], [0.35, 0.78]])
                .turn(dice.chance(0.5), [foot, 0.95])
                .smooth([[0.45, 0.97], [end, 1.0 + tilt]])
        }
    }
}

/// Open, in two strokes; closed to a triangle; open, in one stroke.
pub(super) fn four(dice: &mut Dice) -> Skeleton {
    enum Form {
        Open,
        Closed,
        OneStroke,
    }
    let form = dice.pick(&[(5.0, Form::Open), (3.0, Form::Closed), (2.0, Form::OneStroke)]);
    let bar = dice.within(0.45, 0.7);
    let stem = dice.within(0.62, 0.85);
    let head = dice.within(-0.05, 0.35);
    let foot = [stem + dice.about(-0.01, 0.04), 1.0];
    match form {
        Form::Open => {
            let left = dice.within(0.05, 0.25);
            let elbow = [left - dice.within(0.0, 0.08), bar - dice.within(0.0, 0.06)];
            Skeleton::start([
                [left + dice.within(0.0, 0.16), dice.within(0.0, 0.15)],
                [left + 0.02, 0.5 * bar],
            ])
            .turn(dice.chance(0.5), elbow)
            .smooth([[0.42, dice.about(bar, 0.02)]])
            .smooth([[stem + dice.within(0.0, 0.35), bar - dice.within(-0.02, 0.1)]])
            .stroke([[dice.about(stem + 0.03, 0.04), head], [stem, 0.5], foot])
        }
        Form::Closed => {
            let left = dice.within(0.0, 0.15);
            Skeleton::start([[stem - dice.within(0.0, 0.1), 0.0], [0.38, 0.5 * bar]])
                .corner([left, bar])
                .smooth([[0.5, dice.about(bar, 0.02)]])
                .smooth([[stem + dice.within(0.05, 0.35), dice.about(bar, 0.03)]])
                .stroke([[stem, dice.within(0.0, 0.2)], [stem, 0.5], foot])
        }
        Form::OneStroke => {
            let left = dice.within(0.05, 0.25);
            Skeleton::start([[left + 0.05, dice.within(0.0, 0.1)], [left, 0.6 * bar], [left + 0.08, bar]])
                .smooth([[0.45, bar - 0.03], [stem - 0.02, 0.55 * bar]])
                .corner([stem + 0.03, 0.6 * head])
                .smooth([[stem, 0.5], foot])
        }
    }
}

/// In one stroke; with the bar on its own; without corners, like an S.
pub(super) fn five(dice: &mut Dice) -> Skeleton {
    enum Form {
        OneStroke,
        Bar,
        Round,
    }
    let form = dice.pick(&[(4.0, Form::OneStroke), (4.0, Form::Bar), (2.0, Form::Round)]);
    let neck = dice.within(0.3, 0.54);
    let left = dice.within(0.15, 0.38);
    let end = dice.within(0.6, 1.15);
    let tilt = dice.about(-0.02, 0.05);
    let belly = dice.within(0.6, 0.8);
    let shoulder = [0.5 * (left + belly), neck - dice.within(0.0, 0.08)];
    let round = [[belly, neck + 0.12], [belly, 0.5 * neck + 0.58], [0.5 * belly + 0.1, 0.97], [0.22, 0.99]];
    let tail = dice.chance(0.8).then(|| [dice.within(-0.05, 0.18), dice.within(0.64, 0.98)]);
    match form {
        Form::OneStroke => Skeleton::start([[end, tilt], [0.55, 0.02 + 0.5 * tilt]])
            .corner([left + 0.05, 0.03])
            .smooth([[left, 0.6 * neck]])
            .corner([left - 0.02, neck + 0.01])
            .smooth([shoulder])
            .smooth(round)
            .smooth(tail),
        Form::Bar => {
            let gap = dice.within(-0.02, 0.1);
            Skeleton::start([[left + 0.04, dice.within(0.02, 0.1)], [left, 0.6 * neck]])
                .turn(dice.chance(0.6), [left - 0.02, neck + 0.01])
                .smooth([shoulder])
                .smooth(round)
                .smooth(tail)
                .stroke([[left + 0.04 + gap, dice.about(0.04, 0.02)]])
                .smooth([[0.5 * (left + end), 0.02 + 0.5 * tilt], [end, tilt]])
        }
        Form::Round => Skeleton::start([[end, 0.04 + tilt], [0.55, 0.01], [left + 0.05, 0.12]])
            .smooth([[left, 0.7 * neck], [left + 0.1, neck]])
            .smooth(round)
            .smooth(tail),
    }
}

/// Plain; with a serif; with a rounded corner; barred.
pub(super) fn seven(dice: &mut Dice) -> Skeleton {
    enum Form {
        Plain,
        Serif,
        Rounded,
        Barred,
    }
    let form =
        dice.pick(&[(5.0, Form::Plain), (2.0, Form::Serif), (3.0, Form::Rounded), (2.0, Form::Barred)]);
    let (left, right) = (dice.within(-0.02, 0.28), dice.within(0.7, 0.95));
    let (middle, foot) = (0.5 * (left + right), dice.within(0.25, 0.8));
    let roof = dice.about(0.05, 0.05);
    let corner = [right, dice.about(0.02, 0.04)];
    let leg = [
        [right + (foot - right) * dice.within(0.28, 0.5), 0.33],
        [right + (foot - right) * dice.within(0.6, 0.85), 0.65],
        [foot, 1.0],
    ];
    match form {
        Form::Plain => Skeleton::start([[left, dice.about(roof + 0.04, 0.07)], [middle, roof]])
            .corner(corner)
            .smooth(leg),
        Form::Serif => Skeleton::start([[left - 0.01, dice.within(0.12, 0.42)]])
            .turn(dice.chance(0.5), [left + 0.015, roof])
            .smooth([[middle, roof + 0.01]])
            .corner(corner)
            .smooth(leg),
        Form::Rounded => Skeleton::start([[left, dice.within(0.02, 0.25)], [middle - 0.1, 0.03]])
            .smooth([[right - 0.15, 0.03], [right - 0.05, 0.13]])
            .smooth(leg),
        Form::Barred => {
            let (crossing, y) = (right + 0.55 * (foot - right), dice.within(0.4, 0.62));
            Skeleton::start([[left, roof], [middle, roof]])
                .corner(corner)
                .smooth(leg)
                .stroke([[crossing - dice.within(0.12, 0.35), dice.about(y + 0.01, 0.04)], [crossing, y]])
                .smooth([[crossing + dice.within(0.12, 0.35), dice.about(y - 0.02, 0.04)]])
        }
    }
}
