//! FLAC files in: what speech is usually kept in. Read like WAV ([`super::wav`]), with its limits.

use std::io::{self, Read};

use claxon::FlacReader;

use super::wav::{SAMPLES_MAX, WavError, check_shape, mix, to_telephone};

/// The sound of a FLAC stream as 8 kHz, 16 bit, mono; two channels are mixed.
pub(super) fn read(from: impl Read) -> Result<Vec<i16>, WavError> {
    let mut reader = FlacReader::new(from).map_err(damaged)?;
    let shape = reader.streaminfo();
    let channels = u16::try_from(shape.channels).unwrap_or(u16::MAX);
    check_shape(channels, shape.sample_rate)?;
    if shape.samples.is_some_and(|samples| samples > SAMPLES_MAX as u64) {
        return Err(WavError::TooLong);
    }
    if !(4..=32).contains(&shape.bits_per_sample) {
        return Err(WavError::Coding);
    }
    let scale = (1.0 / f64::from(shape.bits_per_sample - 1).exp2()) as f32;
    let declared = shape.samples.unwrap_or_default() * u64::from(channels);
    let declared = u32::try_from(declared).unwrap_or(u32::MAX);
    let samples = reader.samples().map(|sample| match sample {
        Ok(value) => Ok(value as f32 * scale),
        Err(claxon::Error::IoError(error)) => Err(hound::Error::IoError(error)),
        Err(error) => {
            Err(hound::Error::IoError(io::Error::new(io::ErrorKind::InvalidData, error.to_string())))
        }
    });
    let mono = mix(samples, channels, declared, false)?;
    to_telephone(&mono, shape.sample_rate)
}

fn damaged(error: claxon::Error) -> WavError {
    WavError::Flac { cause: error.to_string() }
}
