//! Requests stay where they are meant to go, answers are read or named, and no secret is told.

use std::net::IpAddr;

use proptest::prelude::*;
use secrecy::SecretString;

use super::super::media_channel::Made;
use super::*;

fn ari(url: &str) -> Result<Ari, AsteriskError> {
    Ari::new(&config::Asterisk {
        url: url.into(),
        user: "klinke".into(),
        password: SecretString::from("s3cr3t"),
        app: "klinke & co".into(),
        context: None,
        media: None,
        codec: None,
        media_address: IpAddr::from([127, 0, 0, 1]),
        media_ports: (10_000, 10_100),
        requests: Requests::Http,
        authorities: None,
    })
}

#[test]
fn the_event_socket_is_asked_for_without_the_password_in_its_address() {
    let (url, proof) = ari("http://pbx.local:8088/asterisk").unwrap().event_socket().unwrap();
    assert_eq!(url.as_str(), "ws://pbx.local:8088/asterisk/ari/events?app=klinke+%26+co&subscribeAll=false");
    assert!(proof.is_sensitive() && proof.as_bytes().starts_with(b"Basic "));
    assert!(!format!("{:?}", ari("http://pbx.local").unwrap()).contains("s3cr3t"));
}

#[test]
fn a_channel_cannot_leave_its_place_in_the_path() {
    let ari = ari("http://127.0.0.1:8088/").unwrap();
    let request = Request::delete("hang up", &["channels", "../bridges/a?b#c"]);
    let (url, _) = ari.http.address(&request).unwrap();
    assert_eq!(url.as_str(), "http://127.0.0.1:8088/ari/channels/..%2Fbridges%2Fa%3Fb%23c");
}

proptest! {
    /// Whatever an answer is, it is read or named, and never quoted.
    #[test]
    fn no_answer_breaks_the_reader(
        key in "channel_ids|bridge_ids|channelvars|system|value|x",
        value in r#"null|-?[0-9]{1,20}|"4711"|\[("4711"|1|null|\[\])\]|\{"(version|UNICASTRTP_LOCAL_PORT)":("4711"|7|\{\})\}"#,
        rest in "|,|\\}|.{0,20}",
    ) {
        let ari = ari("http://pbx.local").unwrap();
        let answer = format!(r#"{{"{key}":{value}{rest}}}"#);
        let errors = [
            ari.read::<Application>("a".into(), answer.as_bytes()).err(),
            ari.read::<Made>("b".into(), answer.as_bytes()).err(),
            ari.read::<About>("c".into(), answer.as_bytes()).err(),
            ari.read::<Value>("d".into(), answer.as_bytes()).err(),
        ];
        for error in errors.into_iter().flatten() {
            prop_assert!(!error.to_string().contains("4711"), "{}", error);
        }
    }
}

#[test]
fn unusable_addresses_are_named_and_not_quoted() {
    for url in ["", "pbx", "ftp://pbx", "http://me:s3cr3t@pbx", "http://pbx?x=s3cr3t"] {
        let error = ari(url).unwrap_err().to_string();
        assert!(error.starts_with("[asterisk] url cannot be used: ") && !error.contains("s3cr3t"), "{error}");
    }
}
