//! A bad wire between a telephone and the PBX: it loses packets and brings the others late, each by its own delay,
//! so that they overtake each other. Both ways, sound and keys alike.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

/// Names the seed of the wire's dice, to hold a call on the same wire again.
const SEED_VARIABLE: &str = "KLINKE_TEST_SEED";

/// How bad it is.
#[derive(Clone, Copy, Debug)]
pub struct BadWire {
    /// Packets lost, of a hundred, one independent of the other.
    pub loss_percent: u64,
    /// Longest delay; each packet has one from nothing to this.
    pub jitter_ms: u64,
    seed: u64,
}

impl BadWire {
    /// A wire that loses and delays so much. Prints its seed.
    pub fn new(loss_percent: u64, jitter_ms: u64) -> Self {
        let given = std::env::var(SEED_VARIABLE).ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or(0x5eed + loss_percent);
        println!("a wire with {loss_percent} % loss and {jitter_ms} ms jitter: {SEED_VARIABLE}={seed}");
        Self { loss_percent, jitter_ms, seed }
    }

    /// Lays it between `near`, the telephone's socket, and `far`, where the PBX wants the sound. `outer` is the
    /// address that the PBX sends to, `inner` the one that the telephone does.
    pub fn lay(self, [inner, outer]: [UdpSocket; 2], near: SocketAddr, far: SocketAddr) -> Laid {
        Laid(tokio::spawn(async move {
            let mut there = Way::new(self, self.seed);
            let mut back = Way::new(self, self.seed ^ 0xbac4);
            let (mut from_near, mut from_far) = ([0; 2048], [0; 2048]);
            loop {
                tokio::select! {
                    Ok((length, _)) = inner.recv_from(&mut from_near) => there.take(&from_near[..length]),
                    Ok((length, _)) = outer.recv_from(&mut from_far) => back.take(&from_far[..length]),
                    packet = there.next() => drop(outer.send_to(&packet, far).await),
                    packet = back.next() => drop(inner.send_to(&packet, near).await),
                }
            }
        }))
    }

    /// The sockets of both its ends.
    ///
    /// # Errors
    /// Where there is no port.
    pub async fn ends() -> io::Result<[UdpSocket; 2]> {
        Ok([UdpSocket::bind("127.0.0.1:0").await?, UdpSocket::bind("127.0.0.1:0").await?])
    }
}

/// A wire that lies; it is gone with the value.
pub struct Laid(JoinHandle<()>);

impl Drop for Laid {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One direction.
struct Way {
    wire: BadWire,
    dice: u64,
    /// Packets on their way, the next to arrive on top; the number keeps those of one moment in order.
    packets: BinaryHeap<Reverse<(Instant, u64, Vec<u8>)>>,
    count: u64,
}

impl Way {
    fn new(wire: BadWire, seed: u64) -> Self {
        Self {
            wire,
            dice: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            packets: BinaryHeap::new(),
            count: 0,
        }
    }

    /// A number below `end` (xorshift64*).
    fn throw(&mut self, end: u64) -> u64 {
        self.dice ^= self.dice >> 12;
        self.dice ^= self.dice << 25;
        self.dice ^= self.dice >> 27;
        (self.dice.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) % end
    }

    fn take(&mut self, packet: &[u8]) {
        let (lost, late_us) = (self.throw(100), self.throw(self.wire.jitter_ms * 1_000 + 1));
        self.count += 1;
        if lost >= self.wire.loss_percent {
            let due = Instant::now() + Duration::from_micros(late_us);
            self.packets.push(Reverse((due, self.count, packet.to_vec())));
        }
    }

    /// Waits for the next packet to arrive.
    async fn next(&mut self) -> Vec<u8> {
        let Some(Reverse((due, _, _))) = self.packets.peek() else { return std::future::pending().await };
        sleep_until(*due).await;
        self.packets.pop().map(|Reverse((_, _, packet))| packet).unwrap_or_default()
    }
}
