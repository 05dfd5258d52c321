//! Random sequences of messages: the page does not panic, never waits for nothing, and loses no run.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::app::{InspectMsg, Quantity};
use crate::files::{Format, save};
use crate::train::{Trainer, TrainerConfig};

/// An input of the page.
#[derive(Clone, Debug)]
enum Input {
    Frames(usize),
    Playback(PlaybackMsg),
    Set(Field, &'static str),
    Fragment(&'static str),
    Served(bool),
    /// All requested files of MNIST arrive.
    Download,
    /// A part of them arrives.
    Part,
    /// The download fails.
    Fail,
    DropFile(UserFile),
    Runs(RunsMsg),
    /// The browser has found a stored run.
    Found,
    Notice(NoticeMsg),
    Plane(PlaneMsg),
    Inspect(InspectMsg),
    Retry,
    Save(Format),
}

/// The user's files.
#[derive(Clone, Copy, Debug)]
enum UserFile {
    Images,
    Damaged,
    Network,
    Run,
}

/// A small network: this test is not about learning.
const SMALL: &str = "784 3t 2 3t 784";

fn input() -> impl Strategy<Value = Input> {
    let settings = select(vec![
        (Setting::LearningRate.into(), "0.01"),
        (Setting::LearningRate.into(), "1000"),
        (Setting::LearningRate.into(), "0.0001"),
        (Setting::LearningRate.into(), "-1"),
        (Setting::Optimizer.into(), "sgd"),
        (Setting::Optimizer.into(), "momentum"),
        (Setting::BatchSize.into(), "7"),
        (Setting::BatchSize.into(), "0"),
        (Setting::Seed.into(), "5"),
        (Setting::Network.into(), "784 2t 1 784"),
        (Setting::Network.into(), "784 5 3* 2 784"),
        (Setting::Network.into(), "784 2x"),
        (Setting::Loss.into(), "bce"),
        (Setting::OutputActivation.into(), "relu"),
        (Setting::Variational.into(), "yes"),
        (Setting::Variational.into(), "no"),
        (Setting::Beta.into(), "4"),
        (Setting::Corruption.into(), "masking"),
        (Setting::Corruption.into(), "gaussian"),
        (Setting::CorruptionAmount.into(), "0.7"),
        (Setting::Schedule.into(), "cosine"),
        (Setting::ScheduleSteps.into(), "3"),
        (Field::Dataset, "strokes"),
        (Field::Dataset, "mnist"),
        (Field::Dataset, "own"),
    ]);
    let plane = select(vec![
        PlaneMsg::PointAt(Some([0.3, 0.8])),
        PlaneMsg::PointAt(Some([f32::NAN, 3e38])),
        PlaneMsg::PointAt(None),
        PlaneMsg::Nudge(0.1, -3.0),
        PlaneMsg::Pick { at: [0.5, 0.5], reach: 0.1 },
        PlaneMsg::Pick { at: [-4.0, f32::INFINITY], reach: f32::NAN },
        PlaneMsg::PinFocus,
        PlaneMsg::PinDigit(3),
        PlaneMsg::PinDigit(29),
        PlaneMsg::ClearPins,
        PlaneMsg::ToggleClass(255),
        PlaneMsg::Axis(0, 2),
        PlaneMsg::Axis(7, 70),
        PlaneMsg::View(View::Layer(1)),
        PlaneMsg::View(View::Layer(70)),
        PlaneMsg::View(View::Principal),
        PlaneMsg::View(View::Code),
        PlaneMsg::Toggle(Overlay::Gradients),
        PlaneMsg::Toggle(Overlay::Manifold),
        PlaneMsg::Color(Coloring::Error),
        PlaneMsg::Zoom { at: [0.3, 1.7], factor: 3.0, smoothly: false },
        PlaneMsg::Zoom { at: [f32::NAN, 0.0], factor: 0.0, smoothly: true },
        PlaneMsg::Pan(0.3, f32::INFINITY),
        PlaneMsg::Fit,
        PlaneMsg::DoublePick([0.2, 0.2]),
        PlaneMsg::RemovePin(900),
        PlaneMsg::RemovePinHere(0.5),
        PlaneMsg::Isolate(255),
        PlaneMsg::Highlight(Some(9)),
        PlaneMsg::TogglePath,
        PlaneMsg::ToggleCircle,
        PlaneMsg::CircleSpeed(f32::NAN),
        PlaneMsg::CircleAroundOrigin,
        PlaneMsg::DragHandle(Handle::Radius, [1e30, -3.0]),
        PlaneMsg::NudgeHandle(Handle::B, 1e38, 0.0),
    ]);
    prop_oneof![
        6 => (1..30_usize).prop_map(Input::Frames),
        3 => select(vec![
            PlaybackMsg::TogglePlay,
            PlaybackMsg::Step,
            PlaybackMsg::StepSize(StepSize::Epoch),
            PlaybackMsg::StepSize(StepSize::One),
            PlaybackMsg::Speed(Speed::PerSecond(50)),
            PlaybackMsg::Speed(Speed::Full),
            PlaybackMsg::StopAt(Some(20)),
            PlaybackMsg::StopAtPlateau(true),
            PlaybackMsg::Reset,
            PlaybackMsg::Hidden,
            PlaybackMsg::Shown(1e9),
        ])
        .prop_map(Input::Playback),
        4 => settings.prop_map(|(field, text)| Input::Set(field, text)),
        1 => select(vec!["", "#preset=blog&network=784-2-784", "lr=x", "dataset=strokes&seed=2", "dataset=own"])
            .prop_map(Input::Fragment),
        1 => any::<bool>().prop_map(Input::Served),
        2 => Just(Input::Download),
        1 => Just(Input::Part),
        1 => Just(Input::Fail),
        2 => select(vec![UserFile::Images, UserFile::Damaged, UserFile::Network, UserFile::Run]).prop_map(Input::DropFile),
        2 => select(vec![
            RunsMsg::Undo,
            RunsMsg::Redo,
            RunsMsg::GoOn,
            RunsMsg::Decline,
            RunsMsg::Seek(0.5),
            RunsMsg::Seek(f64::NAN),
            RunsMsg::Replay,
            RunsMsg::Branch,
            RunsMsg::KeepCurve,
            RunsMsg::DropCurve(1),
        ])
            .prop_map(Input::Runs),
        1 => Just(Input::Found),
        2 => select(vec![NoticeMsg::Act, NoticeMsg::Dismiss]).prop_map(Input::Notice),
        2 => plane.prop_map(Input::Plane),
        2 => select(vec![
            InspectMsg::Toggle(0),
            InspectMsg::Toggle(3),
            InspectMsg::Toggle(70),
            InspectMsg::Show(Quantity::Gradients),
            InspectMsg::Turn(true),
            InspectMsg::Errors(true),
            InspectMsg::Errors(false),
            InspectMsg::Sample,
        ])
        .prop_map(Input::Inspect),
        1 => Just(Input::Retry),
        1 => select(Format::ALL.to_vec()).prop_map(Input::Save),
    ]
}

/// The page of a test case, and the run that it has stored.
struct Trial {
    page: Page,
    ticket: Ticket,
    stored: Option<Vec<u8>>,
}

impl Trial {
    fn apply(&mut self, input: Input) {
        let page = &mut self.page;
        match input {
            Input::Frames(count) => page.frames(count),
            Input::Playback(msg) => page.send(msg),
            Input::Set(field, text) => page.set(field, text),
            Input::Fragment(fragment) => page.send(Msg::Open(fragment.to_owned())),
            Input::Served(served) => page.send(DatasetMsg::Served(served)),
            Input::Download if page.downloads.is_empty() => {}
            Input::Download => {
                page.download(1_010, 12, 12);
                page.load_all();
            }
            Input::Part => {
                if let Some(&ticket) = page.downloads.last() {
                    let part = images(1_500)[..1_100 * PIXELS].to_vec();
                    page.send(DatasetMsg::MnistChunk(ticket, MnistFile::TrainImages, part));
                }
            }
            Input::Fail => {
                if let Some(ticket) = page.downloads.pop() {
                    page.send(DatasetMsg::MnistFailed(ticket, MnistFile::TestImages, "gone".into()));
                }
            }
            Input::DropFile(file_kind) => {
                self.ticket += 1;
                let (name, bytes) = file(file_kind);
                page.drop_named(self.ticket, &[(name, bytes)]);
                page.load_all();
            }
            Input::Runs(msg) => page.send(msg),
            Input::Found => {
                if let Some(bytes) = self.stored.clone() {
                    page.send(RunsMsg::Found(bytes));
                }
            }
            Input::Notice(msg) => page.send(msg),
            Input::Plane(msg) => page.send(msg),
            Input::Inspect(msg) => page.send(msg),
            Input::Retry => page.send(DatasetMsg::Retry),
            Input::Save(format) => page.send(Msg::Save(format)),
        }
        self.stored = self.page.stored.take().or(self.stored.take());
        _ = self.page.app.outputs().decoded();
        _ = self.page.app.outputs().pinned();
        _ = self.page.app.outputs().selected();
        _ = self.page.app.outputs().flow();
        _ = self.page.app.outputs().worst();
        _ = self.page.app.outputs().samples();
        let app = &self.page.app;
        assert!(app.outputs().reconstruction_errors().all(|error| error >= 0.0 || error.is_nan()));
        let first = app.inspect().layer.first_unit;
        app.outputs().weights().into_iter().for_each(|weights| assert!(first < weights.units));
        let _ = self.page.app.inspect().layer_stats.layer();
    }

    fn check(&mut self) {
        let app = &self.page.app;
        assert!(
            app.state() != State::Loading || app.dataset().progress().is_some(),
            "it waits and nothing is loading"
        );
        let settings = app.settings();
        let (written, errors) = Settings::from_fragment(&settings.to_fragment());
        assert_eq!((&written.config, written.preset, errors), (&settings.config, settings.preset, vec![]));
        assert_eq!(&settings.config, app.run().trainer().config());
    }
}

fn file(file_kind: UserFile) -> (&'static str, Vec<u8>) {
    let trainer = || {
        let config = TrainerConfig { spec: SMALL.parse().unwrap(), ..crate::train::Preset::Blog.config() };
        Trainer::new(&config).unwrap()
    };
    match file_kind {
        UserFile::Images => ("digits", images(30)),
        UserFile::Damaged => ("digits", images(30)[..9_000].to_vec()),
        UserFile::Network => ("a.safetensors", save(Format::SafeTensors, &trainer()).unwrap()),
        UserFile::Run => {
            let mut trainer = trainer();
            trainer.step_with_batch(3, |input| input.fill(0.5));
            ("a.bottleneck", save(Format::Bottleneck, &trainer).unwrap())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_inputs_panics_or_loses_a_run(
        inputs in proptest::collection::vec(input(), 1..30)
    ) {
        let mut page = Page::waiting("network=784-3t-2-3t-784&batch=5");
        page.budget = 0.0;
        let mut trial = Trial { page, ticket: 0, stored: None };
        for input in inputs {
            let before = trial.page.step();
            let moves_between_runs =
                matches!(input, Input::Runs(RunsMsg::Undo | RunsMsg::Redo));
            trial.apply(input);
            trial.check();
            if trial.page.step() < before && !moves_between_runs {
                // Another run has started, or two: undo has to restore the one before, and redo this one.
                let after = trial.page.step();
                let undone = (1..4).find(|_| {
                    trial.page.send(RunsMsg::Undo);
                    trial.page.step() >= before
                });
                prop_assert!(undone.is_some(), "step {} after {before}", trial.page.step());
                trial.check();
                if after > 0 {
                    (0..undone.unwrap_or_default()).for_each(|_| trial.page.send(RunsMsg::Redo));
                    prop_assert_eq!(trial.page.step(), after);
                }
            }
        }
    }
}
