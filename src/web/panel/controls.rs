//! The page's simple controls and figures, one row each: the message a control sends, and what it shows.

use web_sys::Document;

use super::{DrawContext, Panel, layer, settings};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{
    Agreement, App, Coloring, DEFAULT_CIRCLE_SPEED, DatasetChoice, DatasetMsg, InspectMsg, LayerEdit, Msg,
    NoticeMsg, Overlay, PREVIEW_IMAGES, PadMsg, PlaneMsg, PlaybackMsg, Quantity, RunsMsg, Speed, State,
    StepSize, Version, View,
};
use crate::data::decimal;
use crate::data::import::Adjustment;
use crate::nn::Activation;
use crate::train::setting::Setting;
use crate::view::plot::{group_digits, tick_label};
use crate::web::bind::Show::{Attribute, Checked, Disabled, Flag, Options, Pressed, Text, Value, Visible};
use crate::web::bind::{Bindings, Control, Row, row};
use crate::web::dom::{DomError, id};
use crate::web::listener::Listener;
use crate::web::page_handle::PageHandle;

/// How many times closer a step of the zoom leads.
pub(super) const ZOOM_STEP: f32 = 1.5;

/// The values of the plane's layer choice that are not indices.
const CODE: &str = "code";
const PRINCIPAL: &str = "principal";

/// The errors at the ends of the colour key are rounded to this.
const ERROR_STEP: f32 = 0.001;

/// Controls: shown in every frame that paints.
const CONTROLS: &[Row] = &[
    // The masthead
    row("share").click(|| Msg::Share),
    row("embed").click(|| Msg::Embed),
    // Playback
    row("reset").click(|| PlaybackMsg::Reset.into()),
    row(id::PLAY).click(|| PlaybackMsg::TogglePlay.into()).shows(&[Text(play_label)]),
    row("step").click(|| PlaybackMsg::Step.into()),
    row("step-size").on("change", step_size).shows(&[
        Options(|_| String::new(), step_sizes),
        Value(|app| app.playback().step_size().name().to_owned()),
    ]),
    row("speed").on("input", speed).shows(&[
        Attribute("max", |_| (Speed::ALL.len() - 1).to_string()),
        Value(speed_position),
        Attribute("aria-valuetext", |app| app.playback().speed().to_string()),
    ]),
    row("speed-text").shows(&[Text(|app| app.playback().speed().to_string())]),
    row("stop-at").on("change", stop_at).shows(&[Value(|app| or_empty(app.playback().stop_at()))]),
    row("stop-at-plateau")
        .on("change", |control, _| Some(PlaybackMsg::StopAtPlateau(control.flag("checked")).into()))
        .shows(&[Checked(|app| app.playback().stops_at_plateau())]),
    // The plane
    row("show-points")
        .click(|| PlaneMsg::Toggle(Overlay::Points).into())
        .shows(&[Pressed(|app| app.plane().display.has(Overlay::Points))]),
    row("show-thumbnails")
        .click(|| PlaneMsg::Toggle(Overlay::Thumbnails).into())
        .shows(&[Pressed(|app| app.plane().display.has(Overlay::Thumbnails))]),
    row("show-manifold").click(|| PlaneMsg::Toggle(Overlay::Manifold).into()).shows(&[
        Pressed(|app| app.plane().display.has(Overlay::Manifold)),
        Disabled(|app| !app.plane().is_decodable()),
    ]),
    row("show-pull").click(|| PlaneMsg::Toggle(Overlay::Gradients).into()).shows(&[
        Pressed(|app| app.plane().display.has(Overlay::Gradients)),
        Disabled(|app| !app.plane().is_decodable()),
    ]),
    row("coloring").on("change", coloring).shows(&[Value(|app| match app.plane().display.coloring {
        Coloring::Class => "class".to_owned(),
        Coloring::Error => "error".to_owned(),
    })]),
    row(id::ERROR_KEY).shows(&[Visible(|app| app.plane().display.coloring == Coloring::Error)]),
    row("error-low").shows(&[Text(|app| error_label(app.plane().error_range().0))]),
    row("error-high").shows(&[Text(|app| error_label(app.plane().error_range().1))]),
    row("zoom-in").click(|| zoom(ZOOM_STEP)),
    row("zoom-out").click(|| zoom(1.0 / ZOOM_STEP)),
    row("fit").click(|| PlaneMsg::Fit.into()),
    row("plane-layer").on("change", view).shows(&[
        Options(|app| app.settings().get(Setting::Network).unwrap_or_default(), plane_layers),
        Value(|app| match app.plane().view() {
            View::Code => CODE.to_owned(),
            View::Principal => PRINCIPAL.to_owned(),
            View::Layer(index) | View::Units(index) => index.to_string(),
        }),
    ]),
    row("plane-title").shows(&[Text(plane_title), Visible(|app| app.plane().view() != View::Code)]),
    row("axes").shows(&[Visible(|app| axis_count(app) > 2)]),
    row("axis-x")
        .on("change", |control, app| axis(0, control, app))
        .shows(&[Options(axes_key, |app| axes(0, app)), Value(|app| shown_axis(0, app))]),
    row("axis-y")
        .on("change", |control, app| axis(1, control, app))
        .shows(&[Options(axes_key, |app| axes(1, app)), Value(|app| shown_axis(1, app))]),
    row("path")
        .click(|| PlaneMsg::TogglePath.into())
        .shows(&[Pressed(|app| app.plane().path().is_some()), Disabled(|app| !app.plane().is_decodable())]),
    row("walk")
        .click(|| PlaneMsg::ToggleCircle.into())
        .shows(&[Pressed(|app| app.plane().circle().is_some()), Disabled(|app| !app.plane().is_decodable())]),
    row("walk-tools").shows(&[Visible(|app| app.plane().circle().is_some())]),
    row("walk-speed")
        .on("input", |control, _| Some(PlaneMsg::CircleSpeed(decimal::parse(&control.value())?).into()))
        .shows(&[
            Value(circle_speed),
            Attribute("aria-valuetext", |app| circle_speed(app) + " turns per second"),
        ]),
    row("walk-angle-field").shows(&[Visible(|app| app.plane().reduces_motion())]),
    row("walk-angle")
        .on("input", |control, _| Some(PlaneMsg::CircleAngle(decimal::parse(&control.value())?).into()))
        .shows(&[
            Value(|app| or_empty(app.plane().circle().map(|circle| circle.degrees()))),
            Attribute("aria-valuetext", |app| {
                or_empty(app.plane().circle().map(|circle| circle.degrees())) + "°"
            }),
        ]),
    row("walk-zero").click(|| PlaneMsg::CircleAroundOrigin.into()),
    row("legend-all")
        .click(|| PlaneMsg::ShowAllClasses.into())
        .shows(&[Visible(|app| !app.plane().hidden.is_empty())]),
    // The digit
    row("pins-figure").shows(&[Visible(|app| !app.plane().pins.is_empty())]),
    row("pins-clear").click(|| PlaneMsg::ClearPins.into()),
    row("filmstrip-figure").shows(&[Visible(|app| app.plane().path().is_some())]),
    row("prior").shows(&[Visible(|app: &App| app.prior_dim().is_some())]),
    row("sample").click(|| InspectMsg::Sample.into()),
    row("pad-undo")
        .click(|| PadMsg::Undo.into())
        .shows(&[Disabled(|app| app.inspect().pad.strokes.is_empty())]),
    row("pad-clear")
        .click(|| PadMsg::Clear.into())
        .shows(&[Disabled(|app| app.inspect().pad.digit.is_none())]),
    row("errors").on("toggle", |control, _| Some(InspectMsg::Errors(control.flag("open")).into())),
    // Settings
    row("learning-rate-hint").shows(&[Text(settings::rate_hint)]),
    row("seed-random").on("click", settings::random_seed),
    row("dataset-note").shows(&[Text(settings::dataset_note)]),
    row("own-images").shows(&[Visible(|app| app.dataset().current_choice() == DatasetChoice::Own)]),
    row("invert")
        .on("change", |control, app| {
            let invert = control.flag("checked");
            Some(DatasetMsg::Adjust(Adjustment { invert, ..app.dataset().pair().adjustment }).into())
        })
        .shows(&[Checked(|app| app.dataset().pair().adjustment.invert)]),
    row("transpose")
        .on("change", |control, app| {
            let transpose = control.flag("checked");
            Some(DatasetMsg::Adjust(Adjustment { transpose, ..app.dataset().pair().adjustment }).into())
        })
        .shows(&[Checked(|app| app.dataset().pair().adjustment.transpose)]),
    row("keep-images")
        .on("change", |control, _| Some(RunsMsg::KeepImages(control.flag("checked")).into()))
        .shows(&[Checked(|app| app.runs().keeps_images(app.dataset().pair().digest))]),
    row("dataset-retry")
        .click(|| DatasetMsg::Retry.into())
        .shows(&[Visible(|app| app.dataset().failure().is_some())]),
    row("network-note").shows(&[Text(settings::network_note)]),
    // The notice
    row(id::NOTICE_ACTION).click(|| NoticeMsg::Act.into()),
    row(id::NOTICE_ALTERNATIVE).click(|| NoticeMsg::ActOtherwise.into()),
    row("notice-close").click(|| NoticeMsg::Dismiss.into()),
];

/// Figures, and controls that depend on what training changes: refreshed every few frames while the network trains.
const FIGURES: &[Row] = &[
    row(id::APP).shows(&[
        Attribute("data-state", |app| app.state().name().to_owned()),
        Attribute("data-step", |app| app.figures().step.to_string()),
        Attribute("data-examples", |app| app.figures().examples.to_string()),
        Attribute("data-epoch", |app| app.figures().epoch.to_string()),
        Attribute("data-train-loss", |app| or_empty(app.figures().train_mse)),
        Attribute("data-test-loss", |app| or_empty(app.figures().test_mse)),
        Attribute("data-steps-per-second", |app| or_empty(app.figures().steps_per_second)),
        Attribute("data-examples-per-second", |app| or_empty(app.figures().examples_per_second)),
        Attribute("data-dataset", |app| app.dataset().current_choice().name().to_owned()),
        Attribute("data-images", |app| app.figures().images.to_string()),
        Attribute("data-shown-step", |app| app.shown_step().to_string()),
        Attribute("data-runs", |app| app.runs().rows().count().to_string()),
    ]),
    row("training-summary").shows(&[Text(|app| app.settings().training_summary())]),
    row("network-summary").shows(&[Text(|app| app.settings().network_summary())]),
    row("objective-summary").shows(&[Text(|app| app.settings().objective_summary())]),
    row("data-summary").shows(&[Text(settings::data_summary)]),
    row("agreement").shows(&[Text(agreement)]),
    row("figures").shows(&[Flag("data-past", |app| app.runs().timeline().shown().is_some())]),
    row("figure-step").shows(&[Text(|app| group_digits(app.shown_figures().step))]),
    row("figure-epoch").shows(&[Text(|app| epochs(app.shown_figures().epoch))]),
    row("figure-test").shows(&[Text(test_error)]),
    row("figure-test-name").shows(&[Text(test_error_label)]),
    row("figure-train").shows(&[Text(|app| mse(app.shown_figures().train_mse))]),
    row("figure-examples-rate").shows(&[Text(|app| rate(app.figures().examples_per_second))]),
    row("progress").shows(&[
        Visible(|app| progress(app).is_some()),
        Value(|app| or_empty(progress(app).map(|(share, _)| share))),
    ]),
    row("progress-label").shows(&[
        Visible(|app| progress(app).is_some()),
        Text(|app| progress(app).map_or_else(String::new, |(_, text)| text)),
    ]),
    row("timeline-text").shows(&[Text(timeline_text)]),
    row("unfold").click(|| RunsMsg::Replay.into()).shows(&[
        Disabled(|app| app.runs().timeline().len() < 2),
        Pressed(|app| app.runs().timeline().is_replaying()),
        Attribute("data-help", |app| replay_help(app).to_owned()),
    ]),
    row("now")
        .click(|| RunsMsg::Now.into())
        .shows(&[Visible(|app| app.runs().timeline().shown().is_some())])
        .focuses(id::TIMELINE),
    row("branch")
        .click(|| RunsMsg::Branch.into())
        .shows(&[Visible(|app| app.runs().timeline().shown().is_some())])
        .focuses(id::TIMELINE),
    row("layer-title").shows(&[Text(layer::title)]),
    row("layer-figures").shows(&[Text(layer::statistics)]),
    row("layer-previous")
        .on("click", |_, app| neighbour(app, app.inspect().layer.layer?.checked_sub(1)?))
        .shows(&[Disabled(|app| app.inspect().layer.layer == Some(0))]),
    row("layer-next")
        .on("click", |_, app| neighbour(app, app.inspect().layer.layer? + 1))
        .shows(&[Disabled(layer::is_output)]),
    row("layer-close").click(|| InspectMsg::Close.into()),
    row("layer-width").on("change", width).shows(&[
        Value(|app| or_empty(layer::spec(app).map(|layer| layer.outputs))),
        Disabled(layer::is_output),
    ]),
    row("layer-activation")
        .on("change", |control, app| {
            edit(app, |layer| Some(LayerEdit::Activation(layer, control.value().parse().ok()?)))
        })
        .shows(&[
            Options(|_| String::new(), activations),
            Value(|app| layer::spec(app).map_or("", |layer| layer.activation.name()).to_owned()),
        ]),
    row("layer-insert")
        .on("click", |_, app| edit(app, |layer| Some(LayerEdit::Insert(layer))))
        .shows(&[Visible(|app| !layer::is_output(app))]),
    row("layer-remove")
        .on("click", |_, app| edit(app, |layer| Some(LayerEdit::Remove(layer))))
        .shows(&[Visible(|app| !layer::is_output(app) && !layer::is_code(app))]),
    row("layer-weights")
        .click(|| InspectMsg::Show(Quantity::Weights).into())
        .shows(&[Pressed(|app| app.inspect().layer.quantity == Quantity::Weights)]),
    row("layer-gradients")
        .click(|| InspectMsg::Show(Quantity::Gradients).into())
        .shows(&[Pressed(|app| app.inspect().layer.quantity == Quantity::Gradients)]),
    row(id::LAYER_PREVIOUS_UNITS).click(|| InspectMsg::Turn(false).into()),
    row(id::LAYER_NEXT_UNITS).click(|| InspectMsg::Turn(true).into()),
];

/// The two tables, bound to the page.
pub(super) struct Controls {
    controls: Bindings,
    figures: Bindings,
    /// What the user changes is shown immediately.
    touched: RedrawThrottle<(State, Version, Version, Option<u64>, bool)>,
}

impl Controls {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            controls: Bindings::new(document, CONTROLS)?,
            figures: Bindings::new(document, FIGURES)?,
            touched: RedrawThrottle::new(1),
        })
    }
}

impl Panel for Controls {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        self.controls.bind(handle).into_iter().chain(self.figures.bind(handle)).collect()
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        self.controls.show(app);
        let timeline = app.runs().timeline();
        let shown = timeline.shown().map(|checkpoint| checkpoint.step);
        let touched = (
            app.state(),
            app.playback().version(),
            app.inspect().layer.version(),
            shown,
            timeline.is_replaying(),
        );
        let is_touched = self.touched.is_due(touched, true);
        if context.writes_texts || is_touched {
            self.figures.show(app);
        }
    }
}

fn or_empty<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn mse(mse: Option<f32>) -> String {
    match mse {
        None => "–".to_owned(),
        Some(mse) if mse < 100.0 => format!("{mse:.4}"),
        Some(mse) => group_digits(mse as u64),
    }
}

fn test_error(app: &App) -> String {
    let figures = app.shown_figures();
    mse(figures.test_mse.or(figures.test_preview))
}

fn test_error_label(app: &App) -> String {
    match app.shown_figures().test_preview {
        None => "Test error".to_owned(),
        Some(_) => format!("On {} digits", group_digits(PREVIEW_IMAGES as u64)),
    }
}

fn circle_speed(app: &App) -> String {
    app.plane().circle().map_or(DEFAULT_CIRCLE_SPEED, |circle| circle.speed).to_string()
}

fn rate(rate: Option<f64>) -> String {
    rate.map_or_else(|| "–".to_owned(), |rate| group_digits(rate.round() as u64))
}

/// Formats epochs with a decimal: `1,234.5`.
fn epochs(epochs: f64) -> String {
    let tenths = (10.0 * epochs).round() as u64;
    format!("{}.{}", group_digits(tenths / 10), tenths % 10)
}

fn play_label(app: &App) -> String {
    let plays = app.playback().is_playing() && app.state() != State::Diverged;
    if plays { "Pause" } else { "Play" }.to_owned()
}

fn step_sizes(_: &App) -> Vec<(String, String)> {
    let title = |size: StepSize| if size == StepSize::Epoch { "an epoch" } else { size.name() };
    StepSize::ALL.map(|size| (size.name().to_owned(), title(size).to_owned())).into()
}

fn step_size(control: &Control, _: &App) -> Option<Msg> {
    let value = control.value();
    let size = StepSize::ALL.into_iter().find(|size| size.name() == value)?;
    Some(PlaybackMsg::StepSize(size).into())
}

fn speed(control: &Control, _: &App) -> Option<Msg> {
    Speed::ALL.get(control.number() as usize).map(|&speed| PlaybackMsg::Speed(speed).into())
}

fn speed_position(app: &App) -> String {
    let speed = app.playback().speed();
    or_empty(Speed::ALL.iter().position(|&other| other == speed))
}

fn stop_at(control: &Control, _: &App) -> Option<Msg> {
    Some(Msg::SetStop(control.value()))
}

fn width(control: &Control, app: &App) -> Option<Msg> {
    Some(Msg::SetWidth(app.inspect().layer.layer?, control.value()))
}

fn coloring(control: &Control, _: &App) -> Option<Msg> {
    let coloring = if control.value() == "class" { Coloring::Class } else { Coloring::Error };
    Some(PlaneMsg::Color(coloring).into())
}

fn error_label(error: f32) -> String {
    tick_label(f64::from((error / ERROR_STEP).round()) * f64::from(ERROR_STEP), f64::from(ERROR_STEP))
}

fn zoom(factor: f32) -> Msg {
    PlaneMsg::Zoom { at: None, factor, smoothly: true }.into()
}

fn view(control: &Control, _: &App) -> Option<Msg> {
    let view = match control.value().as_str() {
        CODE => View::Code,
        PRINCIPAL => View::Principal,
        index => View::Layer(index.parse().ok()?),
    };
    Some(PlaneMsg::View(view).into())
}

/// Returns the layers that can place the digits, the code first.
fn plane_layers(app: &App) -> Vec<(String, String)> {
    let network = app.run().model_view().network;
    let code = network.encoder().len() - 1;
    let mut options = vec![(CODE.to_owned(), format!("code: {}", network.latent_dim()))];
    if network.latent_dim() > 2 {
        options.push((PRINCIPAL.to_owned(), "code, principal".to_owned()));
    }
    for (index, layer) in network.layers().iter().enumerate().filter(|(index, _)| *index != code) {
        let activation = layer.activation.title().to_ascii_lowercase();
        options.push((index.to_string(), format!("{}: {} {activation}", index + 1, layer.outputs)));
    }
    options
}

/// Returns how many units there are to choose the axes from.
fn axis_count(app: &App) -> usize {
    match app.plane().view() {
        View::Code => app.plane().latent_dim,
        View::Principal => 0,
        View::Layer(layer) | View::Units(layer) => {
            app.run().model_view().network.layers().get(layer).map_or(0, |layer| layer.outputs)
        }
    }
}

fn axes_key(app: &App) -> String {
    format!("{} {:?}", axis_count(app), app.plane().view())
}

/// Returns what can be shown on the x or y axis: the units, and of another layer first its principal component.
fn axes(direction: usize, app: &App) -> Vec<(String, String)> {
    let view = app.plane().view();
    let letter = if view == View::Code { "z" } else { "" };
    let count = Some(axis_count(app)).filter(|&count| count > 2).unwrap_or_default();
    let component = (PRINCIPAL.to_owned(), format!("pc{}", direction + 1));
    let is_layer = app.plane().shown_layer().is_some() && count > 0;
    let units = (0..count).map(|axis| (axis.to_string(), format!("{letter}{}", axis + 1)));
    is_layer.then_some(component).into_iter().chain(units).collect()
}

fn shown_axis(direction: usize, app: &App) -> String {
    match app.plane().view() {
        View::Layer(_) => PRINCIPAL.to_owned(),
        _ => app.plane().axes()[direction].to_string(),
    }
}

fn axis(direction: usize, control: &Control, app: &App) -> Option<Msg> {
    let value = control.value();
    let msg = match app.plane().shown_layer().filter(|_| value == PRINCIPAL) {
        Some(layer) => PlaneMsg::View(View::Layer(layer)),
        None => PlaneMsg::Axis(direction, value.parse().ok()?),
    };
    Some(msg.into())
}

/// Returns what the plane shows, unless that is the code itself.
fn plane_title(app: &App) -> String {
    let layer = |layer: usize| {
        let layers = app.run().model_view().network.layers();
        let kind = layers.get(layer).map(|of| of.activation.title().to_ascii_lowercase()).unwrap_or_default();
        let units = layers.get(layer).map_or(0, |of| of.outputs);
        format!("layer {}, {} {kind}", layer + 1, group_digits(units as u64))
    };
    match app.plane().view() {
        View::Code => String::new(),
        View::Principal => "Principal components of the code".to_owned(),
        View::Layer(index) => format!("Principal components of {}", layer(index)),
        View::Units(index) => {
            let [x, y] = app.plane().axes();
            format!("Units {} and {} of {}", x + 1, y + 1, layer(index))
        }
    }
}

/// Tells how well the places of the digits tell their classes.
fn agreement(app: &App) -> String {
    let found = app.plane().agreement();
    found.map_or_else(String::new, |Agreement { share, chance }| {
        format!("nearest digit is the same: {:.0} %, by chance {:.0} %", 100.0 * share, 100.0 * chance)
    })
}

/// Returns the images that are loaded, or the steps that are made of those asked for: as a share and in words.
fn progress(app: &App) -> Option<(f64, String)> {
    let images = || {
        let images = group_digits(app.figures().images as u64);
        if app.is_waiting() {
            let all = group_digits(app.dataset().pair().train.expected_len() as u64);
            return format!("waits for more digits ({images} of {all})");
        }
        format!("{images} images")
    };
    if let Some(share) = app.dataset().progress() {
        return Some((share, images()));
    }
    let (made, asked) = app.playback().step_progress()?;
    Some((made as f64 / asked as f64, format!("{} of {} steps", group_digits(made), group_digits(asked))))
}

fn replay_help(app: &App) -> &'static str {
    if app.plane().reduces_motion() {
        "Shows the first step of the run: from there, move the timeline by hand."
    } else {
        "Replays the run from its first step to now."
    }
}

pub(super) fn timeline_text(app: &App) -> String {
    if app.runs().timeline().shown().is_none() {
        return "now".to_owned();
    }
    format!("step {} of {}", group_digits(app.shown_step()), group_digits(app.run().trainer().steps()))
}

fn activations(_: &App) -> Vec<(String, String)> {
    let options = Activation::ALL.iter();
    options.map(|activation| (activation.name().to_owned(), activation.title().to_owned())).collect()
}

/// Returns the message that opens another layer.
fn neighbour(app: &App, layer: usize) -> Option<Msg> {
    (layer < app.settings().config.spec.layers.len()).then(|| InspectMsg::Toggle(layer).into())
}

/// Returns the message that changes the open layer.
fn edit(app: &App, edit: impl Fn(usize) -> Option<LayerEdit>) -> Option<Msg> {
    Some(InspectMsg::Edit(app.inspect().layer.layer.and_then(edit)?).into())
}
