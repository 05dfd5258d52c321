//! Measures the built page in headless Chromium: `make measure`.
//!
//! Times are taken inside the page by a script that is there before the page's own, so that `WebDriver`, which
//! looks from outside, does not show in them.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/support/mod.rs"]
#[expect(dead_code, reason = "the tests of the page use the rest")]
mod support;

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    measure::run();
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
mod measure {
    use std::path::Path;
    use std::time::Duration;
    use std::{fs, thread};

    use serde_json::{Value, json};

    use crate::support::idx::gzip;
    use crate::support::page::{Data, Opening, Page, screenshots};
    use crate::support::server::dist;

    /// How long frames and examples are counted.
    const WINDOW: Duration = Duration::from_secs(20);

    /// Test MSE per pixel to be reached, and the seconds after which one does not wait any longer.
    const GOALS: [f64; 2] = [0.045, 0.042];
    const PATIENCE: f64 = 180.0;

    /// Milliseconds since navigation at the first step and at each goal, and of every frame.
    const OBSERVER: &str = "
        window.measured = { first: null, goals: {}, frames: [] };
        const goals = GOALS;
        const look = () => {
            const data = document.querySelector('#app')?.dataset, now = performance.now();
            if (data && Number(data.step) > 0) {
                measured.first ??= now;
                if (data.testLoss) for (const goal of goals)
                    if (Number(data.testLoss) < goal) measured.goals[goal] ??= now;
            }
        };
        const frame = (now) => { measured.frames.push(now); look(); requestAnimationFrame(frame); };
        requestAnimationFrame(frame);";

    pub(super) fn run() {
        let data = Data::best();
        let page = Page::blank(Opening::on(data));
        let source = OBSERVER.replace("GOALS", &json!(GOALS).to_string());
        page.browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source }));
        page.load();
        println!("data                          {}", data.name());

        page.wait("step > 0", 30.0, "the first step");
        println!("first step after navigation   {:.0} ms", number(&page, "measured.first"));

        // Not before everything has streamed in: the steady state is what counts.
        page.wait("images === 60000", 60.0, "all images");
        page.browser.js("measured.frames = []");
        let (from, before) = (number(&page, "performance.now()"), page.number("examples"));
        thread::sleep(WINDOW);
        let seconds = (number(&page, "performance.now()") - from) / 1000.0;
        println!("examples per second           {:.0}", (page.number("examples") - before) / seconds);
        frames(&page);
        println!("hover decodes within          {} frames", page.frames_until_decoded());

        for goal in GOALS {
            let reached = format!("window.measured.goals[{goal}]");
            page.wait(
                &format!("{reached} || performance.now() > {PATIENCE} * 1000"),
                PATIENCE + 5.0,
                "a goal",
            );
            match page.browser.js(&format!("return {reached} ?? null")).as_f64() {
                Some(ms) => println!("test MSE below {goal:.3}          {:.1} s", ms / 1000.0),
                None => println!("test MSE below {goal:.3}          not within {PATIENCE} s"),
            }
        }
        println!("wasm and JS, gzipped          {:.1} KB", gzipped(&dist()) as f64 / 1000.0);
        let picture = screenshots().join("measured.png");
        page.browser.screenshot(&picture);
        println!("what was to be seen           {}", picture.display());
    }

    fn number(page: &Page, expression: &str) -> f64 {
        page.browser.js(&format!("return {expression}")).as_f64().unwrap_or(f64::NAN)
    }

    /// From one frame to the next, in milliseconds.
    fn frames(page: &Page) {
        let at: Value = page.browser.js("return measured.frames");
        let at: Vec<f64> = serde_json::from_value(at).expect("times of frames");
        let mut times: Vec<f64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
        times.sort_by(f64::total_cmp);
        let quantile = |q: f64| times[((times.len() - 1) as f64 * q).round() as usize];
        println!(
            "frame time p50 / p95 / max    {:.1} / {:.1} / {:.1} ms",
            quantile(0.5),
            quantile(0.95),
            quantile(1.0)
        );
        let slow = times.iter().filter(|&&ms| ms >= 34.0).count();
        println!("frames under 34 ms            {:.1} %", 100.0 * (1.0 - slow as f64 / times.len() as f64));
    }

    /// Bytes of the program as a host sends it.
    fn gzipped(dist: &Path) -> usize {
        let files = fs::read_dir(dist).expect("the built page").filter_map(|file| Some(file.ok()?.path()));
        let programs = files.filter(|path| path.extension().is_some_and(|of| of == "wasm" || of == "js"));
        programs.map(|path| gzip(&fs::read(path).expect("a file of the page")).len()).sum()
    }
}
