//! Pieces and scores out of a `bpe.model` of sentencepiece: field 1 of the message, of each its fields 1 (text) and
//! 2 (score). Everything else is passed over.

/// Reads a variable-length number; what follows it.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f).checked_shl(7 * index as u32)?;
        if byte & 0x80 == 0 {
            return Some((value, &bytes[index + 1..]));
        }
    }
    None
}

/// A field of a message.
enum Field<'a> {
    Bytes(&'a [u8]),
    Float(f32),
    Other,
}

/// The next field: its number, itself, what follows it.
fn field(bytes: &[u8]) -> Option<(u64, Field<'_>, &[u8])> {
    let (key, rest) = number(bytes)?;
    let (field, rest) = match key & 7 {
        0 => (Field::Other, number(rest)?.1),
        1 => (Field::Other, rest.get(8..)?),
        2 => {
            let (length, rest) = number(rest)?;
            let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            (Field::Bytes(value), rest)
        }
        5 => {
            let (value, rest) = rest.split_first_chunk::<4>()?;
            (Field::Float(f32::from_le_bytes(*value)), rest)
        }
        _ => return None,
    };
    Some((key >> 3, field, rest))
}

/// The pieces with their scores; `None`: cut off, or nothing of that kind.
pub fn pieces(mut bytes: &[u8]) -> Option<Vec<(String, f32)>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (key, value, rest) = field(bytes)?;
        bytes = rest;
        let (1, Field::Bytes(mut piece)) = (key, value) else { continue };
        let (mut text, mut score) = (None, 0.0);
        while !piece.is_empty() {
            let (key, value, rest) = field(piece)?;
            piece = rest;
            match (key, value) {
                (1, Field::Bytes(value)) => text = Some(String::from_utf8(value.to_vec()).ok()?),
                (2, Field::Float(value)) => score = value,
                _ => {}
            }
        }
        found.push((text?, score));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_pieces_and_passes_over_the_rest() {
        let mut model = vec![0x0a, 10, 0x0a, 3, 0xe2, 0x96, 0x81, 0x15, 0, 0, 0x80, 0xbf];
        model.extend([0x12, 2, 0x08, 1, 0x18, 0x96, 0x01]);
        assert_eq!(pieces(&model), Some(vec![("▁".to_owned(), -1.0)]));
        assert_eq!(pieces(&model[..9]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = pieces(&bytes);
        }
    }
}
