//! Our ports for sound: how many of the range are free at this moment.

use std::io;
use std::net::{IpAddr, TcpListener, UdpSocket};

/// How sound comes in at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// RTP.
    Udp,
    /// AudioSocket.
    Tcp,
}

/// What was found.
#[derive(Debug)]
pub struct Range {
    /// Ports that a call could have: the even ones.
    pub all: usize,
    /// Those of them that are free.
    pub free: usize,
    /// Why one of the others is not.
    pub refusal: Option<io::Error>,
}

/// Tries every even port of the range, one at a time, for a moment each.
#[must_use]
pub fn range(kind: Kind, address: IpAddr, (first, last): (u16, u16)) -> Range {
    let mut found = Range { all: 0, free: 0, refusal: None };
    for port in (first..=last).filter(|port| port % 2 == 0) {
        found.all += 1;
        let bound = match kind {
            Kind::Udp => UdpSocket::bind((address, port)).map(drop),
            Kind::Tcp => TcpListener::bind((address, port)).map(drop),
        };
        match bound {
            Ok(()) => found.free += 1,
            Err(error) => found.refusal = Some(error),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn taken_ports_are_counted() {
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        for kind in [Kind::Udp, Kind::Tcp] {
            let before = range(kind, here, (29_201, 29_209));
            assert_eq!((before.all, before.free), (4, 4));
        }
        let _taken = UdpSocket::bind((here, 29_204)).unwrap();
        let found = range(Kind::Udp, here, (29_201, 29_209));
        assert_eq!((found.free, found.refusal.unwrap().kind()), (3, io::ErrorKind::AddrInUse));
        let elsewhere = range(Kind::Udp, IpAddr::from([192, 0, 2, 1]), (29_202, 29_204));
        assert_eq!(elsewhere.refusal.unwrap().kind(), io::ErrorKind::AddrNotAvailable);
    }
}
