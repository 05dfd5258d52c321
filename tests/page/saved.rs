//! What the page hands over: files of networks arrive in a folder of the test's; codes, pictures and films.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::support::page::{Data, Opening, Page, arrived, screenshots};

/// Where Chromium leaves what is saved.
pub(super) struct Downloads<'p> {
    pub(super) page: &'p Page,
    pub(super) folder: PathBuf,
}

impl<'p> Downloads<'p> {
    pub(super) fn of(page: &'p Page, name: &str) -> Self {
        let folder = screenshots().join(format!("downloads-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let parameters = json!({ "behavior": "allow", "downloadPath": folder });
        page.browser.devtools("Browser.setDownloadBehavior", parameters);
        Self { page, folder }
    }

    /// Saves in a format and waits for the file.
    pub(super) fn save(&self, format: &str, step: f64) -> Vec<u8> {
        self.page.set("Format", format);
        self.page.press("Save");
        let path = self.folder.join(format!("bottleneck-step-{step}.{format}"));
        let bytes = arrived(&path, 40.0);
        fs::remove_file(path).expect("the file is ours");
        bytes
    }
}

#[test]
fn codes_pictures_and_films_are_saved_and_the_page_shows_itself_inside_another() {
    let page = Page::training(Opening::on(Data::best()).speed(100));
    page.wait("step > 100", 30.0, "some training");
    let downloads = Downloads::of(&page, "pictures");
    let save = |choice: &str, name: &str| {
        page.set("Format", choice);
        page.press("Save");
        arrived(&downloads.folder.join(name), 40.0)
    };
    for name in ["plane", "pipeline", "decoded", "reconstructions", "loss"] {
        let canvas = if name == "plane" { "latent" } else { name };
        let png = save(canvas, &format!("bottleneck-{name}.png"));
        assert!(png.starts_with(b"\x89PNG") && png.len() > 500, "{name}: {} bytes", png.len());
    }
    page.set("Format", "filmstrip");
    page.press("Save");
    assert!(page.wait_for_notice("there is no path yet").contains("does not show the filmstrip"));

    page.press("Pause");
    page.wait("state === 'paused'", 2.0, "Pause pauses");
    let table = save("codes", &format!("bottleneck-codes-step-{}.csv", page.number("step")));
    let table = String::from_utf8(table).expect("text");
    assert!(table.starts_with("digit,label,z1,z2\n0,") && table.lines().count() == 1_001, "{table:.80}");

    page.press("Play");
    page.press("Circle");
    page.browser.js("const speed = document.querySelector('#walk-speed');
         speed.value = speed.max;
         speed.dispatchEvent(new Event('input', { bubbles: true }))");
    for scene in ["unfolding", "walk"] {
        let film = save(scene, &format!("bottleneck-{scene}.webm"));
        assert!(
            film.starts_with(b"\x1a\x45\xdf\xa3") && film.len() > 20_000,
            "{scene}: {} bytes",
            film.len()
        );
    }
    assert_eq!(page.attribute("#walk", "aria-pressed"), "true", "the walk that was filmed goes on");

    page.browser.js("location.hash = '#embed=decoded,plane&dataset=strokes'");
    let shown = "getComputedStyle(document.querySelector('.masthead')).display === 'none'
         && document.querySelector('#loss').offsetParent === null
         && document.querySelector('#latent').offsetParent !== null";
    page.browser.wait_until(shown, 2.0, "the chosen panels alone");
    page.browser.js("location.hash = '#embed=decoded,plane,settings&dataset=strokes'");
    page.browser.wait_until(
        "document.querySelector('#learning-rate').offsetParent !== null",
        2.0,
        "settings, too",
    );
    page.set("Learning rate", "0.002");
    let kept = "location.hash.includes('embed=plane,decoded,settings&preset=') && location.hash.includes('lr=0.002')";
    page.browser.wait_until(kept, 3.0, "the address keeps the choice beside the settings");
    page.wait("state === 'training'", 5.0, "it trains inside another page, too");
    page.assert_quiet();
}
