//! Which path the sound of a call takes, and how it is coded: by configuration, by what this Asterisk offers, and
//! by what the caller's telephone speaks.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::config::{self, Codec, MediaPath};
use crate::daemon::pbx::asterisk::ari::{Ari, Module};
use crate::daemon::pbx::asterisk::error::AsteriskError;

/// A path and a code that it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Choice {
    /// The path.
    pub path: MediaPath,
    /// The code.
    pub codec: Codec,
}

/// What an Asterisk offers, as far as sound goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    paths: Vec<MediaPath>,
    /// AudioSocket at 16 kHz.
    wide_audiosocket: bool,
    /// It can make G.722 of other sound, and other sound of it.
    g722: bool,
}

impl Offer {
    /// Of a version and its modules.
    pub fn new(version: &str, modules: &[Module]) -> Self {
        let runs: HashSet<&str> =
            modules.iter().filter(|module| module.runs()).map(|module| module.name.as_str()).collect();
        let needs = |path| match path {
            MediaPath::Rtp => &["chan_rtp.so", "res_rtp_multicast.so"][..],
            MediaPath::AudioSocket => &["chan_audiosocket.so", "res_audiosocket.so"],
            MediaPath::WebSocket => &["chan_websocket.so", "res_http_websocket.so"],
        };
        let paths = MediaPath::WORDS.iter().map(|&(_, path)| path);
        Self {
            paths: paths.filter(|&path| needs(path).iter().all(|module| runs.contains(module))).collect(),
            wide_audiosocket: has_wide_audiosocket(version),
            g722: runs.contains("codec_g722.so"),
        }
    }

    /// Of an Asterisk that does not say: what every one has.
    fn unknown() -> Self {
        Self { paths: vec![MediaPath::Rtp], wide_audiosocket: false, g722: false }
    }

    /// The best for a caller who speaks `caller`, first; all paths are in it. Narrow sound goes as it comes. Wide
    /// sound goes as G.722 where it comes so, else linear: nothing is lost twice.
    fn ranking(&self, caller: Caller) -> [Choice; 3] {
        use MediaPath::{AudioSocket, Rtp, WebSocket};
        let choice = |path, codec| Choice { path, codec };
        let linear = if self.wide_audiosocket { Codec::Slin16 } else { Codec::Slin };
        match caller {
            Caller::Speaks(Codec::G722) => {
                let linear = if self.g722 { linear } else { Codec::Slin };
                [choice(Rtp, Codec::G722), choice(WebSocket, Codec::G722), choice(AudioSocket, linear)]
            }
            Caller::Speaks(Codec::Slin16) | Caller::Wide => {
                let by_rtp = if self.g722 { Codec::G722 } else { Codec::Slin };
                let by_rtp = choice(Rtp, by_rtp);
                let by_websocket = choice(WebSocket, Codec::Slin16);
                if self.wide_audiosocket {
                    [choice(AudioSocket, linear), by_websocket, by_rtp]
                } else {
                    [by_websocket, by_rtp, choice(AudioSocket, linear)]
                }
            }
            Caller::Speaks(narrow) => {
                [choice(Rtp, narrow), choice(AudioSocket, Codec::Slin), choice(WebSocket, narrow)]
            }
            Caller::Narrow => {
                [choice(Rtp, Codec::Alaw), choice(AudioSocket, Codec::Slin), choice(WebSocket, Codec::Slin)]
            }
        }
    }

    /// The choice for a caller, as far as it is free. `None`: there is no such path here.
    fn choose(&self, path: Option<MediaPath>, codec: Option<Codec>, caller: Caller) -> Option<Choice> {
        let offered = |choice: &Choice| match path {
            // the administrator knows
            Some(path) => choice.path == path,
            None => self.paths.contains(&choice.path),
        };
        let Some(codec) = codec else { return self.ranking(caller).into_iter().find(offered) };
        let paths = MediaPath::WORDS.iter().map(|&(_, path)| Choice { path, codec });
        paths.filter(|choice| choice.path.carries(codec)).find(offered)
    }
}

/// Since when AudioSocket carries 16 kHz, as far as the version's name says; others are believed not to.
fn has_wide_audiosocket(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>());
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => match major {
            ..20 => false,
            20 => minor >= 17,
            21 => minor >= 12,
            22 => minor >= 7,
            23 => minor >= 1,
            24.. => true,
        },
        _ => false,
    }
}

/// What a caller's telephone speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    /// A code that we speak as well.
    Speaks(Codec),
    /// Another one with more than 4 kHz in it.
    Wide,
    /// Another one, or one that Asterisk does not name.
    Narrow,
}

impl Caller {
    /// From Asterisk's list of a channel's own formats: `(alaw)`, `(opus|alaw)`; the first is the one in use.
    fn of(formats: &str) -> Self {
        const NARROW: [&str; 8] = ["gsm", "g723", "g726", "g726aal2", "g729", "ilbc", "speex", "adpcm"];
        let first = formats.trim_matches(['(', ')']).split('|').next().unwrap_or_default().trim();
        match Codec::named(first) {
            Some(codec) => Self::Speaks(codec),
            None if first.is_empty() || NARROW.contains(&first) || !first.is_ascii() => Self::Narrow,
            None if WIDE.iter().any(|wide| first.starts_with(wide)) => Self::Wide,
            None => Self::Narrow,
        }
    }
}

/// Beginnings of the names of codes with more than 4 kHz in them, as Asterisk writes them.
const WIDE: [&str; 11] = [
    "opus", "slin12", "slin24", "slin32", "slin44", "slin48", "slin96", "slin192", "siren", "speex16",
    "silk16",
];

/// The choices of one connection to Asterisk.
#[derive(Debug)]
pub struct Choices {
    path: Option<MediaPath>,
    codec: Option<Codec>,
    offer: OnceCell<Offer>,
    told: Mutex<HashSet<Choice>>,
}

impl Choices {
    /// As configured. Asks nothing yet.
    pub fn new(config: &config::Asterisk) -> Self {
        Self { path: config.media, codec: config.codec, offer: OnceCell::new(), told: Mutex::default() }
    }

    /// The same for a new connection: behind it may be another Asterisk.
    pub fn anew(&self) -> Self {
        Self { path: self.path, codec: self.codec, offer: OnceCell::new(), told: Mutex::default() }
    }

    /// Chooses for a caller's channel. Asks ARI what is not configured: what it offers once, the caller's format
    /// for each call.
    ///
    /// # Errors
    /// `Pathless` where Asterisk has no module loaded that could carry the sound.
    pub async fn choose(&self, ari: &Ari, channel: &str) -> Result<Choice, AsteriskError> {
        let caller = match self.codec {
            Some(codec) => Caller::Speaks(codec),
            None => Caller::of(&ari.formats(channel).await.unwrap_or_default()),
        };
        let unknown = Offer::unknown();
        let offer = match self.offer.get_or_try_init(|| ask(ari)).await {
            Ok(offer) => offer,
            Err(error) => {
                log::warn!("{error}; sound goes by RTP");
                &unknown
            }
        };
        let pathless = || AsteriskError::Pathless {
            at: ari.at().into(),
            codec: self.codec.map_or("any code", Codec::word),
        };
        let choice = offer.choose(self.path, self.codec, caller).ok_or_else(pathless)?;
        if self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(choice) {
            let why = match (self.path, self.codec) {
                (Some(_), Some(_)) => "as configured",
                (None, None) => "for callers whose telephone suggests it",
                _ => "as far as it is configured",
            };
            log::info!("sound goes by {} as {}, {why}", choice.path.word(), choice.codec.word());
        }
        Ok(choice)
    }
}

async fn ask(ari: &Ari) -> Result<Offer, AsteriskError> {
    let (version, modules) = (ari.version().await?, ari.modules().await?);
    Ok(Offer::new(&version, &modules))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYTHING: [&str; 7] = [
        "chan_rtp.so",
        "res_rtp_multicast.so",
        "chan_audiosocket.so",
        "res_audiosocket.so",
        "chan_websocket.so",
        "res_http_websocket.so",
        "codec_g722.so",
    ];

    fn offer(version: &str, lacks: &[&str]) -> Offer {
        let modules: Vec<Module> = EVERYTHING
            .iter()
            .map(|&name| Module {
                name: name.into(),
                status: if lacks.contains(&name) { "Not Running" } else { "Running" }.into(),
            })
            .collect();
        Offer::new(version, &modules)
    }

    fn chosen(offer: &Offer, formats: &str) -> (MediaPath, Codec) {
        let choice = offer.choose(None, None, Caller::of(formats)).unwrap();
        assert!(choice.path.carries(choice.codec), "{choice:?}");
        (choice.path, choice.codec)
    }

    #[test]
    fn every_caller_gets_the_best_that_is_there() {
        let full = offer("22.10.1", &[]);
        let no_rtp = offer("22.10.1", &["res_rtp_multicast.so"]);
        let websocket = offer("22.10.1", &["chan_rtp.so", "chan_audiosocket.so"]);
        let old = offer("18.20.0", &["chan_websocket.so"]);
        let oldest = offer("16.28.0", &["chan_websocket.so", "chan_audiosocket.so", "codec_g722.so"]);
        use MediaPath::{AudioSocket, Rtp, WebSocket};
        for (offer, formats, path, codec) in [
            (&full, "(alaw)", Rtp, Codec::Alaw),
            (&full, "(ulaw)", Rtp, Codec::Ulaw),
            (&full, "(g722)", Rtp, Codec::G722),
            (&full, "(slin16)", AudioSocket, Codec::Slin16),
            (&full, "(opus|alaw)", AudioSocket, Codec::Slin16),
            (&full, "(g729)", Rtp, Codec::Alaw),
            (&full, "", Rtp, Codec::Alaw),
            (&no_rtp, "(alaw)", AudioSocket, Codec::Slin),
            (&no_rtp, "(g722)", WebSocket, Codec::G722),
            (&websocket, "(ulaw)", WebSocket, Codec::Ulaw),
            (&websocket, "(opus)", WebSocket, Codec::Slin16),
            (&old, "(opus)", Rtp, Codec::G722),
            (&old, "(alaw)", Rtp, Codec::Alaw),
            (&oldest, "(g722)", Rtp, Codec::G722),
            (&oldest, "(opus)", Rtp, Codec::Slin),
        ] {
            assert_eq!(chosen(offer, formats), (path, codec), "{formats} {offer:?}");
        }
    }

    #[test]
    fn what_is_configured_is_kept() {
        let offer = offer("22.10.1", &[]);
        let choose = |path, codec, formats| {
            offer.choose(path, codec, Caller::of(formats)).map(|choice| (choice.path, choice.codec))
        };
        use MediaPath::{AudioSocket, Rtp, WebSocket};
        assert_eq!(choose(Some(AudioSocket), None, "(alaw)"), Some((AudioSocket, Codec::Slin)));
        assert_eq!(choose(Some(AudioSocket), None, "(g722)"), Some((AudioSocket, Codec::Slin16)));
        assert_eq!(choose(Some(WebSocket), None, "(alaw)"), Some((WebSocket, Codec::Alaw)));
        assert_eq!(choose(None, Some(Codec::Slin16), "(alaw)"), Some((AudioSocket, Codec::Slin16)));
        assert_eq!(choose(None, Some(Codec::G722), "(alaw)"), Some((Rtp, Codec::G722)));
        // a configured path is used whatever the modules say; without one nothing is made up
        let bare = Offer::default();
        let rtp = Choice { path: Rtp, codec: Codec::Alaw };
        assert_eq!(bare.choose(Some(Rtp), None, Caller::Narrow), Some(rtp));
        assert_eq!(bare.choose(None, None, Caller::Narrow), None);
        assert_eq!(Offer::unknown().choose(None, Some(Codec::Slin16), Caller::Narrow), None);
    }

    #[test]
    fn versions_with_wide_audiosocket_are_known() {
        for old in ["16.28.0~dfsg", "18.26.4", "20.16.0", "22.6.0", "23.0.0", "GIT-master-0ab12"] {
            assert!(!has_wide_audiosocket(old), "{old}");
        }
        for new in ["20.17.0", "22.10.1~dfsg", "23.1.0", "24.0.0"] {
            assert!(has_wide_audiosocket(new), "{new}");
        }
    }
}
