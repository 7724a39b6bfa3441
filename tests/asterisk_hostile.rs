//! Promise: an ARI that is not there, refuses, drops, stalls or talks nonsense is a clear error in the log and
//! another attempt; Klinke neither breaks nor keeps anything of it, and a caller in the middle of it goes on in
//! the dialplan.

#[path = "asterisk/fake_ari.rs"]
mod fake_ari;
mod support;

use std::net::SocketAddr;
use std::time::Duration;

use fake_ari::{Answer, FakeAri};
use klinke::call::line::{HangUp, LineEvent};
use klinke::config::{Asterisk, Requests};
use klinke::daemon::pbx::{Admission, Line, asterisk};
use support::{logs, testbed::LOCALHOST};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

const PASSWORD: &str = "s3cr3t-of-this-test";
const ABOUT: &str = r#"{"system":{"version":"22.10.1"}}"#;

fn config(at: SocketAddr) -> klinke::config::Asterisk {
    klinke::config::Asterisk {
        url: format!("http://{at}"),
        user: "klinke".into(),
        password: PASSWORD.into(),
        app: "klinke".into(),
        context: None,
        media: None,
        codec: None,
        media_address: LOCALHOST,
        media_ports: (46_000, 46_099),
        requests: klinke::config::Requests::Http,
        authorities: None,
    }
}

/// The same with requests over the event socket.
fn over_socket(at: SocketAddr) -> Asterisk {
    Asterisk { requests: Requests::WebSocket, ..config(at) }
}

async fn attach_until(at: SocketAddr, words: &[&str], done: impl Fn() -> bool) {
    let line = attach(config(at), at, words, done).await;
    assert!(line.is_none(), "a call came out of nothing");
}

/// Attaches to what is at `at` until the log has a line with each of `words` and `at`; then goes down. Nothing
/// may be left running, and no secret may have been told. Gives the call that the shell got, if any.
async fn attach(config: Asterisk, at: SocketAddr, words: &[&str], done: impl Fn() -> bool) -> Option<Line> {
    logs::keep();
    let before = Handle::current().metrics().num_alive_tasks();
    let (call, mut calls) = mpsc::channel(1);
    let (shutdown, down) = watch::channel(false);
    let adapter = tokio::spawn(asterisk::attach(config, |_| Admission::Admitted(None), call, down));
    let at = at.to_string();
    let told = || {
        let lines = logs::with(&at);
        words.iter().all(|word| lines.iter().any(|line| line.contains(word)))
    };
    let patience = Instant::now() + Duration::from_secs(20);
    while !(told() && done()) {
        assert!(Instant::now() < patience, "{words:?} not in {:#?}", logs::with(&at));
        assert!(!adapter.is_finished(), "the adapter has given up");
        sleep(Duration::from_millis(20)).await;
    }
    shutdown.send_replace(true);
    timeout(Duration::from_secs(6), adapter).await.unwrap().unwrap().unwrap();
    let line = calls.try_recv().ok();
    for line in logs::with(&at) {
        println!("{line}");
    }
    assert_eq!(logs::with(PASSWORD), Vec::<String>::new());
    assert_eq!(logs::with("panicked"), Vec::<String>::new());
    for _ in 0..50 {
        if Handle::current().metrics().num_alive_tasks() <= before {
            return line;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("tasks are left: {} before, {} now", before, Handle::current().metrics().num_alive_tasks());
}

/// The same with something that answers every request in one way.
async fn against(answer: Answer, words: &[&str]) {
    let ari = FakeAri::new(move |_| answer.clone()).await;
    attach_until(ari.at, words, || true).await;
    drop(ari);
}

/// Something that is ARI, but for what its event socket says.
async fn against_events(messages: Vec<Message>, words: &[&str]) {
    let ari = FakeAri::new(move |request| match request {
        events if events.starts_with("GET /ari/events?app=klinke&subscribeAll=false") => {
            Answer::Events(messages.clone())
        }
        about if about.starts_with("GET /ari/asterisk/info") => Answer::Http(200, ABOUT.into()),
        _ => Answer::Http(404, "{}".into()),
    })
    .await;
    attach_until(ari.at, words, || true).await;
}

#[tokio::test]
async fn nobody_there() {
    let free = tokio::net::TcpListener::bind((LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
    attach_until(free, &["no connection to ARI", "is Asterisk running", "next attempt in 200 ms"], || true)
        .await;
}

#[tokio::test]
async fn a_wrong_password() {
    let body = r#"{"error":"Authentication required"}"#;
    against(Answer::Http(401, body.into()), &["refuses the user (401)", "ari.conf"]).await;
}

#[tokio::test]
async fn somebody_else_at_that_address() {
    against(Answer::Http(200, "<html>welcome</html>".into()), &["is not ARI's: not JSON", "is that address"])
        .await;
    against(Answer::Bytes(b"220 mail.example ESMTP\r\n".to_vec()), &["cannot ask for Asterisk's version"])
        .await;
    against(Answer::Http(302, String::new()), &["answered 302"]).await;
}

#[tokio::test]
async fn an_answer_that_never_comes_or_never_ends() {
    against(Answer::Nothing, &["gave no answer within 2000 ms"]).await;
    against(Answer::Endless, &["more than 1048576 bytes"]).await;
    against(Answer::Close, &["no connection to ARI"]).await;
}

#[tokio::test]
async fn no_event_socket() {
    let ari = FakeAri::new(|request| match request {
        about if about.starts_with("GET /ari/asterisk/info") => Answer::Http(200, ABOUT.into()),
        _ => Answer::Http(503, String::new()),
    })
    .await;
    attach_until(ari.at, &["cannot open the event socket", "res_ari_events.so"], || true).await;
}

#[tokio::test]
async fn an_event_socket_that_talks_nonsense() {
    let nonsense = ["", "{", "[1]", "\u{0}", r#"{"type":"StasisStart"}"#].map(Message::from);
    let twenty = nonsense.iter().cycle().take(20).cloned().collect();
    against_events(twenty, &["the event socket", "20 messages in a row were no events"]).await;
    assert!(logs::with("cannot be read: StasisStart: a field is missing").len() >= 4);
    against_events(vec![Message::from("x".repeat(300 << 10))], &["Space limit exceeded"]).await;
    against_events(vec![Message::Binary(vec![0; 100].into()), Message::Close(None)], &["Asterisk closed it"])
        .await;
}

/// Whatever request of the set-up fails, in whatever way, the caller is sent on with the reason and everything
/// that may have been made is deleted. Of a call that may have been answered the shell knows, and how it ended.
#[tokio::test]
async fn a_set_up_that_fails_half_way_sends_the_caller_on() {
    let start = |channel: &str| {
        let event = format!(
            r#"{{"type":"StasisStart","args":["site=heating"],"channel":{{"id":"{channel}","caller":{{}}}}}}"#
        );
        Message::from(event)
    };
    for requests in [Requests::Http, Requests::WebSocket] {
        for broken in ["POST /ari/bridges?", "externalMedia", "/answer", "addChannel"] {
            for failure in [
                Answer::Http(500, "{\"message\":\"no\"}".into()),
                Answer::Close,
                Answer::Http(404, "{}".into()),
            ] {
                let gone = matches!(failure, Answer::Http(404, _));
                let (failure, events) = (failure, vec![start("77.1"), start("klinke-media-77.1")]);
                let ari = FakeAri::new(move |request| match request {
                    request if request.contains(broken) => failure.clone(),
                    request if request.starts_with("GET /ari/events") => Answer::Events(events.clone()),
                    request if request.starts_with("GET /ari/asterisk/info") => {
                        Answer::Http(200, ABOUT.into())
                    }
                    request if request.contains("externalMedia") => Answer::Http(200, "{}".into()),
                    request if request.starts_with("GET /ari/applications/klinke") => Answer::Http(
                        200,
                        r#"{"channel_ids":["77.1","klinke-media-77.1"],"bridge_ids":["klinke-bridge-77.1"]}"#
                            .into(),
                    ),
                    _ => Answer::Http(204, String::new()),
                })
                .await;
                let wanted = [
                    "POST /ari/channels/77.1/variable?variable=KLINKE_REASON&value=fault",
                    "POST /ari/channels/77.1/continue",
                    "DELETE /ari/channels/klinke-media-77.1?reason=normal",
                    "DELETE /ari/bridges/klinke-bridge-77.1",
                ];
                let config = Asterisk { requests, ..config(ari.at) };
                let done = || wanted.iter().all(|wanted| !ari.asked(wanted).is_empty());
                let line = attach(config, ari.at, &[], done).await;
                let answered = matches!(broken, "/answer" | "addChannel");
                assert_eq!(line.is_some(), answered, "{broken}");
                if let Some(mut line) = line {
                    let hung_up = gone.then_some(LineEvent::HungUp(HangUp::Caller));
                    assert_eq!(line.events.recv().await, hung_up, "{broken}");
                }
                println!("{requests:?} {broken}: {:#?}", ari.requests.lock().unwrap());
                let over_socket = ari.asked("SOCKET POST").len();
                assert_eq!(over_socket > 0, requests == Requests::WebSocket);
                assert_eq!(ari.asked("POST").len() == over_socket, requests == Requests::WebSocket);
            }
        }
    }
    assert!(!logs::with("call 77.1 goes on in the dialplan: cannot ").is_empty());
}

/// Something that is ARI, but for what it answers over the event socket.
async fn against_answers(answer: Answer, words: &[&str]) {
    let ari = FakeAri::new(move |request| match request {
        events if events.starts_with("GET /ari/events") => Answer::Events(Vec::new()),
        about if about.starts_with("GET /ari/asterisk/info") => Answer::Http(200, ABOUT.into()),
        _ => answer.clone(),
    })
    .await;
    attach(over_socket(ari.at), ari.at, words, || true).await;
}

#[tokio::test]
async fn answers_over_the_event_socket_that_are_missing_wrong_too_long_or_nobody_asked_for() {
    against_answers(
        Answer::Nothing,
        &["cannot list what is in application klinke", "no answer within 2000 ms"],
    )
    .await;
    against_answers(Answer::Endless, &["more than 1048576 bytes"]).await;
    against_answers(Answer::Http(200, "<html>".into()), &["is not ARI's: not JSON"]).await;
    against_answers(Answer::Http(500, r#"{"message":"no"}"#.into()), &["answered 500 (no)"]).await;
    against_answers(Answer::Close, &["which requests go over, is gone", "the event socket to ARI at"]).await;
    for nonsense in [
        r#"{"type":"RESTResponse","request_id":7}"#,
        r#"{"type":"RESTResponse","request_id":"4711","status_code":200}"#,
        r#"{"type":"RESTResponse"#,
    ] {
        against_answers(Answer::Bytes(nonsense.into()), &["gave no answer within 2000 ms"]).await;
    }
    assert!(!logs::with("cannot be read: RESTResponse: a field is missing").is_empty());
    // so long that the connection is given up, and the next one is made
    let words = &["which requests go over, is gone", "Space limit exceeded", "next attempt in 200 ms"];
    against_answers(Answer::Bytes(vec![b'x'; 4 << 20]), words).await;
}

/// As Asterisk does now and then when one Klinke comes as another goes.
#[tokio::test]
async fn an_asterisk_that_has_forgotten_our_application_is_reminded() {
    let ari = FakeAri::new(|request| match request {
        events if events.starts_with("GET /ari/events") => Answer::Events(Vec::new()),
        about if about.starts_with("GET /ari/asterisk/info") => Answer::Http(200, ABOUT.into()),
        _ => Answer::Http(404, r#"{"message":"Application not found"}"#.into()),
    })
    .await;
    attach_until(ari.at, &["does not know our application any more", "next attempt in 200 ms"], || {
        ari.asked("GET /ari/events").len() >= 3
    })
    .await;
}

#[tokio::test]
async fn an_asterisk_that_is_too_old_for_requests_over_its_event_socket() {
    let ari = FakeAri::new(|_| Answer::Http(200, r#"{"system":{"version":"18.26.4"}}"#.into())).await;
    let words = &["Asterisk 18.26.4", "takes no requests over its event socket", "write requests = \"http\""];
    attach(over_socket(ari.at), ari.at, words, || true).await;
    assert!(ari.asked("events").is_empty(), "the application was registered all the same");
}

#[tokio::test]
async fn a_configuration_that_can_never_work_is_refused_at_once() {
    let good = config(SocketAddr::from((LOCALHOST, 1)));
    for (config, words) in [
        (klinke::config::Asterisk { url: format!("http://a:{PASSWORD}@pbx"), ..good.clone() }, "belong into"),
        (klinke::config::Asterisk { media_ports: (20_000, 10_000), ..good }, "hold no even port"),
    ] {
        let (call, _calls) = mpsc::channel(1);
        let (_shutdown, down) = watch::channel(false);
        let error = asterisk::attach(config, |_| Admission::Admitted(None), call, down)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(words) && !error.contains(PASSWORD), "{error}");
    }
}
