//! The daemon's file (`klinke.toml`): machine, PBX, models, keys, and which sites there are.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::SecretString;
use toml::de::DeTable;

use super::files::{FILE_BYTES_MAX, Files, Unreadable};
use super::place::{Findings, Source};
use super::site::Language;
use super::sound;
use super::tree::{Item, Table, Written};
use super::{Asterisk, Authorities, Device, Limits, Models, Requests, Voice, VoiceEngine};

/// The systemd credential that goes before `password_file`.
pub const PASSWORD_CREDENTIAL: &str = "klinke-asterisk-password";
/// Where packages put weights.
pub const MODELS_FOLDER: &str = "/usr/share/klinke/models";
/// The weights of the speech scorer in it.
pub const SPEECH_FILE: &str = "silero_vad.onnx";
/// The weights of the recogniser in it.
pub const RECOGNISER_FILE: &str = "de-telephone/de-telephone.onnx";
/// Sites of one daemon.
const SITES_MAX: usize = 100;

/// The daemon's file without its sites, which are read next.
pub struct Daemon {
    /// Database and everything else that is written.
    pub data_dir: Option<PathBuf>,
    /// The root key.
    pub root_key_file: Option<PathBuf>,
    /// Weights and libraries.
    pub models: Option<Models>,
    /// Klinke's voice.
    pub voice: Option<Voice>,
    /// Its name, where one is written.
    pub voice_written: Option<Written>,
    /// The outer `None`: a mistake.
    pub asterisk: Option<Option<Asterisk>>,
    /// Limits.
    pub limits: Option<Limits>,
    /// The sites' files as written.
    pub sites: Vec<Written>,
}

/// Reads it.
pub fn read(source: &Rc<Source>, tree: &DeTable<'_>, files: &dyn Files, found: &Findings) -> Daemon {
    let top = Table::root(source, tree, found);
    let data_dir = path(&top, "data_dir", || "/var/lib/klinke".into());
    let root_key_file = path(&top, "root_key_file", || "/etc/klinke/root.key".into());
    let sites = sites(&top);
    let models = models(&top);
    let (voice, voice_written) = voice(&top);
    let limits = limits(&top);
    let asterisk = match top.get("asterisk") {
        Some(item) => item.table().and_then(|table| asterisk(table, limits, files)).map(Some),
        None => Some(None),
    };
    top.close();
    Daemon { data_dir, root_key_file, models, voice, voice_written, asterisk, limits, sites }
}

/// A path, relative to the folder of its file.
fn path(table: &Table<'_>, key: &'static str, default: impl FnOnce() -> PathBuf) -> Option<PathBuf> {
    match table.get(key) {
        Some(item) => item.text().map(|text| table.place.source.resolve(&text)),
        None => Some(default()),
    }
}

fn sites(top: &Table<'_>) -> Vec<Written> {
    let Some(item) = top.need("sites", "sites = [\"sites/heating.toml\"]") else { return Vec::new() };
    let before = item.found.count();
    let sites = item.texts();
    if sites.len() > SITES_MAX || (sites.is_empty() && item.found.count() == before) {
        item.mistake(
            format!("has {} sites; 1 to {SITES_MAX} are allowed", sites.len()),
            "[\"sites/heating.toml\"]".to_owned(),
        );
    }
    sites.into_iter().take(SITES_MAX).collect()
}

fn models(top: &Table<'_>) -> Option<Models> {
    let (speech, recogniser) =
        (|| Path::new(MODELS_FOLDER).join(SPEECH_FILE), || Path::new(MODELS_FOLDER).join(RECOGNISER_FILE));
    let Some(item) = top.get("models") else {
        return Some(Models {
            onnx_runtime: None,
            speech: speech(),
            recogniser: recogniser(),
            device: Device::Auto,
            threads: 1,
        });
    };
    let table = item.table()?;
    let onnx_runtime = table
        .get("onnx_runtime")
        .map_or(Some(None), |item| Some(Some(table.place.source.resolve(&item.text()?))));
    let speech = path(&table, "speech", speech);
    let recogniser = path(&table, "recogniser", recogniser);
    let devices = [("auto", Device::Auto), ("cpu", Device::Cpu), ("cuda", Device::Cuda)];
    let device = table.get("device").map_or(Some(Device::Auto), |item| item.one_of(&devices));
    let threads = table.get("threads").map_or(Some(1), |item| item.number(1..=64));
    table.close();
    Some(Models {
        onnx_runtime: onnx_runtime?,
        speech: speech?,
        recogniser: recogniser?,
        device: device?,
        threads: threads?,
    })
}

/// The voice, and its name as written. Without a name: the engine's own voice of each site's language.
fn voice(top: &Table<'_>) -> (Option<Voice>, Option<Written>) {
    let default =
        Voice { engine: VoiceEngine::EspeakNg, voice: String::new(), words_per_minute: 160, pitch: 50 };
    let Some(item) = top.get("voice") else { return (Some(default), None) };
    let Some(table) = item.table() else { return (None, None) };
    let engines = [("espeak-ng", VoiceEngine::EspeakNg), ("pico2wave", VoiceEngine::Pico2wave)];
    let engine = table.get("engine").map_or(Some(default.engine), |item| item.one_of(&engines));
    let written = table.get("voice").map(|item| item.written().filter(|written| voice_name(written, &item)));
    let words_per_minute = table.get("words_per_minute").map_or(Some(160), |item| item.number(80..=400));
    let pitch = table.get("pitch").map_or(Some(50), |item| item.number(0..=99));
    table.close();
    let name = match &written {
        Some(written) => written.as_ref().map(|written| written.text.clone()),
        None => Some(default.voice),
    };
    let whole =
        || Some(Voice { engine: engine?, voice: name?, words_per_minute: words_per_minute?, pitch: pitch? });
    (whole(), written.flatten())
}

/// It becomes an argument of a program.
fn voice_name(written: &Written, item: &Item<'_>) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || "+_-".contains(c);
    let fits = written.text.chars().all(good) && !written.text.starts_with('-');
    if !fits {
        item.mistake("a voice's name has letters, digits, + _ -", "\"de\"".to_owned());
    }
    fits
}

fn limits(top: &Table<'_>) -> Option<Limits> {
    let Some(item) = top.get("limits") else { return Some(Limits::SHIPPED) };
    let table = item.table()?;
    let seconds = |key, shipped: u32, range| table.get(key).map_or(Some(shipped), |item| item.number(range));
    let shipped = Limits::SHIPPED;
    let calls = table.get("calls_max").map_or(Some(shipped.calls_max), |item| item.number(1..=500));
    let lag =
        table.get("lag_ms_max").map_or(Some(Limits::SHIPPED.lag_ms_max), |item| item.number(100..=10_000));
    let call = seconds("call_s_max", shipped.call_s_max, 60..=7200);
    let silence = seconds("silence_s_max", shipped.silence_s_max, 3..=60);
    let hold = seconds("hold_s_max", shipped.hold_s_max, 5..=3600);
    let music = seconds("music_s_max", shipped.music_s_max, 10..=600);
    let turns = table.get("turns_max").map_or(Some(shipped.turns_max), |item| item.number(20..=1000));
    table.close();
    Some(Limits {
        calls_max: calls?,
        lag_ms_max: lag?,
        call_s_max: call?,
        silence_s_max: silence?,
        hold_s_max: hold?,
        music_s_max: music?,
        turns_max: turns?,
    })
}

fn asterisk(table: Table<'_>, limits: Option<Limits>, files: &dyn Files) -> Option<Asterisk> {
    let url = table.need("url", "url = \"http://127.0.0.1:8088\"").and_then(|item| url(&item));
    let user = table.need("user", "user = \"klinke\"").and_then(|item| item.text());
    let password = password(&table, files);
    let authorities = match table.get("ca_file") {
        Some(item) => authorities(&item, files).map(Some),
        None => Some(None),
    };
    let ways = [("http", Requests::Http), ("websocket", Requests::WebSocket)];
    let requests = table.get("requests").map_or(Some(Requests::Http), |item| item.one_of(&ways));
    let app = table.get("app").map_or(Some("klinke".to_owned()), |item| dialplan_name(&item));
    let address =
        table.need("media_address", "media_address = \"127.0.0.1\"").and_then(|item| address(&item));
    let context = table.get("context").map_or(Some(None), |item| dialplan_name(&item).map(Some));
    let ports =
        table.need("media_ports", "media_ports = \"30000-30099\"").and_then(|item| ports(&item, limits));
    let sound = sound::read(&table);
    table.close();
    let (media, codec) = sound?;
    Some(Asterisk {
        url: url?,
        user: user?,
        password: password?,
        authorities: authorities?,
        requests: requests?,
        app: app?,
        context: context?,
        media,
        codec,
        media_address: address?,
        media_ports: ports?,
    })
}

fn url(item: &Item<'_>) -> Option<String> {
    let text = item.text()?;
    let base = text.strip_suffix('/').unwrap_or(&text);
    if base.contains('@') {
        item.mistake("a user or password does not belong here", "`user` and `password_file`".to_owned());
        return None;
    }
    let (authority, path) = base
        .strip_prefix("http://")
        .or_else(|| base.strip_prefix("https://"))
        .map(|rest| rest.split_once('/').unwrap_or((rest, "")))
        .unwrap_or_default();
    let path_fits = path.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c));
    if is_host_and_port(authority) && path_fits {
        return Some(base.to_owned());
    }
    let why = "is not the base of Asterisk's HTTP server: http or https, host, port, and the prefix of http.conf if it has one";
    item.mistake(why, "\"http://127.0.0.1:8088\"".to_owned());
    None
}

/// `pbx.example:8088`, `127.0.0.1`, `[::1]:8088`.
fn is_host_and_port(authority: &str) -> bool {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let in_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host_fits = match in_brackets {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)),
    };
    host_fits && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Certificates in PEM. Whether they are any good is found out here, not when the first call is due.
fn authorities(item: &Item<'_>, files: &dyn Files) -> Option<Authorities> {
    let file = item.place.source.resolve(&item.text()?);
    let hint = "the certificate (PEM) of the authority that signed tlscertfile of Asterisk's http.conf";
    let mistake = |why: String| item.mistake(format!("{} {why}", file.display()), hint.to_owned());
    let bytes = match files.read(&file, FILE_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(error) => {
            mistake(format!("cannot be used: {error}"));
            return None;
        }
    };
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let Ok(certificates) = certificates else {
        mistake("has a certificate that is cut off or damaged".to_owned());
        return None;
    };
    let mut store = rustls::RootCertStore::empty();
    match certificates.iter().position(|certificate| store.add(certificate.clone()).is_err()) {
        Some(nth) => mistake(format!("has something else than a certificate as number {}", nth + 1)),
        None if certificates.is_empty() => mistake("holds no certificate in PEM".to_owned()),
        None => return Some(Authorities { file, certificates }),
    }
    None
}

/// The password comes from a systemd credential or from a file that only its owner can read; never from here.
fn password(table: &Table<'_>, files: &dyn Files) -> Option<SecretString> {
    if let Some(item) = table.get("password") {
        item.mistake(
            "a password does not belong into a file that others read",
            "password_file = \"asterisk.password\"".to_owned(),
        );
    }
    let written = table.get("password_file");
    let credential = files.credentials().map(|folder| folder.join(PASSWORD_CREDENTIAL));
    if let Some(Ok(bytes)) = credential.map(|path| files.read_secret(&path)) {
        return secret(bytes).or_else(|| {
            table.found.mistake(
                &table.place,
                format!("the credential {PASSWORD_CREDENTIAL} is empty or not UTF-8"),
                None,
            );
            None
        });
    }
    let item = match written {
        Some(item) => item,
        None => table.need("password_file", "password_file = \"asterisk.password\"")?,
    };
    let path = table.place.source.resolve(&item.text()?);
    let mistake = |why: String, hint: String| item.mistake(format!("{} {why}", path.display()), hint);
    match files.read_secret(&path) {
        Ok(bytes) => secret(bytes).or_else(|| {
            mistake("is empty or not UTF-8".to_owned(), "the password, alone, in that file".to_owned());
            None
        }),
        Err(error @ Unreadable::Open(_)) => {
            mistake(error.to_string(), format!("(in a shell) chmod 600 {}", path.display()));
            None
        }
        Err(error) => {
            let hint =
                format!("the password of `user` in Asterisk's ari.conf into {}, mode 0600", path.display());
            mistake(format!("cannot be used: {error}"), hint);
            None
        }
    }
}

fn secret(bytes: Vec<u8>) -> Option<SecretString> {
    let text = zeroize::Zeroizing::new(String::from_utf8(bytes).ok()?);
    let line = text.trim_end_matches(['\r', '\n']);
    (!line.is_empty()).then(|| SecretString::from(line))
}

fn dialplan_name(item: &Item<'_>) -> Option<String> {
    let text = item.text()?;
    let fits = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if !fits {
        item.mistake(
            "the name of a Stasis application has letters, digits, _ and -",
            "\"klinke\"".to_owned(),
        );
    }
    fits.then_some(text)
}

fn address(item: &Item<'_>) -> Option<IpAddr> {
    let parsed = item
        .text()?
        .parse::<IpAddr>()
        .ok()
        .filter(|address| !address.is_unspecified() && !address.is_multicast());
    if parsed.is_none() {
        item.mistake(
            "is not an address of this machine that Asterisk can send to",
            "\"127.0.0.1\" where Asterisk runs here".to_owned(),
        );
    }
    parsed
}

fn ports(item: &Item<'_>, limits: Option<Limits>) -> Option<(u16, u16)> {
    const PORT_MIN: u16 = 1024;
    let text = item.text()?;
    let parsed = text
        .split_once('-')
        .and_then(|(first, last)| Some((first.trim().parse().ok()?, last.trim().parse().ok()?)));
    let Some((first, last)) = parsed.filter(|&(first, last): &(u16, u16)| PORT_MIN <= first && first < last)
    else {
        item.mistake(
            format!("is not a stretch of ports from {PORT_MIN} to 65535"),
            "\"30000-30099\"".to_owned(),
        );
        return None;
    };
    let calls = limits.map_or(1, |limits| limits.calls_max);
    let room = usize::from(last - first).div_ceil(2);
    if room < calls {
        let why = format!(
            "has room for {room} calls (two ports each, RTP takes the even one), but `limits.calls_max` is {calls}"
        );
        item.mistake(why, format!("\"{first}-{}\"", usize::from(first) + 2 * calls - 1));
        return None;
    }
    Some((first, last))
}

/// A voice that is named reads for all sites, so it has to speak their language.
pub fn check_voice(daemon: &Daemon, languages: &[Language], found: &Findings) {
    let Some(written) = &daemon.voice_written else { return };
    let name = written.text.to_ascii_lowercase();
    let speaks = |language: &Language| {
        let codes: &[&str] = match language {
            Language::German => &["de", "german", "mb-de"],
            Language::English => &["en", "mb-en", "mb-us"],
        };
        codes.iter().any(|code| name.starts_with(code))
    };
    if !languages.iter().all(speaks) {
        let why = "this voice does not speak the language of every site";
        let hint = "leave it out: then each site has the synthesizer's own voice of its language";
        found.mistake(&written.place, why, hint.to_owned());
    }
}
