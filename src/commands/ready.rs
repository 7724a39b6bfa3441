//! Making ready: from a configuration to everything that calls share.

use std::sync::Arc;

use anyhow::Context;

use crate::call::SiteRooms;
use crate::config::{Config, site::Site};
use crate::daemon::inference::Inference;
use crate::daemon::voice::Voice;
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
        voice.prerender(&fixed(site)).await.context("cannot speak")?;
        voices.push(Arc::new(voice));
    }
    Ok(Ready { sites, inference: Arc::new(inference), voices })
}

/// The sentences of a site that hold no values.
fn fixed(site: &Site) -> Vec<&str> {
    let slots = site.forms.iter().flat_map(|form| &form.slots);
    let asks = slots.flat_map(|slot| slot.ask.iter().chain(&slot.short));
    let answers = site.answers.iter().map(|answer| &answer.text);
    let texts = site.texts.all().into_iter().chain(site.short.all());
    let mut all: Vec<&str> = texts.chain(asks.chain(answers).map(String::as_str)).collect();
    all.retain(|text| !text.contains('{'));
    all.sort_unstable();
    all.dedup();
    all
}
