//! AudioSocket: sound over TCP in messages of a kind, a length and as many bytes.
//!
//! Source: Asterisk's `res_audiosocket`, versions 18 to 22; checked against a capture of 22.10.1.

use crate::config::Codec;

/// Bytes before a message's payload: kind, length (highest byte first).
pub const HEADER_BYTES: usize = 3;
/// Longest payload that is read: 100 ms of what a caller's packet can be at 16 kHz, and room.
pub const PAYLOAD_BYTES_MAX: usize = 4_096;

const HANG_UP: u8 = 0x00;
const ID: u8 = 0x01;
const DIGIT: u8 = 0x03;
/// Linear sound at 8 kHz; at 16 kHz (since 20.17, 21.12, 22.7, 23.1).
const SLIN: u8 = 0x10;
const SLIN16: u8 = 0x12;
const FAILURE: u8 = 0xff;

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AudioSocketError {
    /// Longer than anything Asterisk sends.
    #[error("a message of {0} bytes, more than {PAYLOAD_BYTES_MAX}")]
    Long(usize),
    /// An identity of another length than 16.
    #[error("an identity of {0} bytes instead of 16")]
    Id(usize),
}

/// A message as it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// The other side ends it.
    HangUp,
    /// Whose sound it is; the first message.
    Id([u8; 16]),
    /// A key was pressed. ARI says so too.
    Digit(u8),
    /// Sound.
    Sound(Codec, &'a [u8]),
    /// Something went wrong on the other side.
    Failure(Option<u8>),
    /// Another kind: sound at other rates.
    Other(u8),
}

impl<'a> Message<'a> {
    /// Reads the first message of `bytes`, and how long it is there. `None`: it is not there in whole yet.
    ///
    /// # Errors
    /// Where these bytes can never become a message.
    pub fn parse(bytes: &'a [u8]) -> Result<Option<(Self, usize)>, AudioSocketError> {
        let Some((&[kind, high, low], rest)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            return Ok(None);
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if length > PAYLOAD_BYTES_MAX {
            return Err(AudioSocketError::Long(length));
        }
        let Some(payload) = rest.get(..length) else { return Ok(None) };
        let message = match kind {
            HANG_UP => Self::HangUp,
            ID => Self::Id(payload.try_into().map_err(|_| AudioSocketError::Id(length))?),
            DIGIT => Self::Digit(payload.first().copied().unwrap_or_default()),
            SLIN => Self::Sound(Codec::Slin, payload),
            SLIN16 => Self::Sound(Codec::Slin16, payload),
            FAILURE => Self::Failure(payload.first().copied()),
            kind => Self::Other(kind),
        };
        Ok(Some((message, HEADER_BYTES + length)))
    }
}

/// What comes before `length` bytes of sound; `None` where there is no kind for that code.
#[must_use]
pub fn header(codec: Codec, length: usize) -> Option<[u8; HEADER_BYTES]> {
    let kind = match codec {
        Codec::Slin => SLIN,
        Codec::Slin16 => SLIN16,
        Codec::Alaw | Codec::Ulaw | Codec::G722 => return None,
    };
    let [high, low] = u16::try_from(length).ok()?.to_be_bytes();
    Some([kind, high, low])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_kind_is_read_and_the_rest_waits() {
        let id = [7; 16];
        let bytes =
            [&[1, 0, 16][..], &id, &[0x12, 0, 2, 9, 8], &[3, 0, 1, b'5'], &[0x14, 0, 0], &[0xff, 0, 1, 4]];
        let bytes = [bytes.concat(), vec![0, 0, 0, 0x10, 0, 4, 1]].concat();
        let mut rest = &bytes[..];
        let mut seen = Vec::new();
        while let Some((message, length)) = Message::parse(rest).unwrap() {
            seen.push(message);
            rest = &rest[length..];
        }
        let sound = Message::Sound(Codec::Slin16, &[9, 8]);
        let failure = Message::Failure(Some(4));
        let all =
            [Message::Id(id), sound, Message::Digit(b'5'), Message::Other(0x14), failure, Message::HangUp];
        assert_eq!((&seen[..], rest), (&all[..], &[0x10, 0, 4, 1][..]));
    }

    #[test]
    fn what_can_be_no_message_is_named() {
        assert_eq!(Message::parse(&[0x10, 0xff, 0xff]), Err(AudioSocketError::Long(65_535)));
        assert_eq!(Message::parse(&[1, 0, 2, 1, 2]), Err(AudioSocketError::Id(2)));
    }

    #[test]
    fn what_we_send_can_be_read() {
        for codec in [Codec::Slin, Codec::Slin16] {
            let sound = [5; 640];
            let message = [&header(codec, sound.len()).unwrap()[..], &sound].concat();
            assert_eq!(Message::parse(&message), Ok(Some((Message::Sound(codec, &sound), 643))));
        }
        assert_eq!(header(Codec::Alaw, 160), None);
        assert_eq!(header(Codec::Slin, 65_536), None);
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_parser(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(Some((_, length))) = Message::parse(&bytes) {
                prop_assert!((HEADER_BYTES..=bytes.len()).contains(&length));
            }
        }

        #[test]
        fn a_message_is_the_same_however_it_is_cut(sound in proptest::collection::vec(any::<u8>(), 0..700)) {
            let message = [&header(Codec::Slin, sound.len()).unwrap()[..], &sound].concat();
            for cut in 0..message.len() {
                prop_assert_eq!(Message::parse(&message[..cut]), Ok(None));
            }
            let whole = Message::Sound(Codec::Slin, &sound);
            prop_assert_eq!(Message::parse(&message), Ok(Some((whole, message.len()))));
        }
    }
}
