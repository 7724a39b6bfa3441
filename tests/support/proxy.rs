//! A wire between Klinke and ARI that a test can cut.

#![allow(dead_code, reason = "not every test needs everything of it")]

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::testbed::LOCALHOST;

/// The wire. Cut when dropped.
pub struct Wire {
    at: SocketAddr,
    whole: watch::Sender<bool>,
}

impl Wire {
    /// A whole wire to `there`.
    pub async fn to(there: SocketAddr) -> Self {
        Self::slow(there, Duration::ZERO).await
    }

    /// One on which whatever is sent comes so much later.
    pub async fn slow(there: SocketAddr, delay: Duration) -> Self {
        let listener = TcpListener::bind((LOCALHOST, 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let (whole, state) = watch::channel(true);
        tokio::spawn(carry(listener, there, delay, state));
        Self { at, whole }
    }

    /// Where to connect to.
    pub fn at(&self) -> SocketAddr {
        self.at
    }

    /// Ends every connection and, until [`mend`](Self::mend), every new one at once.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Whole again.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

async fn carry(listener: TcpListener, there: SocketAddr, delay: Duration, mut whole: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (here, _) = accepted.unwrap();
                if !*whole.borrow() {
                    continue;
                }
                connections.spawn(async move {
                    if let Ok(there) = TcpStream::connect(there).await {
                        let ((from_here, to_here), (from_there, to_there)) = (here.into_split(), there.into_split());
                        tokio::join!(pass(from_here, to_there, delay), pass(from_there, to_here, delay));
                    }
                });
            }
            changed = whole.changed() => match changed {
                Ok(()) if *whole.borrow_and_update() => {}
                Ok(()) => connections.abort_all(),
                Err(_) => return,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// One direction of a connection.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Duration) {
    let mut bytes = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
    // dropping `to` tells the other side that nothing more comes
}
