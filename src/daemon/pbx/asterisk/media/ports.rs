//! Our ports for RTP, out of the configured range.

use std::net::IpAddr;

use tokio::net::UdpSocket;

use crate::config;
use crate::daemon::pbx::asterisk::error::AsteriskError;

/// The range, checked.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    address: IpAddr,
    first: u16,
    last: u16,
}

impl Ports {
    /// The even ports of the configured range; RTP has even ones (RFC 3550, section 11).
    ///
    /// # Errors
    /// Where there is none.
    pub fn new(config: &config::Asterisk) -> Result<Self, AsteriskError> {
        let (first, last) = config.media_ports;
        let even = first.max(2).checked_next_multiple_of(2).filter(|&even| even <= last);
        let Some(even) = even else { return Err(AsteriskError::PortRange { first, last }) };
        Ok(Self { address: config.media_address, first: even, last })
    }

    /// A socket on a free port. The search begins at a random one, so that a port rests before it is used again
    /// and late packets of its last call find nobody.
    ///
    /// # Errors
    /// Where none is free or the address is not this machine's.
    pub async fn bind(&self) -> Result<UdpSocket, AsteriskError> {
        let count = u32::from((self.last - self.first) / 2) + 1;
        let begin = getrandom::u32().unwrap_or_default() % count;
        let mut failure = std::io::Error::other("the range is empty");
        for offset in 0..count {
            let port = self.first + 2 * ((begin + offset) % count) as u16;
            match UdpSocket::bind((self.address, port)).await {
                Ok(socket) => return Ok(socket),
                Err(error) => failure = error,
            }
        }
        let Self { address, first, last } = *self;
        Err(AsteriskError::NoPort { address, first, last, cause: failure })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports(first: u16, last: u16) -> Result<Ports, AsteriskError> {
        Ports::new(&config::Asterisk {
            url: String::new(),
            user: String::new(),
            password: "".into(),
            app: String::new(),
            context: None,
            media: None,
            codec: None,
            media_address: IpAddr::from([127, 0, 0, 1]),
            media_ports: (first, last),
            requests: config::Requests::Http,
            authorities: None,
        })
    }

    #[test]
    fn a_range_without_an_even_port_is_refused() {
        for (first, last) in [(10_001, 10_001), (10_002, 10_000), (u16::MAX, u16::MAX), (0, 1)] {
            assert!(matches!(ports(first, last), Err(AsteriskError::PortRange { .. })), "{first} {last}");
        }
    }

    #[tokio::test]
    async fn every_even_port_of_the_range_is_given_once() {
        let ports = ports(45_101, 45_107).unwrap();
        let mut given = Vec::new();
        let mut sockets = Vec::new();
        for _ in 0..3 {
            let socket = ports.bind().await.unwrap();
            given.push(socket.local_addr().unwrap().port());
            sockets.push(socket);
        }
        given.sort_unstable();
        assert_eq!(given, [45_102, 45_104, 45_106]);
        let error = ports.bind().await.unwrap_err().to_string();
        assert!(error.starts_with("no port for RTP at 127.0.0.1 between 45102 and 45107: "), "{error}");
    }
}
