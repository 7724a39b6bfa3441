//! Clashes: examples of two intents that cannot be told apart.

use super::intents::Intents;
use crate::config::site::Site;

/// Sentences of two intents that are as alike as this (1: the same words to us) cannot be told apart. Of the shipped
/// sites no two are.
const ALIKE_MIN: f32 = 0.9;

/// Two intents, or answers, with the sentences that clash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// One intent's name, with its sentence.
    pub one: (String, String),
    /// The other's.
    pub other: (String, String),
}

/// Of every two intents or answers of a site the most alike sentences, where each, left out, would be taken for the
/// other's: it is more like that sentence than like any of its own intent.
#[must_use]
pub fn clashes(site: &Site) -> Vec<Clash> {
    let concerns = site.intents.iter().map(|intent| (&intent.name, intent.examples.as_slice()));
    let answers = site.answers.iter().map(|answer| (&answer.id, answer.examples.as_slice()));
    let all: Vec<(&String, &[String])> = concerns.chain(answers).collect();
    let intents = Intents::new(site.language, all.iter().copied(), None);
    // in the order of the file: intent, sentence, how it is compared
    let vectors = intents.compared(all.iter().flat_map(|(_, texts)| texts.iter()));
    let examples: Vec<(usize, &String)> = all
        .iter()
        .enumerate()
        .flat_map(|(intent, (_, texts))| texts.iter().map(move |text| (intent, text)))
        .collect();
    let mut found: Vec<(usize, usize, f32)> = Vec::new();
    for (at, (intent, _)) in examples.iter().enumerate() {
        let alike = |other: usize| cosine(&vectors[at], &vectors[other]);
        let others = (0..examples.len()).filter(|other| *other != at);
        let nearest = others.max_by(|one, other| alike(*one).total_cmp(&alike(*other)));
        if let Some(nearest) =
            nearest.filter(|nearest| examples[*nearest].0 != *intent && alike(*nearest) >= ALIKE_MIN)
        {
            found.push((at.min(nearest), at.max(nearest), alike(nearest)));
        }
    }
    found.sort_by(|one, other| other.2.total_cmp(&one.2).then((one.0, one.1).cmp(&(other.0, other.1))));
    let mut told: Vec<(usize, usize)> = Vec::new();
    found.retain(|(one, other, _)| {
        let pair = (examples[*one].0, examples[*other].0);
        let new = !told.contains(&pair);
        told.push(pair);
        new
    });
    let named = |at: usize| (all[examples[at].0].0.clone(), examples[at].1.clone());
    found.into_iter().map(|(one, other, _)| Clash { one: named(one), other: named(other) }).collect()
}

/// How alike two sparse vectors are, whatever their lengths: 0 to 1.
fn cosine(one: &[(usize, f32)], other: &[(usize, f32)]) -> f32 {
    let length = |vector: &[(usize, f32)]| vector.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
    let lengths = length(one) * length(other);
    if lengths <= 0.0 {
        return 0.0;
    }
    let value_at =
        |place: usize| other.iter().find(|(known, _)| *known == place).map_or(0.0, |(_, value)| *value);
    one.iter().map(|(place, value)| value * value_at(*place)).sum::<f32>() / lengths
}
