//! How the sound of a call comes about: our end is there first, then ARI makes the other, then the two meet.

use std::net::IpAddr;
use std::time::Duration;

use tokio::net::{TcpListener, UdpSocket};
use tokio::time::timeout;

use super::audiosocket::AudioSocket;
use super::choice::Choice;
use super::rtp::Rtp;
use super::websocket::WebSocket;
use super::{Ports, Wire};
use crate::config::{Codec, MediaPath};
use crate::daemon::pbx::asterisk::ari::{Ari, ExternalMedia, MediaChannel, connect_media};
use crate::daemon::pbx::asterisk::error::AsteriskError;

/// Longest the two ends may take to meet.
const MEET_MS_MAX: u64 = 2_000;
/// Addresses of the PBX that are taken from its name.
const ADDRESSES_MAX: usize = 8;

/// Our end, before the other one is there.
#[derive(Debug)]
pub struct Door {
    end: End,
    /// The address of it.
    at: IpAddr,
    codec: Codec,
    wanted: ExternalMedia,
}

#[derive(Debug)]
enum End {
    Rtp(UdpSocket),
    AudioSocket(TcpListener, [u8; 16]),
    /// We connect.
    WebSocket,
}

impl Door {
    /// Opens it, where that path needs one.
    ///
    /// # Errors
    /// Where no port is free, or the machine has no random numbers.
    pub fn open(ports: &Ports, choice: Choice) -> Result<Self, AsteriskError> {
        let Choice { path, codec } = choice;
        let format = codec.word();
        Ok(match path {
            MediaPath::Rtp => {
                let (socket, at) = ports.bind()?;
                Self { end: End::Rtp(socket), at: at.ip(), codec, wanted: ExternalMedia::rtp(at, format) }
            }
            MediaPath::AudioSocket => {
                let (listener, at) = ports.listen()?;
                let id = identity()?;
                let wanted = ExternalMedia::audiosocket(at, format, uuid(id));
                Self { end: End::AudioSocket(listener, id), at: at.ip(), codec, wanted }
            }
            MediaPath::WebSocket => Self {
                end: End::WebSocket,
                at: ports.address(),
                codec,
                wanted: ExternalMedia::websocket(format),
            },
        })
    }

    /// What ARI has to make.
    pub const fn wanted(&self) -> &ExternalMedia {
        &self.wanted
    }

    /// Meets the other end.
    ///
    /// # Errors
    /// Where it does not come in time, or is not the one that was made.
    pub async fn meet(self, ari: &Ari, made: MediaChannel) -> Result<Wire, AsteriskError> {
        let path = match self.end {
            End::Rtp(_) => MediaPath::Rtp,
            End::AudioSocket(..) => MediaPath::AudioSocket,
            End::WebSocket => MediaPath::WebSocket,
        };
        let failed = |cause: String| AsteriskError::Soundless { path: path.word(), cause };
        let too_slow = |_| failed(format!("the two ends did not meet within {MEET_MS_MAX} ms"));
        let limit = Duration::from_millis(MEET_MS_MAX);
        match self.end {
            End::Rtp(socket) => {
                let mut pbx = addresses(ari, self.at).await;
                pbx.extend(made.rtp.map(|peer| peer.ip()));
                let rtp = Rtp::new(socket, pbx, made.rtp, self.codec);
                rtp.map(Wire::Rtp).map_err(|error| AsteriskError::NoRandom { cause: error.to_string() })
            }
            End::AudioSocket(listener, id) => {
                let pbx = addresses(ari, self.at).await;
                let accepted = timeout(limit, AudioSocket::accept(listener, pbx, id, self.codec)).await;
                let accepted = accepted.map_err(too_slow)?;
                accepted.map(Wire::AudioSocket).map_err(|error| failed(error.to_string()))
            }
            End::WebSocket => {
                let id = made.connection.ok_or_else(|| failed("ARI named no connection".into()))?;
                let begun = async {
                    let socket = connect_media(ari, &id).await?;
                    WebSocket::begin(socket).await.map_err(failed)
                };
                let socket = timeout(limit, begun).await.map_err(too_slow)??;
                Ok(Wire::WebSocket(Box::new(socket)))
            }
        }
    }
}

/// The PBX's own addresses, as its name gives them. One on this machine, however we reach it, has the address of
/// our own end where it sends to that.
async fn addresses(ari: &Ari, ours: IpAddr) -> Vec<IpAddr> {
    match tokio::net::lookup_host(ari.host()).await {
        Ok(found) => {
            let mut found: Vec<IpAddr> = found.map(|address| address.ip()).take(ADDRESSES_MAX).collect();
            if found.iter().any(IpAddr::is_loopback) {
                found.push(ours);
            }
            found
        }
        Err(error) => {
            log::warn!("the name of ARI at {} has no address: {error}", ari.at());
            Vec::new()
        }
    }
}

/// A random UUID (RFC 9562, version 4): whoever connects to us has to know it.
fn identity() -> Result<[u8; 16], AsteriskError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| AsteriskError::NoRandom { cause: error.to_string() })?;
    id[6] = (id[6] & 0x0f) | 0x40;
    id[8] = (id[8] & 0x3f) | 0x80;
    Ok(id)
}

fn uuid(id: [u8; 16]) -> String {
    let hex = format!("{:032x}", u128::from_be_bytes(id));
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_written_as_asterisk_reads_it() {
        let id =
            [0x40, 0x32, 0x5e, 0xc2, 0x5e, 0xfd, 0x4b, 0xd3, 0x80, 0x5f, 0x53, 0x57, 0x6e, 0x58, 0x1d, 0x13];
        assert_eq!(uuid(id), "40325ec2-5efd-4bd3-805f-53576e581d13");
        let (one, other) = (identity().unwrap(), identity().unwrap());
        assert!(one != other && one[6] >> 4 == 4 && one[8] >> 6 == 2);
    }
}
