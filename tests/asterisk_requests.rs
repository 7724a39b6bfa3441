//! Promise: a whole call on a real Asterisk works whichever way requests go, over HTTP or over the event socket, in
//! the clear or by TLS; no password is ever told; and where the socket that requests go over breaks in the middle of
//! calls, nobody is left in silence and each call ends as it was meant to.

#[path = "asterisk/klinke.rs"]
mod klinke_side;
mod support;

use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use klinke::call::line::{Destination, HangUp, LineCommand, ScreenPop};
use klinke::config::{Asterisk, Authorities, Requests};
use klinke_side::{Attached, converse, dial, echo, listens, never, silence};
use support::logs;
use support::proxy::Wire;
use support::telephone::{Act, Ended, SILENCE, sound};
use support::testbed::{LOCALHOST, Testbed};
use tokio::time::{Instant, sleep};

const PASSWORD: &str = "only-for-tests";
/// User and password as HTTP writes them, up to where the padding begins.
const PROOF: &str = "a2xpbmtlOm9ubHktZm9yLXRlc3";

/// Has Asterisk speak TLS, with a certificate for `localhost` by an authority of the test's own.
fn with_tls(testbed: &Testbed) -> Asterisk {
    let authority = rcgen::KeyPair::generate().unwrap();
    let mut about = rcgen::CertificateParams::new(Vec::new()).unwrap();
    about.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let issuer = about.self_signed(&authority).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["localhost".into()]).unwrap();
    let certificate = certificate.signed_by(&key, &rcgen::Issuer::from_params(&about, &authority)).unwrap();

    let port = TcpListener::bind((LOCALHOST, 0)).and_then(|socket| socket.local_addr()).unwrap().port();
    let (folder, http) = (testbed.folder(), testbed.http().port());
    testbed.write("tls.pem", &format!("{}{}", certificate.pem(), key.serialize_pem()));
    testbed.write(
        "http.conf",
        &format!(
            "[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = {http}\ntlsenable = yes\n\
             tlsbindaddr = 127.0.0.1:{port}\ntlscertfile = {folder}/tls.pem\ntlsprivatekey = {folder}/tls.pem\n"
        ),
    );
    println!("{}", testbed.cli("module reload http"));
    let authorities = Authorities { file: PathBuf::from("ca.pem"), certificates: vec![issuer.der().clone()] };
    Asterisk { url: format!("https://localhost:{port}"), authorities: Some(authorities), ..testbed.config() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_the_same_whichever_way_requests_go() {
    let Some(testbed) = Testbed::start("ways") else { return };
    let secure = with_tls(&testbed);
    let mut released = String::new();
    for (config, requests) in [
        (testbed.config(), Requests::Http),
        (testbed.config(), Requests::WebSocket),
        (secure.clone(), Requests::Http),
        (secure, Requests::WebSocket),
    ] {
        let way = format!("{} {requests:?}", config.url.split("://").next().unwrap());
        let mut klinke = Attached::new(&testbed, Asterisk { requests, ..config }, 10).await;
        // both hear each other, a digit arrives, the caller hangs up
        let voice = sound::noise(3_000, 21);
        let spoken = voice.clone();
        let call = dial(&testbed, "klinke-heating", move |tick| match tick.ms {
            3_000 => Act::Press('5'),
            4_000.. => Act::HangUp,
            ms => Act::Say(sound::frame(&spoken, (ms / 20) as usize)),
        });
        let seen = converse(klinke.line().await, echo, never);
        let report = call.await.unwrap();
        let share = sound::share_that_arrived(&voice, &report.heard);
        let seen = seen.await.unwrap();
        println!("{way}: answered in {} ms, {share:.2} of the caller came back", report.rang_ms);
        assert!(share >= 0.8, "{way}: {share}");
        assert_eq!((seen.digits.as_str(), seen.hung_up), ("5", Some(HangUp::Caller)), "{way}");

        // we let go of him
        let call = dial(&testbed, "klinke-heating", listens(2_500));
        let seen = converse(klinke.line().await, silence, |n| (n == 25).then(release));
        assert_eq!(seen.await.unwrap().hung_up, None, "{way}");
        assert_eq!(call.await.unwrap().ended, Ended::Here, "{way}");
        released = format!("{released} SUCCESS:caller_asked").trim().to_owned();
        assert_eq!(testbed.variable("FALLBACKS"), released, "{way}");
        assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new(), "{way}");
        klinke.detach().await;
    }
    for secret in [PASSWORD, PROOF] {
        assert_eq!(logs::with(secret), Vec::<String>::new());
    }
}

fn release() -> LineCommand {
    let (destination, screen) = (Destination::Fallback, ScreenPop::default());
    LineCommand::Release { destination, reason: "caller_asked", screen }
}

/// The socket that requests go over breaks while calls are in every state.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_over_a_socket_that_breaks_leave_nobody_in_silence() {
    let Some(testbed) = Testbed::start("requests-break") else { return };
    let wire = Wire::to(testbed.http()).await;
    let url = format!("http://{}", wire.at());
    let config = Asterisk { url, requests: Requests::WebSocket, ..testbed.config() };
    let mut klinke = Attached::new(&testbed, config, 20).await;

    // one who talks on, one who is let go of while the socket is gone, one who hangs up meanwhile
    let talks = dial(&testbed, "klinke-heating", |tick| match tick.ms {
        // a key that is pressed while nobody can be told of it, and one that comes after
        1_500 => Act::Press('1'),
        7_000 => Act::Press('2'),
        9_000.. => Act::HangUp,
        _ => Act::Say(SILENCE),
    });
    let talking = converse(klinke.line().await, silence, never);
    let goes = dial(&testbed, "klinke-heating", listens(6_000));
    // 50 frames: about a second
    let going = converse(klinke.line().await, silence, |n| (n == 50).then(release));
    let leaves = dial(&testbed, "klinke-heating", listens(1_000));
    let leaving = converse(klinke.line().await, silence, never);
    sleep(Duration::from_millis(400)).await;

    wire.cut();
    assert_eq!(leaves.await.unwrap().ended, Ended::Here);
    going.await.unwrap();
    // whoever calls now goes on in the dialplan at once
    let other = dial(&testbed, "klinke-heating", listens(500)).await.unwrap();
    assert!(other.rang_ms < 1_000, "{}", other.rang_ms);
    sleep(Duration::from_millis(500)).await;
    wire.mend();

    let report = goes.await.unwrap();
    let end = &report.heard[report.heard.len() - 8_000..];
    assert!(sound::share_of_tone(end, 440.0) > 0.9, "he who was let go of hears the fallback");
    assert_eq!(testbed.variable("FALLBACKS"), "FAILED: SUCCESS:caller_asked");
    assert_eq!(talks.await.unwrap().ended, Ended::Here);
    let talking = talking.await.unwrap();
    assert_eq!((talking.digits.as_str(), talking.hung_up), ("2", Some(HangUp::Caller)));
    assert_eq!(leaving.await.unwrap().hung_up, Some(HangUp::Line));
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}

/// The socket breaks at any moment of the set-up: each caller is either held or hears the fallback, soon.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_being_set_up_while_the_socket_breaks_ends_in_the_fallback() {
    for requests in [Requests::Http, Requests::WebSocket] {
        let Some(testbed) = Testbed::start("set-up-breaks") else { return };
        let wire = Wire::to(testbed.http()).await;
        let config = Asterisk { url: format!("http://{}", wire.at()), requests, ..testbed.config() };
        let mut klinke = Attached::new(&testbed, config, 20).await;
        let (mut held, mut fell) = (0, 0);
        for ms in [0, 4, 8, 12, 16] {
            // long enough for the connection to count as a good one, which is made anew without delay
            let call = dial(&testbed, "klinke-heating", listens(6_500));
            sleep(Duration::from_millis(ms)).await;
            wire.cut();
            sleep(Duration::from_millis(300)).await;
            wire.mend();
            let report = call.await.unwrap();
            // a call that is let go while it is being set up may have its line already, and hears of no end on it
            let hung_up = match klinke.calls.try_recv() {
                Ok(line) => converse(line, silence, never).await.unwrap().hung_up,
                Err(_) => None,
            };
            match hung_up {
                // set up before the cut
                Some(_) => held += 1,
                None => {
                    fell += 1;
                    let end = &report.heard[report.heard.len().saturating_sub(8_000)..];
                    let tone = sound::share_of_tone(end, 440.0);
                    assert!(tone > 0.9, "{requests:?}: cut after {ms} ms, {tone} of a tone");
                    assert!(
                        report.rang_ms < 5_000,
                        "{requests:?}: cut after {ms} ms, rang {}",
                        report.rang_ms
                    );
                }
            }
            // attached again before the next one
            let patience = Instant::now() + Duration::from_secs(10);
            while !testbed.cli("ari show apps").contains("klinke") {
                assert!(Instant::now() < patience);
                sleep(Duration::from_millis(50)).await;
            }
        }
        println!("{requests:?}: {held} calls were held, {fell} went to the fallback");
        println!("{}", testbed.variable("FALLBACKS"));
        assert!(fell > 0, "the cut never came in time");
        assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
        klinke.detach().await;
    }
}

/// Redirected calls say so, and the dialplan chooses site and language.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_dialplan_says_of_a_call_arrives() {
    let Some(testbed) = Testbed::start("arrival") else { return };
    let own = include_str!("asterisk/etc/extensions.conf");
    let more = "[callers](+)\nexten => from-colleague,1,Set(REDIRECTING(from-num)=0711888)\n \
                same => n,Stasis(klinke,site=heating,lang=en)\n same => n,Goto(fallback,s,1)\n";
    testbed.write("extensions.conf", &format!("{own}\n{more}"));
    assert!(testbed.cli("dialplan reload").contains("reloaded"));
    let mut klinke = Attached::new(&testbed, testbed.config(), 10).await;
    for (extension, from, language) in
        [("from-colleague", Some("0711888"), Some("en")), ("klinke-heating", None, None)]
    {
        let call = dial(&testbed, extension, listens(300));
        let line = klinke.line().await;
        let arrival = line.arrival.clone();
        assert_eq!(arrival.redirected_from.as_ref().map(|number| number.reveal().as_str()), from);
        assert_eq!((arrival.language.as_deref(), line.site.as_str()), (language, "heating"));
        assert_eq!(arrival.called.as_deref(), Some(extension));
        assert!(!format!("{arrival:?}").contains("0711888"));
        converse(line, silence, never).await.unwrap();
        call.await.unwrap();
    }
    assert_eq!(logs::with("0711888"), Vec::<String>::new());
    assert_eq!(testbed.left_over_in_the_end().await, Vec::<String>::new());
    klinke.detach().await;
}
