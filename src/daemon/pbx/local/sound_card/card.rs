//! The one file that knows the sound library (cpal). A thread owns the two streams until the call is over; the
//! library's own threads call back for sound.

use std::sync::mpsc as std_mpsc;
use std::thread;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{Device, ErrorKind, FromSample, SampleFormat, SizedSample, Stream, StreamConfig};
use tokio::sync::mpsc;

use super::{Loudspeaker, Microphone, SoundCardError};
use crate::call::line::{Arrival, HangUp, LineCommand, LineEvent};
use crate::daemon::pbx::{COMMANDS_MAX, EVENTS_MAX, EVENTS_RESERVED, Line};

const MICROPHONE: &str = "microphone";
const LOUDSPEAKER: &str = "loudspeaker";
/// How long the card may still play what it was given after the call ended, in ms.
const LAST_SOUND_MS: u64 = 300;

/// What ends the call from the card's side; sent by whoever notices first.
#[derive(Clone, Copy)]
enum Over {
    /// The call let go, and its last sound is with the card.
    Call,
    /// A device failed.
    Device,
}

type OverSender = std_mpsc::SyncSender<Over>;

/// See [`super::open`].
pub fn open(site: &str, input: Option<&str>, output: Option<&str>) -> Result<Line, SoundCardError> {
    let (event_sender, events) = mpsc::channel(EVENTS_MAX);
    let (commands, command_receiver) = mpsc::channel(COMMANDS_MAX);
    let (opened_sender, opened) = std_mpsc::sync_channel(1);
    let (input, output) = (input.map(str::to_owned), output.map(str::to_owned));
    thread::spawn(move || {
        let (over_sender, over) = std_mpsc::sync_channel(4);
        let streams =
            start(input.as_deref(), output.as_deref(), event_sender.clone(), command_receiver, &over_sender);
        drop(over_sender);
        let _streams = match streams {
            Ok(streams) => {
                let _ = opened_sender.send(Ok(()));
                streams
            }
            Err(error) => {
                let _ = opened_sender.send(Err(error));
                return;
            }
        };
        match over.recv() {
            Ok(Over::Call) | Err(_) => thread::sleep(Duration::from_millis(LAST_SOUND_MS)),
            Ok(Over::Device) => {
                let _ = event_sender.blocking_send(LineEvent::HungUp(HangUp::Line));
            }
        }
    });
    opened.recv().unwrap_or(Err(SoundCardError::Refused {
        direction: MICROPHONE,
        cause: "the sound library gave up".into(),
    }))?;
    Ok(Line { arrival: Arrival::default(), site: site.to_owned(), events, commands, seat: None })
}

/// Both streams, running. The loudspeaker first, so that nothing is heard before it can be answered.
fn start(
    input: Option<&str>,
    output: Option<&str>,
    events: mpsc::Sender<LineEvent>,
    commands: mpsc::Receiver<LineCommand>,
    over: &OverSender,
) -> Result<(Stream, Stream), SoundCardError> {
    let host = cpal::default_host();
    let loudspeaker = find(&host, output, LOUDSPEAKER)?;
    let microphone = find(&host, input, MICROPHONE)?;
    let playing = start_loudspeaker(&loudspeaker, commands, over.clone())?;
    let hearing = start_microphone(&microphone, events, over.clone())?;
    Ok((playing, hearing))
}

fn find(host: &cpal::Host, wanted: Option<&str>, direction: &'static str) -> Result<Device, SoundCardError> {
    let found = match wanted {
        None if direction == MICROPHONE => host.default_input_device(),
        None => host.default_output_device(),
        Some(wanted) => devices(host).find(|device| names(device).iter().any(|name| name == wanted)),
    };
    found.ok_or_else(|| SoundCardError::NotFound {
        direction,
        wanted: wanted.unwrap_or_default().to_owned(),
        known: devices(host).filter_map(|device| names(&device).into_iter().next()).collect(),
    })
}

fn devices(host: &cpal::Host) -> impl Iterator<Item = Device> {
    host.devices().into_iter().flatten()
}

/// What a device may be called by: the system's short name, then the long one.
fn names(device: &Device) -> Vec<String> {
    let short = device.id().map(|id| id.id().to_owned()).ok();
    let long = device.description().map(|description| description.name().to_owned()).ok();
    short.into_iter().chain(long).collect()
}

fn refused(direction: &'static str) -> impl Fn(cpal::Error) -> SoundCardError {
    move |error| SoundCardError::Refused { direction, cause: error.to_string() }
}

fn unknown_format(direction: &'static str, format: SampleFormat) -> SoundCardError {
    SoundCardError::Refused {
        direction,
        cause: format!("its samples are {format}; f32, i16 and i32 are taken"),
    }
}

fn start_microphone(
    device: &Device,
    events: mpsc::Sender<LineEvent>,
    over: OverSender,
) -> Result<Stream, SoundCardError> {
    let supported = device.default_input_config().map_err(refused(MICROPHONE))?;
    let config = supported.config();
    let microphone = Microphone::new(config.sample_rate, config.channels)
        .map_err(|cause| SoundCardError::Rate { direction: MICROPHONE, cause })?;
    let stream = match supported.sample_format() {
        SampleFormat::F32 => hear::<f32>(device, config, microphone, events, over),
        SampleFormat::I16 => hear::<i16>(device, config, microphone, events, over),
        SampleFormat::I32 => hear::<i32>(device, config, microphone, events, over),
        format => return Err(unknown_format(MICROPHONE, format)),
    };
    stream.and_then(|stream| stream.play().map(|()| stream)).map_err(refused(MICROPHONE))
}

fn hear<S: SizedSample>(
    device: &Device,
    config: StreamConfig,
    mut microphone: Microphone,
    events: mpsc::Sender<LineEvent>,
    over: OverSender,
) -> Result<Stream, cpal::Error>
where
    f32: FromSample<S>,
{
    let failed = over.clone();
    device.build_input_stream::<S, _, _>(
        config,
        move |samples, _| {
            let mut gone = events.is_closed();
            let heard = microphone.hear(samples.iter().map(|&sample| f32::from_sample_(sample)), |frame| {
                if events.capacity() > EVENTS_RESERVED {
                    let sent = events.try_send(LineEvent::Frame(frame));
                    gone |= matches!(sent, Err(mpsc::error::TrySendError::Closed(_)));
                }
            });
            if gone || heard.is_err() {
                let _ = over.try_send(Over::Call);
            }
        },
        move |error| device_error(MICROPHONE, &error, &failed),
        None,
    )
}

fn start_loudspeaker(
    device: &Device,
    commands: mpsc::Receiver<LineCommand>,
    over: OverSender,
) -> Result<Stream, SoundCardError> {
    let supported = device.default_output_config().map_err(refused(LOUDSPEAKER))?;
    let config = supported.config();
    let loudspeaker = Loudspeaker::new(config.sample_rate)
        .map_err(|cause| SoundCardError::Rate { direction: LOUDSPEAKER, cause })?;
    let stream = match supported.sample_format() {
        SampleFormat::F32 => play::<f32>(device, config, loudspeaker, commands, over),
        SampleFormat::I16 => play::<i16>(device, config, loudspeaker, commands, over),
        SampleFormat::I32 => play::<i32>(device, config, loudspeaker, commands, over),
        format => return Err(unknown_format(LOUDSPEAKER, format)),
    };
    stream.and_then(|stream| stream.play().map(|()| stream)).map_err(refused(LOUDSPEAKER))
}

fn play<S: SizedSample + FromSample<f32>>(
    device: &Device,
    config: StreamConfig,
    mut loudspeaker: Loudspeaker,
    mut commands: mpsc::Receiver<LineCommand>,
    over: OverSender,
) -> Result<Stream, cpal::Error> {
    let failed = over.clone();
    let channels = usize::from(config.channels.max(1));
    let mut ended = false;
    device.build_output_stream::<S, _, _>(
        config,
        move |samples, _| {
            while !ended {
                match commands.try_recv() {
                    Ok(LineCommand::Frame(frame)) => ended = loudspeaker.push(&frame).is_err(),
                    Err(mpsc::error::TryRecvError::Empty) => break,
                    // a sound card has no colleagues: where one would be called, the call is over
                    Ok(LineCommand::Return) => {}
                    Ok(
                        LineCommand::Release { .. }
                        | LineCommand::Consult { .. }
                        | LineCommand::Connect { .. }
                        | LineCommand::HangUp,
                    )
                    | Err(mpsc::error::TryRecvError::Disconnected) => {
                        loudspeaker.finish();
                        ended = true;
                    }
                }
            }
            let mut moments = samples.chunks_mut(channels);
            loudspeaker.play(moments.len(), |sample| {
                if let Some(moment) = moments.next() {
                    moment.fill(S::from_sample_(sample));
                }
            });
            if ended && loudspeaker.is_empty() {
                let _ = over.try_send(Over::Call);
            }
        },
        move |error| device_error(LOUDSPEAKER, &error, &failed),
        None,
    )
}

/// What a device complains about: some of it passes, the rest ends the call.
fn device_error(direction: &'static str, error: &cpal::Error, over: &OverSender) {
    match error.kind() {
        ErrorKind::Xrun | ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged => {
            log::debug!("{direction}: {error}");
        }
        _ => {
            log::error!("{direction}: {error}");
            let _ = over.try_send(Over::Device);
        }
    }
}
