//! Sound files in: any WAV of whole numbers or floats, as the 8 kHz mono that a telephone would have carried.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use hound::{SampleFormat, WavReader};

use crate::call::audio::pcm::to_pcm;
use crate::call::audio::resample::{RATE_HZ_MAX, RATE_HZ_MIN, resample};
use crate::call::line::SAMPLE_RATE_HZ;

/// Longest sound taken, in samples of one channel at the file's own rate: two hours at 8 kHz, one at 16 kHz, 20
/// minutes at 48 kHz.
pub const SAMPLES_MAX: usize = 2 * 60 * 60 * 8_000;
/// Programs that write to a pipe do not know the length and put at least this many bytes into the header.
const STREAMED_BYTES_MIN: u64 = 0x7FFF_F000;

/// How every FLAC file begins (RFC 9639, 8).
const FLAC_MAGIC: &[u8] = b"fLaC";

/// Why a sound file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum WavError {
    /// No such file, no right to read it, a disk that fails.
    #[error("cannot read the sound: {0}")]
    Read(#[source] io::Error),
    /// Something else than WAV.
    #[error(
        "neither WAV nor FLAC that can be read ({cause}); convert it: sox INPUT -b 16 -e signed OUTPUT.wav"
    )]
    Format {
        /// What is wrong with it.
        cause: String,
    },
    /// Begins like FLAC and goes on otherwise.
    #[error("this FLAC file is damaged ({cause}); copy or record it again")]
    Flac {
        /// What is wrong with it.
        cause: String,
    },
    /// WAV with a coding inside that is not taken.
    #[error(
        "the sound is coded in a way that is not taken; convert it: sox INPUT -b 16 -e signed OUTPUT.wav"
    )]
    Coding,
    /// A rate that is not taken.
    #[error(
        "the sound has {rate_hz} Hz; from {RATE_HZ_MIN} to {RATE_HZ_MAX} Hz are taken; convert it: sox INPUT -r 8000 OUTPUT.wav"
    )]
    Rate {
        /// As the header says.
        rate_hz: u32,
    },
    /// More than two channels.
    #[error("the sound has {channels} channels; one or two are taken: sox INPUT -c 1 OUTPUT.wav")]
    Channels {
        /// As the header says.
        channels: u16,
    },
    /// Not a single sample.
    #[error("the sound is empty: there is not a single sample in it")]
    Empty,
    /// The file ends before the sound does.
    #[error("the file is cut off: it ends after {read} of {declared} samples; copy or record it again")]
    Truncated {
        /// In the file, over all channels.
        read: usize,
        /// In the header, over all channels.
        declared: u32,
    },
    /// Longer than the limit.
    #[error(
        "the sound is longer than {SAMPLES_MAX} samples, the longest that is taken; cut it: sox INPUT OUTPUT.wav trim 0 600"
    )]
    TooLong,
}

/// The sound of a WAV or FLAC file as 8 kHz, 16 bit, mono; two channels are mixed.
///
/// # Errors
/// Anything but a whole file of these formats within the limits. The message does not name the file; the caller
/// does.
pub fn read_file(path: &Path) -> Result<Vec<i16>, WavError> {
    let mut file = BufReader::new(File::open(path).map_err(WavError::Read)?);
    let flac = file.fill_buf().map_err(WavError::Read)?.starts_with(FLAC_MAGIC);
    if flac { super::flac::read(file) } else { read(file) }
}

/// The sound of a WAV stream as 8 kHz, 16 bit, mono; two channels are mixed.
///
/// # Errors
/// Anything but a whole WAV stream within the limits.
pub fn read(from: impl Read) -> Result<Vec<i16>, WavError> {
    let mut reader = WavReader::new(from).map_err(header_error)?;
    let spec = reader.spec();
    check_shape(spec.channels, spec.sample_rate)?;
    let declared = reader.len();
    let streamed = u64::from(declared) * u64::from(spec.bits_per_sample / 8) >= STREAMED_BYTES_MIN;
    if !streamed && declared as usize / usize::from(spec.channels) > SAMPLES_MAX {
        return Err(WavError::TooLong);
    }
    let mono = match (spec.sample_format, spec.bits_per_sample) {
        (SampleFormat::Int, bits @ (8 | 16 | 24 | 32)) => {
            let scale = 1.0 / f64::from(1_u32 << (bits - 1)) as f32;
            let samples = reader.samples::<i32>().map(|sample| sample.map(|value| value as f32 * scale));
            mix(samples, spec.channels, declared, streamed)
        }
        (SampleFormat::Float, 32) => mix(reader.samples::<f32>(), spec.channels, declared, streamed),
        _ => return Err(WavError::Coding),
    }?;
    to_telephone(&mono, spec.sample_rate)
}

/// Whether a sound of this shape is taken.
pub(super) fn check_shape(channels: u16, rate_hz: u32) -> Result<(), WavError> {
    if !(1..=2).contains(&channels) {
        return Err(WavError::Channels { channels });
    }
    if !(RATE_HZ_MIN..=RATE_HZ_MAX).contains(&rate_hz) {
        return Err(WavError::Rate { rate_hz });
    }
    Ok(())
}

/// 8 kHz, 16 bit.
pub(super) fn to_telephone(mono: &[f32], rate_hz: u32) -> Result<Vec<i16>, WavError> {
    let sound = resample(mono, rate_hz, SAMPLE_RATE_HZ);
    sound.map(|sound| to_pcm(&sound)).map_err(|_| WavError::Rate { rate_hz })
}

/// One channel out of one or two.
pub(super) fn mix(
    samples: impl Iterator<Item = hound::Result<f32>>,
    channels: u16,
    declared: u32,
    streamed: bool,
) -> Result<Vec<f32>, WavError> {
    let channels = usize::from(channels);
    let mut mono: Vec<f32> = Vec::new();
    let (mut read, mut sum) = (0, 0.0);
    for sample in samples {
        match sample {
            Ok(sample) => sum += if sample.is_finite() { sample } else { 0.0 },
            Err(_) if streamed => break,
            Err(hound::Error::IoError(error)) if is_end(&error) => {
                return Err(WavError::Truncated { read, declared });
            }
            Err(error) => return Err(header_error(error)),
        }
        read += 1;
        if read % channels == 0 {
            if mono.len() == SAMPLES_MAX {
                return Err(WavError::TooLong);
            }
            mono.push(if channels == 2 { sum / 2.0 } else { sum });
            sum = 0.0;
        }
    }
    if mono.is_empty() { Err(WavError::Empty) } else { Ok(mono) }
}

/// hound says "Failed to read enough bytes." where a file ends early.
fn is_end(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::Other)
}

fn header_error(error: hound::Error) -> WavError {
    match error {
        hound::Error::IoError(error) if is_end(&error) => {
            WavError::Format { cause: "it ends before the sound begins".into() }
        }
        hound::Error::IoError(error) => WavError::Read(error),
        hound::Error::Unsupported | hound::Error::TooWide | hound::Error::InvalidSampleFormat => {
            WavError::Coding
        }
        hound::Error::FormatError(cause) => WavError::Format { cause: cause.into() },
        hound::Error::UnfinishedSample => WavError::Format { cause: "a sample is cut in two".into() },
    }
}
