//! Whether a library's file is all there. The loader of the system maps a file that a download left half, and the
//! process dies (SIGBUS) when it reads beyond the end; so this is looked at first. Fields after the ELF-64
//! specification, version 1.5, sections 2 and 6.

const MAGIC: &[u8] = b"\x7fELF\x02\x01";
/// Where the file header says where the program headers begin (8 bytes), how long one is and how many there are
/// (2 bytes each); the same for the section headers, which linkers put at the end of the file.
const PROGRAM: Table = Table { offset_at: 32, length_at: 54 };
const SECTION: Table = Table { offset_at: 40, length_at: 58 };
/// In a program header: the segment's place in the file and its length there.
const SEGMENT_OFFSET_AT: usize = 8;
const SEGMENT_LENGTH_AT: usize = 32;

#[derive(Clone, Copy)]
struct Table {
    offset_at: usize,
    length_at: usize,
}

/// Whether `file` is a little-endian 64-bit ELF file whose tables and segments all lie in it.
#[must_use]
pub fn is_whole(file: &[u8]) -> bool {
    file.starts_with(MAGIC) && table(file, SECTION).is_some() && segments_are_whole(file) == Some(true)
}

fn segments_are_whole(file: &[u8]) -> Option<bool> {
    let mut headers = table(file, PROGRAM)?;
    Some(headers.all(|header| {
        let segment = number::<8>(header, SEGMENT_OFFSET_AT).zip(number::<8>(header, SEGMENT_LENGTH_AT));
        segment.and_then(|(offset, length)| stretch(file, offset, length)).is_some()
    }))
}

/// The entries of a table; `None` where it does not lie in the file.
fn table(file: &[u8], table: Table) -> Option<std::slice::ChunksExact<'_, u8>> {
    let offset = number::<8>(file, table.offset_at)?;
    let (length, count) = (number::<2>(file, table.length_at)?, number::<2>(file, table.length_at + 2)?);
    let entries = stretch(file, offset, length * count)?;
    (length > 0).then(|| entries.chunks_exact(usize::try_from(length).unwrap_or(1)))
}

fn stretch(file: &[u8], offset: u64, length: u64) -> Option<&[u8]> {
    let from = usize::try_from(offset).ok()?;
    let to = usize::try_from(offset.checked_add(length)?).ok()?;
    file.get(from..to)
}

/// A little-endian number of `N` bytes, 8 at most.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(N)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// This test's own program: an ELF file that is surely there.
    fn program() -> Vec<u8> {
        std::fs::read(std::env::current_exe().unwrap()).unwrap()
    }

    #[test]
    fn a_file_that_is_cut_off_anywhere_is_not_whole() {
        let program = program();
        assert!(is_whole(&program));
        for parts in 0..16 {
            assert!(!is_whole(&program[..program.len() * parts / 16]), "{parts} of 16");
        }
        assert!(!is_whole(&program[..program.len() - 1]));
        assert!(!is_whole(b"VERS_1.28.0"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = is_whole(&[MAGIC, &bytes].concat());
        }
    }
}
