//! Requests over the event socket: answers find who asked, and whatever breaks, nobody waits for ever.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;

const AT: &str = "http://pbx:8088";

fn request() -> Request {
    Request::post("put it", &["channels", "../b?c#d%", "variable"])
        .query("variable", "KLINKE_REASON")
        .query("value", "a&b=\"c\"")
        .body(json!({"variables": {"X": "ü"}}))
}

fn answer(id: &str, status: u16, body: &str) -> String {
    json!({"type": "RESTResponse", "request_id": id, "status_code": status, "message_body": body}).to_string()
}

/// The request, once the other side has its id and message.
async fn ask(
    socket: &Arc<OverSocket>,
    ids: &mut mpsc::Receiver<Id>,
) -> (tokio::task::JoinHandle<Result<Answer, AsteriskError>>, Id, String) {
    let asked = Arc::clone(socket);
    let task = tokio::spawn(async move { asked.exchange(&request()).await });
    let id = ids.recv().await.unwrap();
    (task, id, socket.message(id).unwrap())
}

#[test]
fn a_request_is_written_so_that_nothing_leaves_its_place() {
    let message: serde_json::Value = serde_json::from_str(&write(7, &request())).unwrap();
    assert_eq!(
        message,
        json!({
            "type": "RESTRequest",
            "request_id": "7",
            "method": "POST",
            "uri": "channels/..%2Fb%3Fc%23d%25/variable",
            "query_strings": [
                {"name": "variable", "value": "KLINKE_REASON"},
                {"name": "value", "value": "a&b=\"c\""}
            ],
            "content_type": "application/json",
            "message_body": "{\"variables\":{\"X\":\"ü\"}}",
        })
    );
}

#[tokio::test]
async fn answers_reach_those_who_asked_in_whatever_order_they_come() {
    let socket = Arc::new(OverSocket::new(AT));
    let mut ids = socket.open();
    let (first, one, _) = ask(&socket, &mut ids).await;
    let (second, two, _) = ask(&socket, &mut ids).await;
    for nobody in ["4711", "", "-1", "x", "99999999999999999999"] {
        assert_eq!(socket.take(&answer(nobody, 200, "nobody's")), Ok(true));
    }
    assert_eq!(socket.take(&answer(&two.to_string(), 201, "two")), Ok(true));
    assert_eq!(socket.take(&answer(&two.to_string(), 500, "two again")), Ok(true));
    assert_eq!(socket.take(&answer(&one.to_string(), 404, "one")), Ok(true));
    let (first, second) = (first.await.unwrap().unwrap(), second.await.unwrap().unwrap());
    assert_eq!((first.status, first.body.as_slice()), (404, "one".as_bytes()));
    assert_eq!((second.status, second.body.as_slice()), (201, "two".as_bytes()));
    assert!(socket.state().waiting.is_empty());
}

#[tokio::test]
async fn without_a_socket_a_request_fails_at_once_and_with_it_all_that_wait() {
    let socket = Arc::new(OverSocket::new(AT));
    let gone = |result| matches!(result, Err(AsteriskError::NoSocket { .. }));
    let begun = Instant::now();
    assert!(gone(socket.exchange(&request()).await));
    let mut ids = socket.open();
    let (first, one, _) = ask(&socket, &mut ids).await;
    let (second, ..) = ask(&socket, &mut ids).await;
    socket.close();
    assert!(gone(first.await.unwrap()) && gone(second.await.unwrap()));
    assert!(gone(socket.exchange(&request()).await));
    assert!(begun.elapsed() < Duration::from_millis(REQUEST_MS_MAX / 2), "{:?}", begun.elapsed());
    // an answer of the old connection on the new one
    let mut ids = socket.open();
    assert_eq!(socket.take(&answer(&one.to_string(), 200, "")), Ok(true));
    let (third, three, _) = ask(&socket, &mut ids).await;
    assert_eq!(socket.take(&answer(&three.to_string(), 204, "")), Ok(true));
    assert_eq!(third.await.unwrap().unwrap().status, 204);
}

#[tokio::test]
async fn an_answer_that_is_late_finds_nobody_and_a_request_that_is_late_is_not_sent() {
    let socket = Arc::new(OverSocket::new(AT));
    let mut ids = socket.open();
    let begun = Instant::now();
    let (sent, id, _) = ask(&socket, &mut ids).await;
    let unsent = Arc::clone(&socket);
    let unsent = tokio::spawn(async move { unsent.exchange(&request()).await });
    for task in [sent, unsent] {
        assert!(matches!(task.await.unwrap(), Err(AsteriskError::TooSlow { limit_ms: REQUEST_MS_MAX, .. })));
    }
    assert!(begun.elapsed() >= Duration::from_millis(REQUEST_MS_MAX), "{:?}", begun.elapsed());
    assert_eq!(socket.take(&answer(&id.to_string(), 200, "")), Ok(true));
    let late = ids.recv().await.unwrap();
    assert_eq!(socket.message(late), None);
}

#[tokio::test]
async fn only_so_many_are_under_way_at_a_time() {
    let socket = Arc::new(OverSocket::new(AT));
    let mut ids = socket.open();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..OUTSTANDING_MAX + 1 {
        let socket = Arc::clone(&socket);
        tasks.spawn(async move { socket.exchange(&request()).await.map(|answer| answer.status) });
    }
    let mut sent = Vec::new();
    for _ in 0..OUTSTANDING_MAX {
        sent.push(ids.recv().await.unwrap());
    }
    assert!(tokio::time::timeout(Duration::from_millis(100), ids.recv()).await.is_err());
    // a place is free, and the one that waited goes
    socket.take(&answer(&sent[0].to_string(), 204, "")).unwrap();
    sent.push(ids.recv().await.unwrap());
    for id in &sent[1..] {
        socket.take(&answer(&id.to_string(), 204, "")).unwrap();
    }
    assert!(tasks.join_all().await.into_iter().all(|status| status.unwrap() == 204));
    // a connection that takes nothing off us fills nothing but its own queue
    for asked in 0..2 * QUEUE_MAX {
        let wait = tokio::time::timeout(Duration::ZERO, socket.exchange(&request())).await;
        assert_eq!(wait.is_err(), asked < QUEUE_MAX, "{wait:?}");
    }
    assert!(socket.state().waiting.is_empty() && ids.len() == QUEUE_MAX);
}

#[tokio::test]
async fn an_answer_that_is_too_long_fails_its_request_only() {
    let socket = Arc::new(OverSocket::new(AT));
    let mut ids = socket.open();
    let (task, id, _) = ask(&socket, &mut ids).await;
    socket.take(&answer(&id.to_string(), 200, &"x".repeat(ANSWER_BYTES_MAX + 1))).unwrap();
    let error = task.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("more than 1048576 bytes"), "{error}");
}

#[test]
fn events_are_left_to_others_and_nonsense_is_named_and_not_quoted() {
    let socket = OverSocket::new(AT);
    for event in
        ["", "{", r#"{"type":"StasisStart"}"#, r#"{"type":"ChannelUserevent","eventname":"RESTResponse"}"#]
    {
        assert_eq!(socket.take(event), Ok(false), "{event}");
    }
    for nonsense in [
        r#"{"type":"RESTResponse"}"#,
        r#"{"type":"RESTResponse","status_code":"4711"}"#,
        r#"{"type":"RESTResponse","status_code":200,"message_body":{"a":4711}}"#,
        r#"{"type":"RESTResponse","status_code":200,"request_id":4711}"#,
        r#"{"type":"RESTResponse""#,
    ] {
        let error = socket.take(nonsense).unwrap_err();
        assert!(!error.contains("4711"), "{nonsense}: {error}");
    }
}

proptest! {
    #[test]
    fn no_answer_breaks_the_reader(
        id in r#"|,"request_id":("[0-9]{0,22}"|5|null|\{\})"#,
        status in r#"|,"status_code":(-?[0-9]{1,9}|"200"|null|\[\])"#,
        body in r#"|,"message_body":("[^"\\]{0,40}"|null|\{"a":1\}|7)"#,
        rest in ".{0,20}",
    ) {
        let socket = OverSocket::new(AT);
        let _ids = socket.open();
        let _ = socket.take(&format!(r#"{{"type":"RESTResponse"{id}{status}{body}}}"#));
        let _ = socket.take(&format!(r#"{{"type":"RESTResponse"{id}{status}{body}{rest}"#));
    }

    #[test]
    fn no_segment_leaves_its_place(segment in ".{0,40}") {
        let escaped = escape(&segment);
        prop_assert!(escaped.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte)));
        let back = reqwest::Url::parse(&format!("http://a/{escaped}x")).unwrap();
        prop_assert_eq!(back.path_segments().unwrap().count(), 1);
    }
}
