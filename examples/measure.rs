//! Measures the built page in every engine that is installed: `make measure`.
//!
//! A script that runs before the page's own takes the times inside the page, so that they do not include `WebDriver`.

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
    use std::{env, fs, thread};

    use serde_json::{Value, json};

    use crate::support::driver::Engine;
    use crate::support::page::{Data, Opening, Page, screenshots};
    use crate::support::server::{Fault, program_bytes};

    /// The time of counting frames and examples, and that for the library alone.
    const WINDOW: Duration = Duration::from_secs(20);
    const LIBRARY_WINDOW: Duration = Duration::from_secs(5);

    /// The test MSEs per pixel to reach, and the limit in seconds.
    const GOALS: [f64; 2] = [0.045, 0.042];
    const TIMEOUT: f64 = 180.0;

    /// Records the milliseconds since navigation of the first step, each goal and every frame, and the program's memory.
    const OBSERVER: &str = "
        window.measured = { first: null, goals: {}, frames: [], memory: null };
        const instantiate = WebAssembly.instantiateStreaming;
        WebAssembly.instantiateStreaming = async (...of) => {
            const program = await instantiate.apply(WebAssembly, of);
            measured.memory = program.instance.exports.memory;
            return program;
        };
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

    /// Switches on all views that cost time, and opens a layer, which scrolls to it.
    const EVERYTHING: &str = "
        for (const id of ['show-thumbnails', 'show-pull', 'path', 'walk', 'show-errors'])
            document.getElementById(id).click();
        const coloring = document.querySelector('#coloring');
        coloring.value = 'error';
        coloring.dispatchEvent(new Event('change', { bubbles: true }));
        document.querySelector('#pipeline-layers [data-layer=\"1\"][data-do=open]').click();
        document.querySelector('#errors').open = true;";

    /// A page that trains like Bottleneck's by the JavaScript class, and does nothing else.
    const LIBRARY: &str = "
        import init, { Autoencoder } from './bottleneck.js';
        await init();
        const { body } = await fetch('../data/mnist/train-images-idx3-ubyte.gz');
        const file = await new Response(body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
        const batch = (i) => new Uint8Array(file, 16 + 39200 * i, 39200);
        const network = new Autoencoder({ layers: '784 50t 50t 2 50t 50t 784', loss: 'mse', optimizer: 'adam',
            learningRate: 3e-3, seed: 1 });
        window.pace = async (ms) => {
            const begin = performance.now();
            let steps = 0, now = begin;
            while (now < begin + ms) {
                for (const pause = now + 50; now < pause; now = performance.now()) network.train(batch(steps++ % 1200));
                await new Promise((resolve) => setTimeout(resolve));
            }
            return 50000 * steps / (now - begin);
        };
        await pace(1000);
        window.ready = true;";

    pub(super) fn run() {
        let data = Data::best();
        // Settings as in the page's URL, such as `#preset=hinton`.
        let fragment: &'static str = env::var("FRAGMENT").unwrap_or_default().leak();
        println!("data                          {} {fragment}", data.name());
        for engine in Engine::ALL {
            match engine.missing_program() {
                None => engine_at_work(engine, data, fragment),
                Some(program) => println!("\n{}: there is no {program} (`make browser`)", engine.name()),
            }
        }
        println!("\nwasm and JS, gzipped          {:.1} KB", program_bytes() as f64 / 1000.0);
    }

    fn engine_at_work(engine: Engine, data: Data, fragment: &'static str) {
        let mut opening = Opening::on(data)
            .engine(engine)
            .fragment(fragment)
            .script(&OBSERVER.replace("GOALS", &json!(GOALS).to_string()))
            .fault("library/run.js", Fault::Instead(LIBRARY.into()))
            .fault(
                "library/index.html",
                Fault::Instead(b"<!DOCTYPE html><script type=module src=run.js></script>".to_vec()),
            );
        let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("pkg");
        for path in ["library/bottleneck.js", "library/autoencoder.js", "library/autoencoder_bg.wasm"] {
            let file = path.trim_start_matches("library/");
            let bytes = fs::read(library.join(file)).expect("`make npm` packs the library");
            opening = opening.fault(path, Fault::Instead(bytes));
        }
        let page = Page::open(opening);
        println!("\n{}", engine.name());

        page.browser.wait_until("window.measured?.first", 60.0, "the first step");
        println!("first step after navigation   {:.0} ms", number(&page, "measured.first"));

        // The steady state is measured, after all images have arrived.
        page.wait("images === 60000", 120.0, "all images");
        let plain = pace(&page);
        println!("hover decodes within          {} frames", page.frames_until_decoded());
        // It takes minutes, and all engines compute the same.
        if engine == Engine::Chromium {
            goals(&page);
        }
        screenshot(&page, "measured");
        page.browser.js(EVERYTHING);
        println!("with everything open:");
        let share = pace(&page) / plain;
        println!("of the plain page's speed     {:.0} %", 100.0 * share);
        screenshot(&page, "everything");
        let bytes = number(&page, "measured.memory?.buffer.byteLength");
        println!("the program's memory          {:.0} MB", bytes / 1e6);

        // The library page trains the network of the default preset.
        if data == Data::Mnist && fragment.is_empty() {
            page.browser.goto(&page.server.url("library/index.html"));
            page.browser.wait_until("window.ready", 60.0, "the library trains");
            let library = number(&page, &format!("pace({})", LIBRARY_WINDOW.as_millis()));
            println!("the library alone             {library:.0}");
            println!("of which the page keeps       {:.0} %", 100.0 * plain / library);
        }
    }

    /// Counts examples and frames for a while, and returns the examples per second.
    fn pace(page: &Page) -> f64 {
        page.browser.js("measured.frames = []");
        let (from, before) = (number(page, "performance.now()"), page.number("examples"));
        thread::sleep(WINDOW);
        let seconds = (number(page, "performance.now()") - from) / 1000.0;
        let pace = (page.number("examples") - before) / seconds;
        println!("examples per second           {pace:.0}");
        frames(page);
        pace
    }

    fn goals(page: &Page) {
        for goal in GOALS {
            let reached = format!("window.measured.goals[{goal}]");
            page.wait(&format!("{reached} || performance.now() > {TIMEOUT} * 1000"), TIMEOUT + 5.0, "a goal");
            match page.browser.js(&format!("return {reached} ?? null")).as_f64() {
                Some(ms) => println!("test MSE below {goal:.3}          {:.1} s", ms / 1000.0),
                None => println!("test MSE below {goal:.3}          not within {TIMEOUT} s"),
            }
        }
    }

    fn screenshot(page: &Page, name: &str) {
        let picture = screenshots().join(format!("{name}-{}.png", page.browser.engine().name()));
        page.browser.screenshot(&picture);
        println!("screenshot                    {}", picture.display());
    }

    fn number(page: &Page, expression: &str) -> f64 {
        page.browser.js(&format!("return {expression}")).as_f64().unwrap_or(f64::NAN)
    }

    /// Prints the intervals between frames in milliseconds.
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
}
