//! The strip *Try*, the open lesson, and the tour.

use web_sys::{Document, Element, Event, HtmlElement, KeyboardEvent};

use super::{DrawContext, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Lesson, LessonMsg, Version};
use crate::web::dom::{self, DomError, id, window};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The attribute of what a lesson points at.
const HIGHLIGHTED: &str = "data-lit";

/// The class of the tour's button until the tour was taken, or skipped.
const NEW: &str = "new";

/// The key in the browser's local storage that says that the tour was taken.
const SEEN_KEY: &str = "bottleneck-tour";

/// The strip of buttons and the panel of the lesson.
pub(super) struct Lessons {
    document: Document,
    strip: Element,
    tour: HtmlElement,
    panel: HtmlElement,
    title: Element,
    text: Element,
    choices: HtmlElement,
    close: HtmlElement,
    throttle: RedrawThrottle<Version>,
    /// The lesson whose choices are shown.
    shown: Option<Lesson>,
    /// The elements that the lesson points at.
    highlighted: Vec<Element>,
}

impl Lessons {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let strip: Element = dom::element(document, id::LESSONS)?;
        let tour: HtmlElement = dom::element(document, id::TOUR)?;
        for lesson in Lesson::ALL {
            let script = lesson.script();
            let button = dom::create_button(document, "", script.title, script.question);
            dom::set_attribute(&button, "data-lesson", script.key);
            dom::append(&strip, &button);
        }
        let was_seen = dom::local_storage().and_then(|storage| storage.get_item(SEEN_KEY).ok()?).is_some();
        tour.set_class_name(if was_seen { "" } else { NEW });
        Ok(Self {
            document: document.clone(),
            strip,
            tour,
            panel: dom::element(document, id::LESSON)?,
            title: dom::element(document, id::LESSON_TITLE)?,
            text: dom::element(document, id::LESSON_TEXT)?,
            choices: dom::element(document, id::LESSON_CHOICES)?,
            close: dom::element(document, id::LESSON_CLOSE)?,
            throttle: RedrawThrottle::new(1),
            shown: None,
            highlighted: Vec::new(),
        })
    }

    /// Makes the buttons of a lesson's choices, or none.
    fn show_choices(&mut self, lesson: Option<Lesson>) {
        if lesson == self.shown {
            return;
        }
        self.shown = lesson;
        self.choices.set_text_content(None);
        for (index, choice) in lesson.iter().flat_map(|lesson| lesson.script().choices).enumerate() {
            let button = dom::create_button(&self.document, "", choice, "Your guess: the run will tell.");
            dom::set_attribute(&button, "data-choice", &index.to_string());
            dom::append(&self.choices, &button);
        }
        if lesson == Some(Lesson::DrawYourOwn) {
            self.open_pad();
        }
    }

    fn open_pad(&self) {
        let button = dom::element::<HtmlElement>(&self.document, id::PAD_OPEN).ok();
        if let Some(button) =
            button.filter(|button| button.get_attribute("aria-pressed").as_deref() != Some("true"))
        {
            button.click();
        }
    }

    /// Marks the chosen answer, and once the run has answered, the right one.
    fn mark_choices(&self, chosen: Option<usize>, right: Option<usize>) {
        let buttons = self.choices.children();
        for index in 0..buttons.length() {
            let Some(button) = buttons.item(index) else { continue };
            let is = |other: Option<usize>| other == Some(index as usize);
            dom::set_bool_attribute(&button, "aria-pressed", is(chosen));
            button.set_class_name(if is(right) { "right" } else { "" });
        }
    }

    fn highlight(&mut self, ids: &[&str]) {
        self.highlighted.iter().for_each(|element| dom::remove_attribute(element, HIGHLIGHTED));
        self.highlighted = ids.iter().filter_map(|id| self.document.get_element_by_id(id)).collect();
        self.highlighted.iter().for_each(|element| dom::set_attribute(element, HIGHLIGHTED, ""));
    }
}

impl Panel for Lessons {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (opening, panel) = (handle.clone(), self.panel.clone());
        let open = Listener::new(&self.strip, "click", Mode::Passive, move |event: Event| {
            let key =
                dom::closest(&event, "[data-lesson]").and_then(|button| button.get_attribute("data-lesson"));
            if let Some(lesson) = key.and_then(|key| Lesson::from_key(&key)) {
                opening.send(LessonMsg::Open(lesson));
                panel.scroll_into_view_with_bool(false);
            }
        });
        let (touring, tour) = (handle.clone(), self.tour.clone());
        let take = Listener::new(&self.tour, "click", Mode::Passive, move |_: Event| {
            touring.send(LessonMsg::TakeTour);
            tour.set_class_name("");
            let _ = dom::local_storage().map(|storage| storage.set_item(SEEN_KEY, "1"));
        });
        let choosing = handle.clone();
        let choose = Listener::new(&self.choices, "click", Mode::Passive, move |event: Event| {
            let choice = dom::closest(&event, "[data-choice]")
                .and_then(|button| button.get_attribute("data-choice")?.parse().ok());
            choice.into_iter().for_each(|choice| choosing.send(LessonMsg::Choose(choice)));
        });
        let closing = handle.clone();
        let close = Listener::new(&self.close, "click", Mode::Passive, move |_: Event| {
            closing.send(LessonMsg::Close);
        });
        let escaping = handle.clone();
        let escape = Listener::new(&window(), "keydown", Mode::Passive, move |event: KeyboardEvent| {
            let takes_tour = || escaping.read(|app| app.lessons().tour.is_some()).unwrap_or_default();
            if event.key() == "Escape" && takes_tour() {
                escaping.send(LessonMsg::Close);
            }
        });
        vec![open, take, choose, close, escape]
    }

    fn draw(&mut self, app: &App, _: &DrawContext) {
        let lessons = app.lessons();
        if !self.throttle.is_due(lessons.version(), true) {
            return;
        }
        let open = lessons.open.as_ref();
        self.show_choices(open.map(|open| open.lesson));
        self.mark_choices(
            open.and_then(|open| open.chosen),
            open.and_then(|open| Some(open.shown_answer()?.1.right)),
        );
        let (title, text) = lessons.text().unwrap_or_default();
        dom::set_text(&self.title, &title);
        dom::set_text(&self.text, &text);
        dom::set_text(
            &self.close,
            if lessons.tour.is_some_and(|tour| tour.stop.is_some()) { "Skip the tour" } else { "Close" },
        );
        let is_shown = open.is_some() || lessons.tour.is_some();
        if !is_shown && self.panel.contains(self.document.active_element().as_deref()) {
            dom::focus(&self.tour);
        }
        dom::set_visible(&self.panel, is_shown);
        self.highlight(lessons.highlighted_ids());
    }
}
