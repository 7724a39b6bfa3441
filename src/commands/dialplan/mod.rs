//! `klinke dialplan`: what a PBX's dialplan has to say so that calls reach Klinke, and reach people whenever
//! Klinke lets go or is not there.

mod template;

use clap::{Args, Subcommand, ValueEnum};

use super::output::print;
use super::tongue::Tongue;
use crate::config::site::{Language, Site};
use crate::config::{self, Config};
use template::fill;

const PLAIN: &str = include_str!("plain.conf");
const PLAIN_SITE: &str = include_str!("plain_site.conf");
const FREEPBX: &str = include_str!("freepbx.conf");
const FREEPBX_SITE: &str = include_str!("freepbx_site.conf");
/// What both styles end with: one file a purpose.
const COMMON: [&str; 3] =
    [include_str!("fallback.conf"), include_str!("transfer.conf"), include_str!("test_call.conf")];
/// The first extension that is proposed for trying a site in FreePBX.
const TRIAL_EXTENSION: usize = 7100;

/// Arguments of `klinke dialplan`.
#[derive(Args)]
pub struct Dialplan {
    #[command(subcommand)]
    pbx: Pbx,
}

#[derive(Subcommand)]
enum Pbx {
    /// Print the dialplan for Asterisk, with the fallback in place.
    Asterisk(Asterisk),
}

#[derive(Args)]
struct Asterisk {
    #[command(flatten)]
    config: super::ConfigFile,
    /// For an Asterisk of your own (extensions.conf), or for FreePBX (extensions_custom.conf).
    #[arg(long, value_enum, default_value = "plain")]
    style: Style,
    /// Only this site; may be given more than once. Without it: every one of the configuration.
    #[arg(long, value_name = "ID")]
    site: Vec<String>,
    #[command(flatten)]
    tongue: Tongue,
}

/// How a site keeps its dialplan.
#[derive(Clone, Copy, ValueEnum)]
enum Style {
    /// In extensions.conf.
    Plain,
    /// In FreePBX, which writes extensions.conf itself.
    Freepbx,
}

impl Dialplan {
    /// Runs it.
    ///
    /// # Errors
    /// Mistakes in the configuration; a site that it does not have.
    pub fn run(self) -> anyhow::Result<()> {
        let Pbx::Asterisk(wanted) = self.pbx;
        let config = config::load(&wanted.config.config)?;
        let mut places = Vec::new();
        for id in &wanted.site {
            places.push(super::place(&config, Some(id))?);
        }
        if places.is_empty() {
            places = (0..config.sites.len()).collect();
        }
        places.sort_unstable();
        places.dedup();
        let sites: Vec<&Site> = places.into_iter().map(|place| &config.sites[place]).collect();
        print(asterisk(&config, &sites, wanted.style, wanted.tongue.language()).trim_end())
    }
}

/// The whole text.
fn asterisk(config: &Config, sites: &[&Site], style: Style, language: Language) -> String {
    let pbx = config.asterisk.as_ref();
    let app = pbx.map_or("klinke", |pbx| pbx.app.as_str());
    let context = pbx.and_then(|pbx| pbx.context.as_deref());
    let (head, each, unnamed) = match style {
        Style::Plain => (PLAIN, PLAIN_SITE, "«default»"),
        Style::Freepbx => (FREEPBX, FREEPBX_SITE, "from-internal"),
    };
    let file = one_line(&config.file.display().to_string());
    let values = [
        ("file", file.as_str()),
        (
            "arrivals",
            &lines(sites, |_, id| format!(";      exten => «4711»,1,Goto(klinke-site-{id},${{EXTEN}},1)")),
        ),
        ("targets", &lines(sites, |_, id| format!(";      klinke-site-{id},s,1"))),
        ("trials", &lines(sites, |number, id| trial(number, id, context.unwrap_or(unnamed), sites[number]))),
    ];
    let mut text = fill(head, language, &values);
    for site in sites {
        text += &fill(
            each,
            language,
            &[
                ("id", &site.id),
                ("name", &one_line(&site.name)),
                ("lang", site.language.code()),
                ("app", app),
                ("doors", &doors(site, context, unnamed, language)),
                ("people", &people(site, context.unwrap_or(unnamed))),
            ],
        );
    }
    for part in COMMON {
        text += &fill(part, language, &[]);
    }
    text.trim_end().to_owned()
}

/// One line a site.
fn lines(sites: &[&Site], line: impl Fn(usize, &str) -> String) -> String {
    let lines: Vec<String> = sites.iter().enumerate().map(|(number, site)| line(number, &site.id)).collect();
    lines.join("\n")
}

/// An extension of the house from which a site can be tried, in FreePBX.
fn trial(number: usize, id: &str, context: &str, site: &Site) -> String {
    let extension = TRIAL_EXTENSION + number;
    let human = extensions(site)
        .first()
        .map_or_else(|| "Congestion(20)".to_owned(), |extension| format!("Goto({context},{extension},1)"));
    format!("exten => «{extension}»,1,Gosub(klinke-site-{id},s,1)\n same => n,{human}")
}

/// Where `[asterisk] context` is not written, Klinke hands callers to extensions of the context that they came
/// from, which is the site's own: doors to where the extensions really are.
fn doors(site: &Site, context: Option<&str>, unnamed: &str, language: Language) -> String {
    let extensions = extensions(site);
    if context.is_some() || extensions.is_empty() {
        return String::new();
    }
    let mut text = fill(
        ";de Die Nebenstellen aus [hand_over] (in klinke.toml steht unter [asterisk] kein context).\n\
         ;en The extensions of [hand_over] (klinke.toml has no context under [asterisk]).\n",
        language,
        &[],
    );
    for extension in extensions {
        text += &format!("exten => {extension},1,Goto({unnamed},{extension},1)\n");
    }
    text.trim_end().to_owned()
}

/// Steps to the site's humans: each extension where it exists.
fn people(site: &Site, context: &str) -> String {
    let step = |extension: &&str| {
        let there = format!("{context},{extension},1");
        format!(" same => n,GotoIf($[${{DIALPLAN_EXISTS({there})}}]?{there})\n")
    };
    extensions(site).iter().map(step).collect()
}

/// The extensions of `[hand_over]`, those of opening hours first.
fn extensions(site: &Site) -> Vec<&str> {
    let mut extensions: Vec<&str> = site.hand_over.extensions().collect();
    extensions.dedup();
    extensions
}

/// A name in a comment must not end it.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::call::line::Destination;

    fn config() -> Config {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/demo/klinke.toml");
        let mut config = config::load(&file).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        config.file = "/etc/klinke/klinke.toml".into();
        let mut other = config.sites[0].clone();
        (other.id, other.name, other.language) =
            ("plumbing".into(), "Pipes\nexten => x".into(), Language::English);
        other.hand_over = config::site::HandOver::default();
        config.sites.push(other);
        config
    }

    fn text(style: Style, language: Language) -> String {
        let config = config();
        let sites: Vec<&Site> = config.sites.iter().collect();
        asterisk(&config, &sites, style, language)
    }

    #[test]
    fn the_plain_dialplan_reads_well() {
        insta::assert_snapshot!(text(Style::Plain, Language::German));
    }

    #[test]
    fn the_dialplan_of_freepbx_reads_well() {
        insta::assert_snapshot!(text(Style::Freepbx, Language::English));
    }

    /// Words of docs/dialplan.md that have no line of their own would go with the unknown ones.
    #[test]
    fn every_documented_reason_has_a_line() {
        let documented: BTreeSet<&str> = include_str!("../../../docs/dialplan.md")
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .collect();
        assert!(documented.contains("caller_asked") && documented.len() >= 12, "{documented:?}");
        for style in [Style::Plain, Style::Freepbx] {
            let text = text(style, Language::English);
            let lines: BTreeSet<&str> = text
                .lines()
                .filter_map(|line| line.strip_prefix("exten => why_")?.split(',').next())
                .filter(|word| *word != "unreachable")
                .collect();
            assert_eq!(lines, documented);
        }
    }

    #[test]
    fn both_languages_are_the_same_but_for_the_comments() {
        let code = |text: &str| -> Vec<String> {
            text.lines()
                .filter(|line| !line.starts_with(';') && !line.is_empty())
                .map(str::to_owned)
                .collect()
        };
        for style in [Style::Plain, Style::Freepbx] {
            let (german, english) = (text(style, Language::German), text(style, Language::English));
            assert_eq!(code(&german), code(&english));
            assert_ne!(german, english);
            for (text, language) in [(german, "German"), (english, "English")] {
                assert!(
                    !text.contains('@') && !text.contains(";de") && !text.contains(";en"),
                    "{language}: {text}"
                );
            }
        }
    }

    #[test]
    fn a_site_without_context_still_reaches_its_extensions() {
        let mut config = config();
        let pbx = config.asterisk.as_mut();
        assert!(pbx.is_none(), "the demonstration has no PBX");
        config.sites[0].hand_over.open = vec![Destination::Extension("200".into())];
        let text = asterisk(&config, &[&config.sites[0]], Style::Plain, Language::English);
        assert!(text.contains("\nexten => 200,1,Goto(«default»,200,1)\n"), "{text}");
    }
}
