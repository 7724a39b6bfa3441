//! What systemd is to the daemon: an ear for what it notifies, and an end where it shows no life.

#![allow(dead_code, reason = "not every test needs everything of it")]

use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// systemd's ear.
pub struct Systemd {
    socket: PathBuf,
    term: Duration,
    told: Arc<Mutex<Vec<(Instant, String)>>>,
}

impl Systemd {
    /// Listens for a daemon that has to show life once in each `term`.
    pub fn listen(term: Duration) -> Self {
        let socket = std::env::temp_dir().join(format!("klinke-notify-{}", std::process::id()));
        let _ = std::fs::remove_file(&socket);
        let ear = UnixDatagram::bind(&socket).expect("a socket");
        let told: Arc<Mutex<Vec<_>>> = Arc::default();
        let hears = Arc::clone(&told);
        std::thread::spawn(move || {
            let mut message = [0; 4096];
            while let Ok(length) = ear.recv(&mut message) {
                let text = String::from_utf8_lossy(&message[..length]).into_owned();
                hears.lock().unwrap().push((Instant::now(), text));
            }
        });
        Self { socket, term, told }
    }

    /// The environment that it gives the daemon.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("NOTIFY_SOCKET", self.socket.display().to_string()),
            ("WATCHDOG_USEC", self.term.as_micros().to_string()),
        ]
    }

    /// When it was told something with these words.
    pub fn when(&self, words: &str) -> Vec<Instant> {
        let told = self.told.lock().unwrap();
        told.iter().filter(|(_, text)| text.contains(words)).map(|(at, _)| *at).collect()
    }

    /// Waits until the daemon has shown no life for a whole term; gives how long that took from now.
    pub fn wait_for_silence(&self) -> Duration {
        let begun = Instant::now();
        loop {
            let last = self.when("WATCHDOG=1").last().copied().unwrap_or(begun);
            if last.elapsed() > self.term {
                return begun.elapsed();
            }
            assert!(begun.elapsed() < 20 * self.term, "it still shows life");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Systemd {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.socket);
    }
}
