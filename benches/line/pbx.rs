//! The PBX of the bench: hands calls over by ARI, and is the other end of their sound.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use klinke::config::Codec;
use klinke::daemon::pbx::rtp::{Packetiser, SENT_BYTES_MAX};
use tokio::net::UdpSocket;
use tokio::sync::broadcast;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_tungstenite::tungstenite::Message;

use crate::FIRST_CALLS;
use crate::fake_ari::{Answer, FakeAri};

/// How long Klinke's side is left alone before the first calls, and between them and the others.
const PAUSE: Duration = Duration::from_secs(3);
/// Between two calls that arrive.
const BETWEEN_CALLS: Duration = Duration::from_millis(10);

/// Packets on the wire.
#[derive(Default)]
struct Wire {
    sent: AtomicU64,
    came: AtomicU64,
}

/// A running PBX.
pub struct Pbx {
    ari: FakeAri,
    wire: Arc<Wire>,
}

impl Pbx {
    /// One whose callers will call: the first ones, and after a while `calls` more.
    pub async fn start(calls: u32) -> Self {
        let (events, _) = broadcast::channel(1_024);
        let wire = Arc::<Wire>::default();
        let (socket, sound) = (events.clone(), Arc::clone(&wire));
        let ari = FakeAri::new(move |request| answer(request, &socket, &sound)).await;
        tokio::spawn(call(events, calls));
        Self { ari, wire }
    }

    pub fn at(&self) -> SocketAddr {
        self.ari.at
    }

    /// Whether the wire was as busy as it should.
    pub fn report(&self) {
        let (sent, came) = (self.wire.sent.load(Ordering::Relaxed), self.wire.came.load(Ordering::Relaxed));
        println!("            packets: {sent} to Klinke, {came} back");
    }
}

fn answer(request: &str, events: &broadcast::Sender<Message>, wire: &Arc<Wire>) -> Answer {
    let ok = |body: &str| Answer::Http(200, body.to_owned());
    if request.starts_with("GET /ari/events") {
        return Answer::Live(events.clone());
    }
    if request.starts_with("GET /ari/asterisk/info") {
        return ok(r#"{"system":{"version":"22.0.0"}}"#);
    }
    if request.contains("/channels/externalMedia") {
        return ok(&media(request, wire));
    }
    Answer::Http(204, String::new())
}

/// Makes the other end of a call's sound, and says where it is.
fn media(request: &str, wire: &Arc<Wire>) -> String {
    let host = request.split("external_host=").nth(1).expect("our address is in it");
    let host = host.split('&').next().unwrap_or(host).replace("%3A", ":");
    let klinke: SocketAddr = host.parse().expect("an address");
    let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    socket.set_nonblocking(true).expect("a socket that does not wait");
    let port = socket.local_addr().expect("it has one").port();
    let socket = UdpSocket::from_std(socket).expect("a socket");
    tokio::spawn(speak_and_hear(socket, klinke, Arc::clone(wire)));
    format!(
        r#"{{"channelvars":{{"UNICASTRTP_LOCAL_ADDRESS":"127.0.0.1","UNICASTRTP_LOCAL_PORT":"{port}"}}}}"#
    )
}

/// A packet every 20 ms, and whatever comes.
async fn speak_and_hear(socket: UdpSocket, klinke: SocketAddr, wire: Arc<Wire>) {
    let mut stream = Packetiser::new(1, 2, 3);
    let voice = [0x35; 160];
    let (mut packet, mut heard) = ([0; SENT_BYTES_MAX], [0; 1_500]);
    let mut ticks = interval(Duration::from_millis(20));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                let packet = stream.packetise(Codec::Alaw, &voice, &mut packet).expect("RTP carries it");
                // refused once Klinke's side has gone
                if socket.send_to(packet, klinke).await.is_err() {
                    return;
                }
                wire.sent.fetch_add(1, Ordering::Relaxed);
            }
            came = socket.recv_from(&mut heard) => {
                if came.is_err() {
                    return;
                }
                wire.came.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// The callers, one after the other.
async fn call(events: broadcast::Sender<Message>, calls: u32) {
    while events.receiver_count() == 0 {
        sleep(Duration::from_millis(20)).await;
    }
    for number in 0..FIRST_CALLS + calls {
        if number == 0 || number == FIRST_CALLS {
            sleep(PAUSE).await;
        }
        for channel in [format!("77.{number}"), format!("klinke-media-77.{number}")] {
            let start = format!(
                r#"{{"type":"StasisStart","args":["site=heating"],"channel":{{"id":"{channel}","caller":{{}}}}}}"#
            );
            let _ = events.send(Message::from(start));
        }
        sleep(BETWEEN_CALLS).await;
    }
}
