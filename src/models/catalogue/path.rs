//! Paths of files in a model: what may be written below its folder.

/// Longest path in a model, in bytes.
const PATH_BYTES_MAX: usize = 200;
/// Folders in folders.
const DEPTH_MAX: usize = 8;

/// Whether `path` (`/` between its parts) leads to a place below the folder that it is joined to, on every system:
/// relative, no `.` or `..`, no backslash, nothing that cannot be seen.
#[must_use]
pub fn is_plain(path: &str) -> bool {
    let part_is_plain = |part: &str| !matches!(part, "" | "." | "..");
    (1..=PATH_BYTES_MAX).contains(&path.len())
        && path.split('/').count() <= DEPTH_MAX
        && path.split('/').all(part_is_plain)
        && !path.chars().any(|c| c == '\\' || c == ':' || c.is_control())
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ways_out_are_refused() {
        let ways =
            ["../x", "a/../../x", "/etc/passwd", "a//b", "./a", "", "a\\..\\b", "c:x", "a\nb", "a/", "a\0b"];
        for way in ways {
            assert!(!is_plain(way), "{way:?}");
        }
        assert!(is_plain("graph/phones/word_boundary.int"));
        assert!(!is_plain(&"a/".repeat(9)) && !is_plain(&"a".repeat(201)));
    }

    proptest! {
        #[test]
        fn what_is_plain_stays_below(path in "[./a\\\\:\\PC]{0,30}") {
            if is_plain(&path) {
                let stays = Path::new(&path).components().all(|part| matches!(part, Component::Normal(_)));
                prop_assert!(stays);
            }
        }
    }
}
