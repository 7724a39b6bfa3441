//! Promise: a model comes to this machine whole or not at all, is used only once it has been tried out, and whatever
//! goes wrong leaves everything as it was.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};

#[path = "shared/machine.rs"]
mod machine;

use machine::{Machine, project};

/// The weights that come with Klinke: a model that surely works.
const WEIGHTS: &str = "models/de-telephone/de-telephone.onnx";

fn weights() -> Vec<u8> {
    fs::read(project(WEIGHTS)).unwrap()
}

fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How the vendor's server behaves, request by request; the last one goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Manner {
    /// As it should.
    Whole,
    /// Ends after so many bytes.
    Cut(usize),
    /// Knows nothing of ranges.
    NoRanges,
    /// Sends another way first.
    Redirect,
    /// Has nothing of that name.
    Gone,
    /// Says that it has one byte more.
    Longer,
    /// Is busy.
    Busy,
}

/// A vendor's server; remembers which byte each request began at.
struct Vendor {
    url: String,
    begins: Arc<Mutex<Vec<usize>>>,
}

impl Vendor {
    fn new(content: Vec<u8>, manners: &[Manner]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/model.onnx", listener.local_addr().unwrap());
        let begins = Arc::new(Mutex::new(Vec::new()));
        let (manners, seen) = (manners.to_vec(), Arc::clone(&begins));
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().flatten().enumerate() {
                let manner = manners[number.min(manners.len() - 1)];
                // who hangs up early does so on purpose
                let _ = answer(stream, &content, manner, &seen);
            }
        });
        Self { url, begins }
    }

    fn begins(&self) -> Vec<usize> {
        self.begins.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    content: &[u8],
    manner: Manner,
    seen: &Mutex<Vec<usize>>,
) -> std::io::Result<()> {
    let mut from = 0;
    for line in BufReader::new(stream.try_clone()?).lines() {
        let line = line?.to_lowercase();
        if let Some(range) = line.strip_prefix("range: bytes=") {
            from = range.trim_end_matches('-').parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    seen.lock().unwrap().push(from);
    let close = "Connection: close\r\n\r\n";
    let rest = &content[from.min(content.len())..];
    match manner {
        Manner::Gone => write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n{close}"),
        Manner::Busy => write!(stream, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n{close}"),
        Manner::Redirect => {
            write!(stream, "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n{close}")
        }
        Manner::Longer => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{close}", content.len() + 1)
        }
        Manner::NoRanges => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{close}", content.len())?;
            stream.write_all(content)
        }
        Manner::Whole | Manner::Cut(_) => {
            if from > 0 {
                let (last, all) = (content.len() - 1, content.len());
                write!(stream, "HTTP/1.1 206 Partial\r\nContent-Range: bytes {from}-{last}/{all}\r\n")?;
            } else {
                write!(stream, "HTTP/1.1 200 OK\r\n")?;
            }
            write!(stream, "Content-Length: {}\r\n{close}", rest.len())?;
            let count = if let Manner::Cut(count) = manner { count.min(rest.len()) } else { rest.len() };
            stream.write_all(&rest[..count])
        }
    }
}

/// A site's own catalogue with one model, beside its configuration.
fn list(machine: &Machine, url: &str, bytes: usize, sha256: Option<&str>) {
    let sha256 = sha256.map_or_else(String::new, |sum| format!("sha256 = \"{sum}\"\n"));
    let text = format!(
        "[[model]]\nid = \"own\"\nname = \"Own\"\nkind = \"letters\"\nlanguage = \"de\"\nrate_hz = 8000\n\
         licence = \"Apache-2.0\"\ngood_for = {{ de = \"alles\", en = \"everything\" }}\n[[model.file]]\n\
         path = \"own.onnx\"\nurl = \"{url}\"\nbytes = {bytes}\n{sha256}"
    );
    fs::write(machine.path("models.toml"), text).unwrap();
}

fn placed(machine: &Machine) -> bool {
    machine.path("data/models/own").exists()
}

#[test]
fn a_download_that_is_cut_off_goes_on_where_it_was() {
    let Some(machine) = Machine::new() else { return };
    let weights = weights();
    let vendor = Vendor::new(
        weights.clone(),
        &[Manner::Redirect, Manner::Cut(1_000_000), Manner::Busy, Manner::Cut(2_000_000), Manner::Whole],
    );
    list(&machine, &vendor.url, weights.len(), Some(&sum(&weights)));
    let told = machine.klinke(&["models", "pull", "own", "--language", "en"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.out.contains("hears \"guten tag"), "{}", told.out);
    assert_eq!(fs::read(machine.path("data/models/own/own.onnx")).unwrap(), weights);
    let begins = vendor.begins();
    assert_eq!(begins[..2], [0, 0], "the redirect is followed");
    assert!(begins.iter().any(|from| (1..=1_000_000).contains(from)), "it began anew: {begins:?}");
    let again = machine.klinke(&["models", "pull", "own", "--language", "en"]);
    assert!(again.out.contains("here already"), "{}", again.out);
    let list = machine.klinke(&["models", "list", "--json"]);
    let own = list.out.lines().find(|line| line.contains("\"id\":\"own\"")).expect("it is listed");
    assert!(own.contains("\"state\":\"here\"") && own.contains("\"used\":false"), "{own}");
}

#[test]
fn what_is_not_the_catalogues_file_is_refused() {
    let Some(machine) = Machine::new() else { return };
    let weights = weights();
    let mut other = weights.clone();
    other[4_000_000] ^= 1;
    let right = sum(&weights);
    for (content, manners, said) in [
        (&other, &[Manner::Whole][..], "SHA-256"),
        (&weights, &[Manner::Longer], "bytes and should have"),
        (&weights, &[Manner::Gone], "404"),
        (&weights, &[Manner::Cut(0)], "cannot fetch"),
        (&weights, &[Manner::Redirect], "redirects more than"),
    ] {
        let vendor = Vendor::new(content.clone(), manners);
        list(&machine, &vendor.url, weights.len(), Some(&right));
        machine.refuses(&["models", "pull", "own"], &[said]);
        assert!(!placed(&machine), "{manners:?}");
    }
    // a beginning of another file does not spoil the right one, and neither does a server without ranges
    let arriving = machine.path("data/models/.arriving");
    fs::write(arriving.join(format!("{right}.part")), &other[..5_000_000]).unwrap();
    let vendor = Vendor::new(weights.clone(), &[Manner::Whole, Manner::NoRanges]);
    list(&machine, &vendor.url, weights.len(), Some(&right));
    assert_eq!(machine.klinke(&["models", "pull", "own"]).code, 0);
    assert_eq!(vendor.begins(), [5_000_000, 0]);
}

#[test]
fn a_full_disk_is_told() {
    let Some(machine) = Machine::new() else { return };
    let weights = weights();
    let vendor = Vendor::new(weights.clone(), &[Manner::Whole]);
    list(&machine, &vendor.url, weights.len(), Some(&sum(&weights)));
    let arriving = machine.path("data/models/.arriving");
    fs::create_dir_all(&arriving).unwrap();
    std::os::unix::fs::symlink("/dev/full", arriving.join(format!("{}.part", sum(&weights)))).unwrap();
    machine.refuses(&["models", "pull", "own"], &["no room is left"]);
    assert!(!placed(&machine));
}

#[test]
fn without_a_sum_somebody_has_to_give_one() {
    let Some(machine) = Machine::new() else { return };
    let weights = weights();
    let vendor = Vendor::new(weights.clone(), &[Manner::Whole]);
    list(&machine, &vendor.url, weights.len(), None);
    machine.refuses(&["models", "pull", "own"], &["nobody vouches", "--sha256"]);
    machine.refuses(&["models", "pull", "own", "--sha256", "abc"], &["64 hexadecimal digits"]);
    assert_eq!(vendor.begins(), [0usize; 0], "nothing was fetched");
    let told = machine.klinke(&["models", "pull", "own", "--sha256", &sum(&weights)]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(placed(&machine));
}

#[test]
fn a_broken_model_is_refused_and_the_old_one_stays() {
    let Some(machine) = Machine::new() else { return };
    let weights = weights();
    let whole = machine.put("own.onnx", &weights);
    assert_eq!(machine.klinke(&["models", "import", &whole]).code, 0);
    let comment = "# mine, not to be lost\n";
    let config = format!("{comment}{}", fs::read_to_string(machine.path("klinke.toml")).unwrap());
    fs::write(machine.path("klinke.toml"), &config).unwrap();

    let half = machine.put("half.onnx", &weights[..weights.len() / 2]);
    machine.refuses(&["models", "import", &half, "--id", "own"], &["will not take own"]);
    assert_eq!(fs::read(machine.path("data/models/own/own.onnx")).unwrap(), weights);
    machine.refuses(&["models", "import", &half], &["will not take half"]);
    machine.refuses(&["models", "use", "half"], &["no model \"half\""]);
    assert_eq!(fs::read_to_string(machine.path("klinke.toml")).unwrap(), config);

    let used = machine.klinke(&["models", "use", "own", "--language", "en"]);
    assert_eq!(used.code, 0, "{}", used.err);
    assert!(used.out.contains("systemctl restart klinke"), "{}", used.out);
    let changed = fs::read_to_string(machine.path("klinke.toml")).unwrap();
    assert!(changed.starts_with(comment) && changed.contains("data/models/own/own.onnx"), "{changed}");
    assert_eq!(machine.klinke(&["models", "verify"]).code, 0);

    fs::write(machine.path("data/models/own/own.onnx"), &weights[..1000]).unwrap();
    let verified = machine.klinke(&["models", "verify", "own", "--language", "en"]);
    assert_eq!(verified.code, 1);
    assert!(verified.out.contains("own: WRONG"), "{}", verified.out);
    machine.refuses(&["models", "use", "own"], &["bytes"]);
    assert_eq!(fs::read_to_string(machine.path("klinke.toml")).unwrap(), changed);
    assert_eq!(machine.klinke(&["models", "use", "de-telephone"]).code, 0);
    assert!(Path::new(&machine.path("klinke.toml")).is_file());
}
