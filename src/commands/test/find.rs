//! Which conversations belong to which site.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// A site's file, in a folder with its conversations.
const SITE: &str = "site.toml";
/// How deep folders are looked into.
const DEPTH_MAX: usize = 8;

/// A site's file and conversations with it.
pub struct Found {
    /// The file.
    pub site: PathBuf,
    /// In the order of their names.
    pub conversations: Vec<PathBuf>,
}

/// Finds what `paths` name. `site`: the file that all of them belong to.
///
/// # Errors
/// A path that is not there, a conversation without a site, nothing at all.
pub fn find(paths: &[PathBuf], site: Option<&Path>) -> anyhow::Result<Vec<Found>> {
    let mut found: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for path in paths {
        let path = existing(path)?;
        let mut conversations = Vec::new();
        if path.is_dir() {
            gather(&path, &mut conversations, DEPTH_MAX)?;
            if conversations.is_empty() {
                bail!("there is no conversation (*.txt) in {}", path.display());
            }
        } else {
            conversations.push(path);
        }
        for conversation in conversations {
            let site = match site {
                Some(site) => site.to_owned(),
                None => site_of(&conversation)?,
            };
            found.entry(site).or_default().push(conversation);
        }
    }
    let sorted = |(site, mut conversations): (PathBuf, Vec<PathBuf>)| {
        conversations.sort();
        conversations.dedup();
        Found { site, conversations }
    };
    Ok(found.into_iter().map(sorted).collect())
}

/// `etc/heating` also means `etc/sites/heating`, where sites are installed.
fn existing(path: &Path) -> anyhow::Result<PathBuf> {
    let among_sites = path.file_name().map(|name| path.with_file_name("sites").join(name));
    match among_sites {
        _ if path.exists() => Ok(path.to_owned()),
        Some(other) if other.exists() => Ok(other),
        _ => bail!(
            "there is no {}: name a folder with a {SITE} and conversations, or a conversation",
            path.display()
        ),
    }
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>, depth: usize) -> anyhow::Result<()> {
    let unreadable = || format!("cannot read the folder {}", folder.display());
    for entry in std::fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path.is_dir() && depth > 0 {
            gather(&path, found, depth - 1)?;
        } else if path.extension().is_some_and(|extension| extension == "txt") {
            found.push(path);
        }
    }
    Ok(())
}

/// The nearest one above it.
fn site_of(conversation: &Path) -> anyhow::Result<PathBuf> {
    let absolute = std::path::absolute(conversation).unwrap_or_else(|_| conversation.to_owned());
    // as it was written, as long as that goes
    let folders = conversation.ancestors().chain(absolute.ancestors()).skip(1);
    let mut sites = folders.map(|folder| folder.join(SITE));
    sites.find(|site| site.is_file()).with_context(|| {
        format!(
            "no {SITE} stands beside or above {}; name the site's file with --site",
            conversation.display()
        )
    })
}
