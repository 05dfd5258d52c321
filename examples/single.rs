//! Writes the built page as one HTML file that needs no server, dist/bottleneck.html: for a course platform, an e-mail or a USB
//! stick. `make single` builds the page first.
//!
//! Styles and scripts are inlined, and so is the program, gzipped. Inline scripts cannot import from files, so the program's
//! script is a classic one. The file has no MNIST: it draws its own digits.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine};
use flate2::Compression;
use flate2::write::GzEncoder;

const DIST: &str = "dist";
const FILE: &str = "bottleneck.html";

fn main() -> Result<(), Box<dyn Error>> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join(DIST);
    let page = fs::read_to_string(dist.join("index.html"))?;
    let style = fs::read_to_string(find(&dist, "style-", ".css")?)?;
    let boot = fs::read_to_string(dist.join("boot.js"))?;
    let program = classic(&fs::read_to_string(find(&dist, "bottleneck-", ".js")?)?)?;
    let mut wasm = GzEncoder::new(Vec::new(), Compression::best());
    wasm.write_all(&fs::read(find(&dist, "bottleneck-", ".wasm")?)?)?;
    let wasm = BASE64_STANDARD.encode(wasm.finish()?);

    let start = format!(
        "(async () => {{ try {{\n{program}\n\
         const zipped = Uint8Array.from(atob(\"{wasm}\"), (letter) => letter.charCodeAt(0));\n\
         const unzipped = new Blob([zipped]).stream().pipeThrough(new DecompressionStream(\"gzip\"));\n\
         await __wbg_init({{ module_or_path: await new Response(unzipped).arrayBuffer() }});\n\
         }} catch (error) {{ dispatchEvent(new CustomEvent(\"bottleneck-failed\", {{ detail: error }})); throw error; }} }})();"
    );
    // The policy of the page forbids inline scripts; a file has no other origin to be protected from.
    let page = without(&page, "<meta http-equiv=\"Content-Security-Policy\"", ">")?;
    let page = without(&page, "<link rel=\"modulepreload\"", ">")?;
    let page = replace(&page, "<link rel=\"stylesheet\"", ">", &format!("<style>\n{style}</style>"))?;
    let page = replace(&page, "<script src=\"boot.js\"", "</script>", &script(&boot, ""))?;
    // The script names the files whose errors stop the page.
    let names = format!(" data-program=\"{FILE}\" data-wasm=\"{FILE}\"");
    let page = without(&page, "<script type=\"module\" src=\"start.js\"", "</script>")?;
    let page = page.replace("</body>", &format!("{}\n</body>", script(&start, &names)));
    fs::write(dist.join(FILE), &page)?;
    println!("{DIST}/{FILE}: {} bytes", page.len());
    Ok(())
}

/// Returns the only file in a folder whose name begins and ends like this.
fn find(folder: &Path, start: &str, end: &str) -> Result<PathBuf, Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with(start) && name.ends_with(end) {
            return Ok(path);
        }
    }
    Err(format!("{} holds no {start}…{end}: `make dist` builds it", folder.display()).into())
}

/// Turns the module that wasm-bindgen writes into the body of a function.
fn classic(module: &str) -> Result<String, Box<dyn Error>> {
    let exports = module.rfind("export {").ok_or("the program's script has no exports")?;
    Ok(module[..exports].replace("import.meta.url", "document.baseURI"))
}

fn script(source: &str, attributes: &str) -> String {
    format!("<script{attributes}>\n{}</script>", source.replace("</script", "<\\/script"))
}

/// Replaces the first part of `text` from `start` to `end`.
fn replace(text: &str, start: &str, end: &str, by: &str) -> Result<String, Box<dyn Error>> {
    let from = text.find(start).ok_or_else(|| format!("the page has no {start}"))?;
    let len = text[from..].find(end).ok_or_else(|| format!("the page has no {end} after {start}"))?;
    Ok(format!("{}{by}{}", &text[..from], &text[from + len + end.len()..]))
}

fn without(text: &str, start: &str, end: &str) -> Result<String, Box<dyn Error>> {
    replace(text, start, end, "")
}
