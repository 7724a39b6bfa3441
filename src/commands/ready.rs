//! Making ready: from a configuration to everything that calls share.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use crate::call::SiteRooms;
use crate::config::Config;
use crate::daemon::inference::Inference;
use crate::daemon::voice::Voice;
use crate::daemon::voice::recordings::{self, Recordings};
use crate::models::sentences::SentenceEncoder;

/// Models, voice and sites of a configuration.
pub struct Ready {
    /// In the order of the configuration.
    pub sites: Vec<SiteRooms>,
    /// The models.
    pub inference: Arc<Inference>,
    /// One a site; fixed phrases are rendered.
    pub voices: Vec<Arc<Voice>>,
}

/// Loads the models, makes the sites ready and renders their fixed phrases.
pub async fn ready(config: &Config) -> anyhow::Result<Ready> {
    // The line adapter goes on meanwhile.
    let (inference, sites) = tokio::task::block_in_place(|| {
        let inference = Inference::start(&config.models, &config.sites).context("cannot hear")?;
        let encoder = SentenceEncoder::for_sites(config.models.onnx_runtime.as_deref());
        let with_encoder = |site| SiteRooms::with_meaning(site, encoder.clone());
        let sites: Vec<SiteRooms> = config.sites.iter().cloned().map(with_encoder).collect();
        anyhow::Ok((inference, sites))
    })?;
    // who was told to stop meanwhile begins nothing new
    tokio::task::yield_now().await;
    let mut voices = Vec::new();
    for site in &config.sites {
        let voice = Voice::new(config.voice.clone(), site.language);
        let texts = site.fixed_texts();
        let mut fixed: Vec<&str> = texts.iter().map(|(_, text)| *text).collect();
        fixed.sort_unstable();
        fixed.dedup();
        voice.prerender(&fixed).await.context("cannot speak")?;
        if let Some(folder) = &site.recordings {
            take_recordings(&voice, folder, &texts);
        }
        voices.push(Arc::new(voice));
    }
    Ok(Ready { sites, inference: Arc::new(inference), voices })
}

/// What somebody has read out is played in place of the voice. What cannot be used is told, and the voice says it.
fn take_recordings(voice: &Voice, folder: &Path, texts: &[(String, &str)]) {
    let Recordings { sounds, findings } = recordings::read(folder, texts);
    for finding in findings.iter().filter(|finding| !finding.is_missing()) {
        log::warn!("recording {}: {finding}; the voice says it", finding.file.display());
    }
    voice.keep(sounds);
}
