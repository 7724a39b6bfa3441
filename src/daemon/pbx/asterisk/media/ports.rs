//! Our ports for sound, out of the configured range.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket, UdpSocket};

use crate::config;
use crate::daemon::pbx::asterisk::error::AsteriskError;

/// Bytes that the kernel keeps of our sound for TCP; it doubles them and counts its own bookkeeping, so that this is
/// room for four frames that the other side has not acknowledged.
const TCP_SEND_BYTES: u32 = 4_096;
/// Connections that may wait at a listener: the PBX makes one.
const BACKLOG: u32 = 4;

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

    /// Our address.
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// A socket for RTP on a free port, and where it is.
    ///
    /// # Errors
    /// Where none is free or the address is not this machine's.
    pub fn bind(&self) -> Result<(UdpSocket, SocketAddr), AsteriskError> {
        self.first_free(|at| {
            let socket = std::net::UdpSocket::bind(at)?;
            socket.set_nonblocking(true)?;
            UdpSocket::from_std(socket)
        })
    }

    /// A listener for AudioSocket on a free port, and where it is.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    pub fn listen(&self) -> Result<(TcpListener, SocketAddr), AsteriskError> {
        self.first_free(|at| {
            let socket = if at.is_ipv6() { TcpSocket::new_v6() } else { TcpSocket::new_v4() }?;
            // a port whose last connection is still being forgotten is free
            socket.set_reuseaddr(true)?;
            socket.set_send_buffer_size(TCP_SEND_BYTES)?;
            socket.bind(at)?;
            socket.listen(BACKLOG)
        })
    }

    /// What `open` makes of the first port that is free. The search begins at a random one, so that a port rests
    /// before it is used again and late packets of its last call find nobody.
    fn first_free<S>(
        &self,
        open: impl Fn(SocketAddr) -> io::Result<S>,
    ) -> Result<(S, SocketAddr), AsteriskError> {
        let count = u32::from((self.last - self.first) / 2) + 1;
        let begin = getrandom::u32().unwrap_or_default() % count;
        let mut failure = io::Error::other("the range is empty");
        for offset in 0..count {
            let at = SocketAddr::new(self.address, self.first + 2 * ((begin + offset) % count) as u16);
            match open(at) {
                Ok(socket) => return Ok((socket, at)),
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
            let (socket, at) = ports.bind().unwrap();
            assert_eq!(socket.local_addr().unwrap(), at);
            given.push(at.port());
            sockets.push(socket);
        }
        given.sort_unstable();
        assert_eq!(given, [45_102, 45_104, 45_106]);
        let error = ports.bind().unwrap_err().to_string();
        assert!(error.starts_with("no port for sound at 127.0.0.1 between 45102 and 45107: "), "{error}");

        // TCP has ports of its own
        let listeners: Vec<_> = (0..3).map(|_| ports.listen().unwrap()).collect();
        let mut given: Vec<_> = listeners.iter().map(|(_, at)| at.port()).collect();
        given.sort_unstable();
        assert_eq!(given, [45_102, 45_104, 45_106]);
        assert!(ports.listen().is_err());
    }
}
