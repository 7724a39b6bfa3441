//! libvosk's answers: JSON, read strictly.

use serde::Deserialize;

/// Words of an answer; nobody says so many in one stretch.
const WORDS_MAX: usize = 1_000;
/// Latest moment, in seconds.
const SECONDS_MAX: f64 = 86_400.0;
/// What stands for words outside the grammar or the vocabulary.
const UNKNOWN: [&str; 2] = ["[unk]", "<unk>"];

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// As the model writes it, in lower case.
    pub text: String,
    /// 0 to 1; `None`: libvosk does not say.
    pub confidence: Option<f32>,
    /// In ms since the decoder began, padding included.
    pub start_ms: u32,
    /// As above.
    pub end_ms: u32,
}

/// A reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Its words, unknown ones left out.
    pub words: Vec<Word>,
    /// A logarithm of an unknown measure, to be compared with the other readings'.
    pub score: f32,
    /// Whether something was said that the grammar does not know.
    pub unknown: bool,
}

#[derive(Deserialize)]
struct RawWord {
    word: String,
    conf: Option<f64>,
    start: f64,
    end: f64,
}

#[derive(Deserialize)]
struct RawPartial {
    #[serde(default)]
    partial_result: Vec<RawWord>,
    partial: String,
}

#[derive(Deserialize)]
struct RawAlternative {
    confidence: f64,
    #[serde(default)]
    result: Vec<RawWord>,
    text: String,
}

#[derive(Deserialize)]
struct RawFinal {
    alternatives: Vec<RawAlternative>,
}

/// The reading of a partial answer.
///
/// # Errors
/// It is not what libvosk 0.3.45 writes.
pub fn partial(json: &str) -> Result<Reading, String> {
    let raw: RawPartial = serde_json::from_str(json).map_err(|error| error.to_string())?;
    if raw.partial_result.is_empty() && !raw.partial.trim().is_empty() {
        return Err("words without their times".to_owned());
    }
    reading(raw.partial_result, 0.0)
}

/// The readings of a final answer, the likeliest first.
///
/// # Errors
/// It is not what libvosk 0.3.45 writes where alternatives are asked for.
pub fn finished(json: &str) -> Result<Vec<Reading>, String> {
    let raw: RawFinal = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let readings = raw.alternatives.into_iter().map(|alternative| {
        if alternative.result.is_empty() && !alternative.text.trim().is_empty() {
            return Err("words without their times".to_owned());
        }
        reading(alternative.result, alternative.confidence as f32)
    });
    readings.collect()
}

fn reading(raw: Vec<RawWord>, score: f32) -> Result<Reading, String> {
    if raw.len() > WORDS_MAX {
        return Err(format!("{} words", raw.len()));
    }
    let mut reading = Reading { words: Vec::new(), score, unknown: false };
    for RawWord { word, conf, start, end } in raw {
        if UNKNOWN.contains(&word.as_str()) {
            reading.unknown = true;
            continue;
        }
        let times = 0.0 <= start && start <= end && end <= SECONDS_MAX;
        if !times || conf.is_some_and(|conf| !conf.is_finite()) {
            return Err("a word at a time that is none".to_owned());
        }
        reading.words.push(Word {
            text: word.to_lowercase(),
            confidence: conf.map(|conf| conf.clamp(0.0, 1.0) as f32),
            start_ms: (start * 1000.0).round() as u32,
            end_ms: (end * 1000.0).round() as u32,
        });
    }
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As the wheel's library writes it.
    const PARTIAL: &str = r#"{
  "partial" : "ja bitte",
  "partial_result" : [{
      "conf" : 0.845440,
      "end" : 0.570000,
      "start" : 0.240000,
      "word" : "Ja"
    }, {
      "conf" : 1.000001,
      "end" : 0.960000,
      "start" : 0.570000,
      "word" : "bitte"
    }]
}"#;
    const FINAL: &str = r#"{"alternatives" : [
        {"confidence" : 205.009308, "result" : [{"end" : 0.57, "start" : 0.24, "word" : "ja"}], "text" : " ja"},
        {"confidence" : 203.1, "result" : [{"end" : 0.57, "start" : 0.24, "word" : "[unk]"}], "text" : " [unk]"}]}"#;

    #[test]
    fn words_come_with_times_and_confidences() {
        let reading = partial(PARTIAL).unwrap();
        let words: Vec<_> =
            reading.words.iter().map(|word| (&*word.text, word.start_ms, word.end_ms)).collect();
        assert_eq!(words, [("ja", 240, 570), ("bitte", 570, 960)]);
        assert_eq!(reading.words[1].confidence, Some(1.0));
    }

    #[test]
    fn unknown_words_are_no_words() {
        let readings = finished(FINAL).unwrap();
        assert_eq!(readings.len(), 2);
        assert!(readings[1].words.is_empty() && readings[1].unknown && !readings[0].unknown);
        assert_eq!(
            finished(r#"{"alternatives" : [{"text": "", "confidence" : 1.0}] }"#).unwrap()[0],
            Reading { score: 1.0, ..Reading::default() }
        );
    }

    #[test]
    fn escapes_are_read_and_nonsense_is_not() {
        let escaped = PARTIAL.replace("bitte\"\n", "b\\u00fc\\\"c\\\\h\"\n");
        assert_eq!(partial(&escaped).unwrap().words[1].text, "bü\"c\\h");
        for (from, to) in
            [("0.240000", "-1"), ("0.570000", "1e99"), ("0.845440", "nan"), ("\"word\"", "\"Word\"")]
        {
            assert!(partial(&PARTIAL.replacen(from, to, 1)).is_err(), "{to}");
        }
        assert!(partial(r#"{"partial" : "ja"}"#).is_err());
        assert!(partial(r#"{"partial" : ""}"#).unwrap().words.is_empty());
        assert!(finished(PARTIAL).is_err());
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,200}", at in 0usize..400, to in any::<char>()) {
            let _ = (partial(&text), finished(&text));
            let damaged: String = PARTIAL.chars().enumerate().map(|(n, c)| if n == at { to } else { c }).collect();
            let _ = partial(&damaged);
        }
    }
}
