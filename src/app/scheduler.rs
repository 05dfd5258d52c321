//! Runs the tasks beside training, in pieces that fit into a frame: which task is next, and how large a piece may be.

/// The share of a frame that tasks may take during training, at least [`MIN_TASKS_MS`] and at most [`MAX_TASKS_MS`].
const TRAINING_SHARE: f64 = 0.12;

/// The shortest time of the tasks in a frame, in milliseconds.
const MIN_TASKS_MS: f64 = 0.5;

/// The longest time of the tasks in a frame during training, in milliseconds.
pub const MAX_TASKS_MS: f64 = 3.0;

/// The longest time of the tasks in a frame without training, in milliseconds.
pub const MAX_IDLE_TASKS_MS: f64 = 8.0;

/// Returns the milliseconds for tasks in a frame of `budget` milliseconds with training.
pub fn training_allowance(budget: f64) -> f64 {
    (TRAINING_SHARE * budget).clamp(MIN_TASKS_MS, MAX_TASKS_MS)
}

/// Returns the milliseconds for tasks in a frame of `budget` milliseconds without training.
pub fn idle_allowance(budget: f64) -> f64 {
    budget.clamp(MAX_TASKS_MS, MAX_IDLE_TASKS_MS)
}

/// Work that is done in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// The test error, a few images at a time.
    TestError,
    /// The codes of the digits on the plane.
    Codes,
    /// The decoded manifold behind them, a few tiles at a time.
    Manifold,
    /// The code and the reconstruction of the drawn digit.
    Drawing,
    /// The reconstructions of the first test digits.
    Reconstructions,
    /// The error of each digit on the plane.
    DigitErrors,
    /// The gradient of each digit's error with respect to its code.
    Gradients,
    /// How many digits lie beside one of their class.
    Neighbours,
    /// The error of the best linear code.
    LinearCode,
    /// The statistics of the open layer's activations.
    LayerStats,
}

impl Task {
    pub const ALL: [Self; 10] = [
        Self::TestError,
        Self::Codes,
        Self::Manifold,
        Self::Drawing,
        Self::Reconstructions,
        Self::DigitErrors,
        Self::Gradients,
        Self::Neighbours,
        Self::LinearCode,
        Self::LayerStats,
    ];

    /// Returns the largest number of units of a piece.
    fn max_units(self) -> usize {
        match self {
            Self::TestError => 250,
            Self::Codes => 125,
            Self::Manifold => 7,
            Self::Drawing => 1,
            Self::Reconstructions => 50,
            Self::DigitErrors => 100,
            Self::Gradients => 50,
            Self::Neighbours => 100,
            Self::LinearCode => 100,
            Self::LayerStats => 100,
        }
    }
}

/// The share of the allowance that one piece may take.
const MAX_PIECE_SHARE: f64 = 0.5;

/// The decay of earlier measurements. A clock may tick in whole milliseconds, so a single one says little.
const DECAY: f64 = 0.9;

/// The order of the tasks, and their costs.
#[derive(Clone, Debug)]
pub struct Scheduler {
    costs: [Cost; Task::ALL.len()],
    /// The index of the first task of the next frame.
    first: usize,
    /// The task that goes first and may take all of the allowance.
    urgent: Option<Task>,
}

/// The largest ratio of two successive pieces: a cost cannot be extrapolated far.
const MAX_GROWTH: usize = 2;

/// Pieces smaller than this do not limit the next one: there was no more to do.
const MIN_MEASURED_UNITS: usize = 8;

/// The variance of the units, relative to the square of their mean, above which a fixed cost can be estimated.
const MIN_RELATIVE_VARIANCE: f64 = 0.02;

/// The cost of a task: a fixed part and a part per unit, fitted to decaying sums over its pieces.
///
/// The fixed part is the cost of loading the network's weights. With three million of them it equals that of fifteen
/// digits, so a piece of one digit would be mostly overhead.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    pieces: f64,
    milliseconds: f64,
    units: f64,
    /// Sums of the squared units, and of units times milliseconds.
    squares: f64,
    products: f64,
    /// The units of the last piece.
    last: usize,
}

impl Cost {
    /// Returns the units that fit into `milliseconds`, and at least so many that they cost as much as the fixed part; a few
    /// if nothing was measured.
    fn units_in(self, milliseconds: f64, max_units: usize) -> usize {
        if self.units == 0.0 {
            return max_units.min(4);
        }
        let (fixed, each) = self.fit();
        let units = (milliseconds - fixed).max(fixed) / each.max(1e-9);
        (units as usize).clamp(1, max_units.min(MAX_GROWTH * self.last.max(MIN_MEASURED_UNITS)))
    }

    /// Returns the fixed cost and the cost per unit in milliseconds: the least-squares line through all pieces.
    fn fit(self) -> (f64, f64) {
        let (milliseconds, units) = (self.milliseconds / self.pieces, self.units / self.pieces);
        let variance = self.squares / self.pieces - units * units;
        if variance <= MIN_RELATIVE_VARIANCE * units * units {
            return (0.0, milliseconds / units);
        }
        let covariance = self.products / self.pieces - units * milliseconds;
        let each = (covariance / variance).clamp(0.0, milliseconds / units);
        (milliseconds - each * units, each)
    }

    fn record(&mut self, units: usize, milliseconds: f64) {
        let (milliseconds, number) = (milliseconds.max(0.0), units as f64);
        let sums = [
            (&mut self.pieces, 1.0),
            (&mut self.milliseconds, milliseconds),
            (&mut self.units, number),
            (&mut self.squares, number * number),
            (&mut self.products, number * milliseconds),
        ];
        sums.into_iter().for_each(|(sum, value)| *sum = DECAY * *sum + value);
        self.last = units;
    }
}

impl Default for Scheduler {
    fn default() -> Self {
        Self { costs: [Cost::default(); Task::ALL.len()], first: 0, urgent: None }
    }
}

impl Scheduler {
    /// Runs the tasks until they have taken `allowance` milliseconds; those left without a turn begin the next frame.
    ///
    /// `work` does up to as many units of a task as it is given and returns how many it did. Returns whether every task had
    /// a turn and none had anything to do.
    pub fn frame(
        &mut self,
        allowance: f64,
        now: &mut impl FnMut() -> f64,
        mut work: impl FnMut(Task, usize) -> usize,
    ) -> bool {
        let mut time = now();
        let end = time + allowance;
        let count = Task::ALL.len();
        let mut units_done = 0;
        self.first = self.urgent.map_or(self.first, |task| task as usize);
        for turn in 0..count {
            let index = (self.first + turn) % count;
            let task = Task::ALL[index];
            let share = if self.urgent == Some(task) { 1.0 } else { MAX_PIECE_SHARE };
            let done = work(task, self.costs[index].units_in(share * allowance, task.max_units()));
            let after = now();
            units_done += done;
            if done > 0 {
                self.costs[index].record(done, after - time);
            }
            time = after;
            if time >= end {
                self.first = (index + 1) % count;
                return units_done == 0 && turn + 1 == count;
            }
        }
        units_done == 0
    }

    /// Gives one task the first turn of the next frame, and all of its time if it needs it; none treats all alike.
    pub fn prioritize(&mut self, task: Option<Task>) {
        self.urgent = task;
    }

    /// Forgets the costs: those of another network differ.
    pub fn forget_costs(&mut self) {
        self.costs = Default::default();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const FRAME: f64 = 3.0;

    /// Runs frames in which a unit of every task takes `cost` milliseconds; returns the units and the longest frame.
    fn run(cost: f64, frames: usize) -> ([usize; Task::ALL.len()], f64) {
        let mut scheduler = Scheduler::default();
        let time = Cell::new(0.0);
        let (mut done, mut longest) = ([0; Task::ALL.len()], 0.0_f64);
        for frame in 0..frames {
            let start = time.get();
            scheduler.frame(FRAME, &mut || time.get(), |task, units| {
                time.set(time.get() + cost * units as f64);
                done[task as usize] += units;
                units
            });
            if frame >= Task::ALL.len() {
                longest = longest.max(time.get() - start);
            }
        }
        (done, longest)
    }

    #[test]
    fn cheap_tasks_do_their_largest_pieces_in_every_frame() {
        let (done, _) = run(0.001, 100);
        assert!(done[0] > 95 * 250 && done[1] > 95 * 125 && done[2] > 95 * 7, "{done:?}");
    }

    #[test]
    fn expensive_tasks_take_turns_and_keep_to_the_allowance() {
        for cost in [0.1, 1.0, 5.0] {
            let (done, longest) = run(cost, 400);
            assert!(longest <= FRAME + (MAX_PIECE_SHARE * FRAME).max(cost), "{longest} ms at {cost} a unit");
            let (least, most) = (done.iter().min().unwrap(), done.iter().max().unwrap());
            // One task has a single unit in a piece, others have fifteen.
            assert!(*least * 16 > *most && *least > 0, "{done:?} at {cost} a unit");
        }
    }

    #[test]
    fn pieces_with_a_fixed_cost_are_large_enough_to_amortize_it() {
        for (fixed, each) in [(2.4, 0.13), (12.0, 0.7), (0.0, 0.7)] {
            let mut cost = Cost::default();
            let mut pieces = Vec::new();
            for _ in 0..100 {
                let units = cost.units_in(0.4 * FRAME, 250);
                let milliseconds = fixed + each * units as f64;
                assert!(milliseconds <= (2.01 * fixed).max(0.4 * FRAME).max(fixed + 4.0 * each), "{units}");
                cost.record(units, milliseconds);
                pieces.push(units);
            }
            let wanted = (f64::max(0.4 * FRAME, 2.0 * fixed) - fixed) / each;
            let mean = pieces[50..].iter().sum::<usize>() as f64 / 50.0;
            assert!((mean / wanted.floor() - 1.0).abs() < 0.2, "{mean} units for {wanted}: {pieces:?}");
        }
    }

    #[test]
    fn a_clock_of_whole_milliseconds_keeps_pieces_bounded() {
        let mut scheduler = Scheduler::default();
        let time = Cell::new(0.0_f64);
        for frame in 0..300 {
            let start = time.get();
            scheduler.frame(FRAME, &mut || time.get().floor(), |_, units| {
                time.set(time.get() + 0.02 * units as f64);
                units
            });
            assert!(frame < 20 || time.get() - start < 3.0 * FRAME, "{}", time.get() - start);
        }
    }
}
