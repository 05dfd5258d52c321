//! Files that the page saves: networks, codes, pictures and videos. And the page inside another one.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::support::page::{Data, FEW, Opening, Page, screenshots, wait_for_file};

/// A folder for downloads.
pub(super) struct Downloads<'p> {
    page: &'p Page,
    folder: PathBuf,
}

impl<'p> Downloads<'p> {
    pub(super) fn new(page: &'p Page, name: &str) -> Self {
        let folder = screenshots().join(format!("downloads-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let parameters = json!({ "behavior": "allow", "downloadPath": folder });
        page.browser.devtools("Browser.setDownloadBehavior", parameters);
        Self { page, folder }
    }

    /// Saves the run at `step` in a format and returns the file.
    pub(super) fn save(&self, format: &str, step: u64) -> Vec<u8> {
        self.save_as(format, &format!("bottleneck-step-{step}.{format}"))
    }

    /// Saves in a format and returns the file of that name.
    fn save_as(&self, format: &str, name: &str) -> Vec<u8> {
        self.page.set("Format", format);
        self.page.press("Save");
        self.take(name)
    }

    /// Waits for a file, removes it and returns its bytes.
    fn take(&self, name: &str) -> Vec<u8> {
        let path = self.folder.join(name);
        let bytes = wait_for_file(&path, 40.0);
        fs::remove_file(path).expect("the file can be removed");
        bytes
    }
}

#[test]
fn codes_pictures_and_videos_are_saved_and_the_page_shows_itself_inside_another() {
    let page = Page::rested(Opening::on(Data::Few), 100);
    let downloads = Downloads::new(&page, "pictures");
    for name in ["plane", "pipeline", "decoded", "reconstructions", "loss"] {
        let canvas = if name == "plane" { "latent" } else { name };
        let png = downloads.save_as(canvas, &format!("bottleneck-{name}.png"));
        assert!(png.starts_with(b"\x89PNG") && png.len() > 500, "{name}: {} bytes", png.len());
        if ["latent", "loss"].contains(&canvas) {
            let width = u32::from_be_bytes(png[16..20].try_into().expect("a width"));
            let shown = page.browser.js(&format!("return document.querySelector('#{canvas}').clientWidth"));
            assert_eq!(Some(u64::from(width)), shown.as_u64().map(|shown| 2 * shown), "{name}: sharp text");
        }
    }
    let refuses = |format: &str| {
        page.set("Format", format);
        page.press("Save");
        page.wait_for_text(
            "#notice-text",
            "The picture could not be saved: the page does not show the",
            format,
        );
        page.close_notice();
    };
    refuses("filmstrip");
    refuses("layer-numbers");
    let plane = downloads.save_as("latent", "bottleneck-plane.png");
    let manifold = downloads.save_as("manifold", "bottleneck-manifold.png");
    assert!(
        manifold[16..24] == plane[16..24] && manifold != plane,
        "the manifold alone, as large as the plane"
    );
    page.press("Manifold");
    refuses("manifold");
    page.browser.js("document.querySelector('#pipeline-layers [data-do=open]').click()");
    page.wait_until_visible("#layer-numbers", "a layer is open");
    page.idle();
    let weights = downloads.save_as("layer-numbers", "bottleneck-weights.png");
    let side = |at: usize| u32::from_be_bytes(weights[at..at + 4].try_into().expect("a length"));
    let shown = page.browser.js("const { width, height } = document.querySelector('#layer-numbers');
        return [width, height]");
    assert_eq!(json!([side(16), side(20)]), shown, "the weights as they are shown");
    let table = downloads.save_as("codes", "bottleneck-codes-step-100.csv");
    let table = String::from_utf8(table).expect("text");
    let lines = 1 + FEW.1 as usize;
    assert!(table.starts_with("digit,label,z1,z2\n0,") && table.lines().count() == lines, "{table:.80}");
    // The second of two files does not replace the first.
    page.browser.js("for (const format of ['json', 'safetensors']) {
             document.querySelector('#format').value = format;
             document.querySelector('#save').click();
         }");
    for format in ["json", "safetensors"] {
        assert!(downloads.take(&format!("bottleneck-step-100.{format}")).len() > 10_000, "{format}");
    }

    page.press("Circle");
    page.slide("#walk-speed", 1.0);
    for scene in ["unfolding", "walk"] {
        let video = downloads.save_as(scene, &format!("bottleneck-{scene}.webm"));
        assert!(video.starts_with(b"\x1a\x45\xdf\xa3") && video.len() > 20_000, "{scene}: {}", video.len());
    }
    assert_eq!(page.attribute("#walk", "aria-pressed"), "true", "the recorded circle stays");
    a_video_moves_out_of_sight(&page);

    page.browser.js("location.hash = '#embed=decoded,plane'");
    let panels = "document.querySelector('.masthead-tools').offsetParent === null
         && document.querySelector('#loss').offsetParent === null
         && document.querySelector('#latent').offsetParent !== null";
    page.browser.wait_until(panels, 2.0, "only the chosen panels");
    page.browser.js("location.hash = '#embed=decoded,plane,settings'");
    page.wait_until_of("#learning-rate", "$.offsetParent !== null", "settings, too");
    page.set("Learning rate", "0.002");
    let kept = "location.hash.includes('embed=plane,decoded,settings&preset=') && location.hash.includes('lr=0.002')";
    page.browser.wait_until(kept, 3.0, "the URL holds the panels and the settings");
    page.set("Learning rate", "-1");
    page.wait_for_notice("what fails is said, too");
    page.assert_quiet();
}

/// A video shows the plane as it is, not as it was when it was scrolled out of sight.
fn a_video_moves_out_of_sight(page: &Page) {
    page.press("Circle");
    page.browser.js("document.body.style.paddingBottom = '1000px';
        scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })");
    page.browser.wait_until(
        "document.querySelector('#latent').getBoundingClientRect().bottom < -300",
        2.0,
        "the plane is out of sight",
    );
    page.idle();
    let before = page.pixels("#latent");
    page.browser
        .js("document.querySelector('#format').value = 'unfolding'; document.querySelector('#save').click()");
    page.wait_for_other_pixels("#latent", &before, "the plane is drawn while it is recorded");
    page.browser.js("document.querySelector('#save').click()");
    page.wait_until_of("#timeline-text", "$.textContent === 'now'", "the replay ends");
    page.browser.js("scrollTo({ top: 0, behavior: 'instant' })");
}
