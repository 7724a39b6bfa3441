//! The telephone's sound: packets out every 20 ms, packets in as they come, both recorded at their place.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;

use klinke::call::audio::g711::Law;
use klinke::call::audio::g722;
use klinke::call::audio::halfband::{Doubler, Halver};
use tokio::net::UdpSocket;
use tokio::time::Instant;

use super::{Codec, FRAME, Report, SILENCE};

const DIGITS: &str = "0123456789*#ABCD";
const DIGIT_PAYLOAD_TYPE: u8 = 101;
/// Frames that wait in the telephone before they are heard, so that they come without a break.
const EAR_FRAMES: usize = 2;
/// More than that is not kept back.
const EAR_FRAMES_MAX: usize = 6;
/// Above this a packet has sound in it.
const SOUND_PEAK: u16 = 500;
/// A timestamp that is off by more begins a new stretch of sound: half a second.
const JUMP: i64 = 4_000;

pub struct Stream {
    socket: UdpSocket,
    there: SocketAddr,
    payload_type: u8,
    coding: Coding,
    sequence: u16,
    timestamp: u32,
    ticks: u32,
    next: [i16; FRAME],
    mute: bool,
    /// Keys with their ticks down and up.
    keys: VecDeque<(u8, u16, u16)>,
    /// The key that is down or has just been: its ticks, when it began, how many of them have passed.
    key: Option<((u8, u16, u16), u32, u16)>,
    ear: VecDeque<i16>,
    ear_open: bool,
    /// Timestamp and place in the recording where the present stretch began.
    stretch: Option<(u32, u32, usize)>,
    heard: Vec<i16>,
    heard_wide: Vec<i16>,
    said: Vec<i16>,
    packets: u64,
    last_sound: Option<Instant>,
}

/// How the sound is coded, and what that has to remember.
enum Coding {
    Law(Law),
    G722(Box<G722>),
}

#[derive(Default)]
struct G722 {
    doubler: Doubler,
    encoder: g722::Encoder,
    decoder: g722::Decoder,
    halver: Halver,
}

impl Coding {
    fn encode(&mut self, sound: &[i16; FRAME]) -> [u8; FRAME] {
        let mut coded = [0; FRAME];
        match self {
            Self::Law(law) => law.encode_into(sound, &mut coded),
            Self::G722(g722) => {
                let mut wide = [0; 2 * FRAME];
                g722.doubler.double(sound, &mut wide);
                g722.encoder.encode(&wide, &mut coded);
            }
        }
        coded
    }

    /// At 8 kHz, and at 16 kHz where it is wide.
    fn decode(&mut self, coded: &[u8]) -> (Vec<i16>, Vec<i16>) {
        let (mut sound, mut wide) = (vec![0; coded.len()], Vec::new());
        match self {
            Self::Law(law) => law.decode_into(coded, &mut sound),
            Self::G722(g722) => {
                wide.resize(2 * coded.len(), 0);
                g722.decoder.decode(coded, &mut wide);
                g722.halver.halve(&wide, &mut sound);
            }
        }
        (sound, wide)
    }
}

impl Stream {
    pub fn new(socket: UdpSocket, there: SocketAddr, codec: Codec) -> Self {
        let (payload_type, coding) = match codec {
            Codec::Pcma => (8, Coding::Law(Law::A)),
            Codec::Pcmu => (0, Coding::Law(Law::Mu)),
            Codec::G722 => (9, Coding::G722(Box::default())),
        };
        Self {
            socket,
            there,
            payload_type,
            coding,
            sequence: 1,
            timestamp: 0,
            ticks: 0,
            next: SILENCE,
            mute: false,
            keys: VecDeque::new(),
            key: None,
            ear: VecDeque::new(),
            ear_open: false,
            stretch: None,
            heard: Vec::new(),
            heard_wide: Vec::new(),
            said: Vec::new(),
            packets: 0,
            last_sound: None,
        }
    }

    /// The next 20 ms of what arrived.
    pub fn ear(&mut self) -> [i16; FRAME] {
        self.ear_open = self.ear.len() >= if self.ear_open { FRAME } else { FRAME * EAR_FRAMES };
        if !self.ear_open {
            return SILENCE;
        }
        while self.ear.len() > FRAME * EAR_FRAMES_MAX {
            self.ear.drain(..FRAME);
        }
        std::array::from_fn(|_| self.ear.pop_front().unwrap_or(0))
    }

    pub fn say(&mut self, frame: &[i16; FRAME]) {
        self.next = *frame;
    }

    /// Sends no sound any more, or again.
    pub fn mute(&mut self, on: bool) {
        self.mute = on;
    }

    pub fn press(&mut self, key: char, down_ms: u16, up_ms: u16) {
        let number = DIGITS.find(key).unwrap_or_else(|| panic!("no key {key}"));
        self.keys.push_back((number as u8, down_ms.div_ceil(20), up_ms.div_ceil(20)));
    }

    /// 20 ms have passed: one packet out.
    pub async fn tick(&mut self) -> io::Result<()> {
        // keys are sent all the same
        if self.mute && self.key.is_none() && self.keys.is_empty() {
            self.said.extend(SILENCE);
            self.ticks += 1;
            self.timestamp = self.ticks * FRAME as u32;
            return Ok(());
        }
        if self.key.is_none() {
            self.key = self.keys.pop_front().map(|key| (key, self.timestamp, 0));
        }
        let said = match &mut self.key {
            Some((key, began, ticks)) => {
                *ticks += 1;
                let ((key, down, up), began, ticks) = (*key, *began, *ticks);
                if ticks <= down {
                    self.send_key(key, began, ticks, ticks == down).await?;
                }
                if ticks >= down + up {
                    self.key = None;
                }
                SILENCE
            }
            None => {
                let said = std::mem::replace(&mut self.next, SILENCE);
                let sound = self.coding.encode(&said);
                let marker = self.said.is_empty();
                self.send(self.payload_type, marker, self.timestamp, &sound).await?;
                said
            }
        };
        self.said.extend(said);
        self.ticks += 1;
        self.timestamp = self.ticks * FRAME as u32;
        Ok(())
    }

    async fn send_key(&mut self, key: u8, began: u32, ticks: u16, last: bool) -> io::Result<()> {
        let [high, low] = (ticks * FRAME as u16).to_be_bytes();
        for _ in 0..if last { 3 } else { 1 } {
            let event = [key, if last { 0x8a } else { 0x0a }, high, low];
            self.send(DIGIT_PAYLOAD_TYPE, ticks == 1, began, &event).await?;
        }
        Ok(())
    }

    async fn send(&mut self, kind: u8, marker: bool, timestamp: u32, payload: &[u8]) -> io::Result<()> {
        let mut packet = vec![0x80, kind | (u8::from(marker) << 7)];
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend(0x7e1e_0001_u32.to_be_bytes());
        packet.extend(payload);
        self.sequence = self.sequence.wrapping_add(1);
        self.socket.send_to(&packet, self.there).await.map(drop)
    }

    /// Takes the next packet.
    pub async fn receive(&mut self, answered: Instant) -> io::Result<()> {
        let mut packet = [0; 2048];
        let (length, _) = self.socket.recv_from(&mut packet).await?;
        let packet = &packet[..length];
        if length <= 12 || packet[1] & 0x7f != self.payload_type {
            return Ok(());
        }
        let timestamp = u32::from_be_bytes(packet[4..8].try_into().unwrap());
        let source = u32::from_be_bytes(packet[8..12].try_into().unwrap());
        let (sound, wide) = self.coding.decode(&packet[12..]);
        if sound.iter().any(|sample| sample.unsigned_abs() > SOUND_PEAK) {
            self.last_sound = Some(Instant::now());
        }
        let now = (answered.elapsed().as_micros() * 8 / 1000) as usize;
        let at = match self.stretch {
            Some((of, began, place)) if of == source => {
                let offset = i64::from(timestamp.wrapping_sub(began).cast_signed()) + place as i64;
                (offset - now as i64).abs().lt(&JUMP).then(|| offset.max(0) as usize)
            }
            _ => None,
        };
        let at = at.unwrap_or_else(|| {
            self.stretch = Some((source, timestamp, now));
            now
        });
        if self.heard.len() < at + sound.len() {
            self.heard.resize(at + sound.len(), 0);
        }
        self.heard[at..at + sound.len()].copy_from_slice(&sound);
        if !wide.is_empty() {
            self.heard_wide.resize(2 * self.heard.len(), 0);
            self.heard_wide[2 * at..2 * at + wide.len()].copy_from_slice(&wide);
        }
        self.ear.extend(sound);
        self.packets += 1;
        Ok(())
    }

    /// Puts what was heard and said where it belongs.
    pub fn recordings(self, report: &mut Report) {
        (report.heard, report.heard_wide, report.said) = (self.heard, self.heard_wide, self.said);
        (report.packets, report.last_sound) = (self.packets, self.last_sound);
    }
}
