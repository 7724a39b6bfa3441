//! A wire between Klinke and ARI that a test can cut.

#![allow(dead_code, reason = "not every test needs everything of it")]

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
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
        let listener = TcpListener::bind((LOCALHOST, 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let (whole, state) = watch::channel(true);
        tokio::spawn(carry(listener, there, state));
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

async fn carry(listener: TcpListener, there: SocketAddr, mut whole: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (mut here, _) = accepted.unwrap();
                if !*whole.borrow() {
                    continue;
                }
                connections.spawn(async move {
                    if let Ok(mut there) = TcpStream::connect(there).await {
                        let _ = copy_bidirectional(&mut here, &mut there).await;
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
