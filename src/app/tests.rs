//! The page driven as a browser would drive it, but by a clock that goes as the test wants.

mod arrival;
mod divergence;
mod frames;
mod layers;
mod networks;
mod own_files;
mod plane;
mod runs;

use super::*;
use crate::data::idx::{Kind, encode_header};
use crate::data::{PIXELS, strokes};

/// A page, and the clock that it is driven by.
struct Page {
    app: App,
    /// The time in milliseconds.
    time: f64,
    /// What every look at the clock takes, in milliseconds.
    tick: f64,
    /// The budget of a frame, in milliseconds.
    budget: f64,
}

impl Page {
    fn open(fragment: &str, mnist_served: bool) -> Self {
        let mut page = Self { app: App::default(), time: 0.0, tick: 1.0, budget: 8.0 };
        page.send(Msg::Open { fragment: fragment.to_owned(), mnist_served });
        page
    }

    /// A page on which few images are all there and training is about to begin.
    fn with_mnist(fragment: &str) -> Self {
        let mut page = Self::open(fragment, true);
        page.download(1_200, 60, 60);
        page.budget = 1e9;
        page.tick = 0.0;
        while page.app.progress().is_some() {
            page.app.let_arrive();
        }
        (page.budget, page.tick) = (0.0, 1.0);
        page
    }

    fn send(&mut self, msg: Msg) {
        self.app.update(msg);
    }

    fn set(&mut self, field: Field, value: &str) {
        self.send(Msg::Set(field, value.to_owned()));
    }

    fn frame(&mut self) -> Dirty {
        self.time += 16.0;
        let (time, tick) = (&mut self.time, self.tick);
        self.app.frame(self.budget, || {
            *time += tick;
            *time
        })
    }

    fn frames(&mut self, count: usize) {
        for _ in 0..count {
            self.frame();
        }
    }

    /// Goes on until something is so.
    fn until(&mut self, condition: impl Fn(&App) -> bool) {
        for _ in 0..20_000 {
            if condition(&self.app) {
                return;
            }
            self.frame();
        }
        panic!("it never came to that: {:?} at step {}", self.app.state(), self.step());
    }

    fn step(&self) -> u64 {
        self.app.trainer().steps()
    }

    fn parameters(&self) -> Vec<u32> {
        self.app.trainer().parameters().iter().map(|p| p.to_bits()).collect()
    }

    fn notice(&self) -> &str {
        self.app.notice().map_or("", |notice| &notice.text)
    }

    /// Lets the three files of MNIST arrive.
    fn download(&mut self, train: usize, test: usize, labels: usize) -> Ticket {
        let ticket = self.app.take_download().expect("a download is asked for");
        for (file, bytes) in [
            (MnistFile::TrainImages, images(train)),
            (MnistFile::TestImages, images(test)),
            (MnistFile::TestLabels, labels_of(labels)),
        ] {
            self.send(Msg::MnistChunk(ticket, file, bytes));
            self.send(Msg::MnistEnd(ticket, file));
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
        self.send(Msg::OwnFiles(ticket, files.iter().map(|(name, _)| (*name).to_owned()).collect()));
        for (number, (_, bytes)) in files.iter().enumerate() {
            for chunk in bytes.chunks(50_000) {
                self.send(Msg::OwnChunk(ticket, number, chunk.to_vec()));
            }
            self.send(Msg::OwnEnd(ticket, number));
        }
    }
}

/// A file of so many images.
fn images(count: usize) -> Vec<u8> {
    let mut file = encode_header(Kind::Images, count as u32);
    let mut pixels = [0; PIXELS];
    for index in 0..count {
        strokes::draw(5, index as u32, &mut pixels);
        file.extend_from_slice(&pixels);
    }
    file
}

/// A file of so many labels.
fn labels_of(count: usize) -> Vec<u8> {
    let mut file = encode_header(Kind::Labels, count as u32);
    file.extend((0..count).map(|i| (i % 10) as u8));
    file
}
