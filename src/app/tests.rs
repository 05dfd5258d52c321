//! The app, driven as a browser drives it, with a simulated clock.

mod article;
mod browser_storage;
mod curves;
mod divergence;
mod downloads;
mod frames;
mod inspect;
mod layer_quantities;
mod layers;
mod lessons;
mod list;
mod networks;
mod pad;
mod plane;
mod plane_tools;
mod runs;
mod sequences;
mod speed;
mod storage;
mod timeline;
mod user_files;

use std::collections::VecDeque;
use std::rc::Rc;

use super::dataset_ref::SplitDataset;
use super::*;
use crate::data::idx::{Kind, encode_header};
use crate::data::import::Adjustment;
use crate::data::{PIXELS, synthetic};
use browser_storage::BrowserStorage;

/// An app, its clock, and the effects that it requested.
struct Page {
    app: App,
    /// The time in milliseconds.
    time: f64,
    /// The milliseconds that each reading of the clock takes.
    tick: f64,
    /// The budget of a frame, in milliseconds.
    budget: f64,
    /// The effects, by kind.
    downloads: Vec<Ticket>,
    pictures: Vec<(Ticket, PictureRequest)>,
    files: Vec<Vec<u8>>,
    url: Option<String>,
    copied: Option<String>,
    saved: Option<SavedFile>,
    storage: Rc<RefCell<BrowserStorage>>,
    /// What the storage has not answered yet.
    requests: VecDeque<StorageRequest>,
    /// Whether it answers only when told to.
    is_storage_slow: bool,
}

impl Page {
    /// Opens a page that does not know yet whether MNIST is served.
    fn waiting(fragment: &str) -> Self {
        Self::visit(fragment, 1, Rc::default())
    }

    /// Opens a page of a visit in a browser with this storage.
    fn visit(fragment: &str, visit: u32, storage: Rc<RefCell<BrowserStorage>>) -> Self {
        let mut page = Self {
            app: App::default(),
            time: 0.0,
            tick: 0.16,
            budget: 8.0,
            downloads: Vec::new(),
            pictures: Vec::new(),
            files: Vec::new(),
            url: None,
            copied: None,
            saved: None,
            storage,
            requests: VecDeque::new(),
            is_storage_slow: false,
        };
        let origin = 1.7e12 + 3.6e6 * f64::from(visit);
        page.send(RunsMsg::Visit(Visit { id: visit, origin, is_phone: false }));
        page.send(Msg::Open(fragment.to_owned()));
        page
    }

    fn open(fragment: &str, mnist_served: bool) -> Self {
        let mut page = Self::waiting(fragment);
        page.send(DatasetMsg::Served(mnist_served));
        page
    }

    /// Opens a page with a few images of MNIST, about to train.
    fn with_mnist(fragment: &str) -> Self {
        let mut page = Self::open(fragment, true);
        page.download(1_200, 60, 60);
        page.load_all();
        page.budget = 0.0;
        page
    }

    /// Loads everything that has arrived.
    fn load_all(&mut self) {
        while self.app.load_piece() {}
        self.run_effects();
    }

    fn send(&mut self, msg: impl Into<Msg>) {
        self.app.update(msg);
        self.run_effects();
    }

    /// Runs the effects.
    fn run_effects(&mut self) {
        for effect in self.app.take_effects() {
            match effect {
                Effect::Download(ticket) => self.downloads.push(ticket),
                Effect::Decode(ticket, picture) => self.pictures.push((ticket, picture)),
                Effect::UpdateUrl(fragment) => self.url = Some(fragment),
                Effect::CopyLink(fragment) | Effect::CopyEmbed(fragment) => self.copied = Some(fragment),
                Effect::SaveFile(file) => self.saved = Some(file),
                Effect::Storage(request) => self.requests.push_back(request),
            }
        }
        if !self.is_storage_slow {
            self.answer();
        }
    }

    /// Lets the storage answer.
    fn answer(&mut self) {
        while let Some(request) = self.requests.pop_front() {
            let event = self.storage.borrow_mut().answer(request);
            event.into_iter().for_each(|event| self.send(RunsMsg::Storage(event)));
        }
    }

    /// Opens the page again, in another visit, with what the browser has stored.
    fn reload(&self, fragment: &str, mnist_served: bool) -> Self {
        let visit = self.app.runs().visit().id + 1;
        let mut page = Self::visit(fragment, visit, Rc::clone(&self.storage));
        page.send(DatasetMsg::Served(mnist_served));
        page
    }

    /// Returns the labels of the list.
    fn labels(&self) -> Vec<String> {
        self.app.runs().rows().map(|row| self.app.runs().label(row)).collect()
    }

    /// Returns the key of a row.
    fn key(&self, index: usize) -> String {
        self.app.runs().rows().nth(index).expect("a row").key().to_owned()
    }

    /// Continues with the run in a row.
    fn open_row(&mut self, index: usize) {
        let key = self.key(index);
        self.send(RunsMsg::Open(key));
    }

    fn set(&mut self, field: impl Into<Field>, value: &str) {
        self.send(Msg::Set(field.into(), value.to_owned()));
    }

    fn frame(&mut self) {
        self.time += 16.0;
        let (time, tick) = (&mut self.time, self.tick);
        self.app.frame(self.budget, || {
            *time += tick;
            *time
        });
        self.run_effects();
    }

    fn frames(&mut self, count: usize) {
        for _ in 0..count {
            self.frame();
        }
    }

    /// Runs frames until a condition holds.
    fn until(&mut self, condition: impl Fn(&App) -> bool) {
        for _ in 0..20_000 {
            if condition(&self.app) {
                return;
            }
            self.frame();
        }
        panic!("the condition never held: {:?} at step {}", self.app.state(), self.step());
    }

    /// Runs frames until the run has diverged, has been seen to, and its last good parameters are shown.
    fn until_diverged(&mut self) {
        self.until(|app| app.state() == State::Diverged);
        self.until(|app| !app.run().is_diverged_shown());
    }

    fn step(&self) -> u64 {
        self.app.run().trainer().steps()
    }

    fn parameters(&self) -> Vec<u32> {
        self.app.run().trainer().parameters().iter().map(|p| p.to_bits()).collect()
    }

    fn dataset(&self) -> DatasetChoice {
        self.app.dataset().current_choice()
    }

    /// Returns the number of training images and of test images.
    fn images(&self) -> (usize, usize) {
        let SplitDataset { train, test, .. } = self.app.dataset().pair();
        (train.len(), test.len())
    }

    fn notice(&self) -> &str {
        self.app.notices().shown().map_or("", |notice| &notice.text)
    }

    fn action(&self) -> Option<Action> {
        Some(self.app.notices().shown()?.action.as_ref()?.0)
    }

    /// Returns all versions that views depend on.
    fn versions(&self) -> [Version; 8] {
        let (app, plane) = (&self.app, self.app.plane());
        [
            app.run().version(),
            app.run().settings_version(),
            app.inspect().reconstructions.version(),
            plane.version(),
            plane.manifold_version(),
            app.notices().version(),
            app.network_text_version(),
            app.runs().version(),
        ]
    }

    fn take_url(&mut self) -> String {
        self.url.take().expect("the URL is updated")
    }

    /// Downloads the four files of MNIST.
    fn download(&mut self, train: usize, test: usize, labels: usize) -> Ticket {
        let ticket = self.downloads.pop().expect("a download is requested");
        for (file, bytes) in [
            (MnistFile::TrainImages, images(train)),
            (MnistFile::TestImages, images(test)),
            (MnistFile::TestLabels, labels_of(labels)),
            (MnistFile::TrainLabels, labels_of(train)),
        ] {
            self.send(DatasetMsg::MnistChunk(ticket, file, bytes));
            self.send(DatasetMsg::MnistEnd(ticket, file));
        }
        ticket
    }

    /// Drops files of digits on the page.
    fn drop_files(&mut self, ticket: Ticket, files: &[Vec<u8>]) {
        let names: Vec<_> = (0..files.len()).map(|i| format!("file-{i}")).collect();
        let files: Vec<_> = names.iter().map(String::as_str).zip(files.iter().cloned()).collect();
        self.drop_named(ticket, &files);
    }

    /// Drops files on the page.
    fn drop_named(&mut self, ticket: Ticket, files: &[(&str, Vec<u8>)]) {
        self.files = files.iter().map(|(_, bytes)| bytes.clone()).collect();
        self.send(DatasetMsg::FilesChosen(
            ticket,
            files.iter().map(|(name, _)| (*name).to_owned()).collect(),
        ));
        for (number, (_, bytes)) in files.iter().enumerate() {
            for chunk in bytes.chunks(50_000) {
                self.send(DatasetMsg::FileChunk(ticket, number, chunk.to_vec()));
            }
            self.send(DatasetMsg::FileEnd(ticket, number));
        }
    }
}

/// A file of images.
fn images(count: usize) -> Vec<u8> {
    let mut file = encode_header(Kind::Images, count as u32);
    let mut pixels = [0; PIXELS];
    for index in 0..count {
        synthetic::draw(5, index as u32, &mut pixels);
        file.extend_from_slice(&pixels);
    }
    file
}

/// A file of labels.
fn labels_of(count: usize) -> Vec<u8> {
    let mut file = encode_header(Kind::Labels, count as u32);
    file.extend((0..count).map(|i| (i % 10) as u8));
    file
}
