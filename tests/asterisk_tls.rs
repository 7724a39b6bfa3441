//! Promise: by TLS Klinke speaks only to the PBX that it is told to believe. Any other certificate is an error that
//! says what is wrong with it and what to do, and nobody but the PBX gets to see the password.

mod support;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use klinke::config::{Asterisk, Authorities, Requests};
use klinke::daemon::pbx::{Admission, asterisk};
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use support::{logs, testbed::LOCALHOST};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;

const PASSWORD: &str = "s3cr3t-of-this-test";
const ABOUT: &str = r#"{"system":{"version":"22.10.1"}}"#;

/// An authority.
struct Authority {
    about: CertificateParams,
    key: KeyPair,
    certificate: Certificate,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut about = CertificateParams::new(Vec::new()).unwrap();
        about.distinguished_name.push(DnType::CommonName, name);
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = about.self_signed(&key).unwrap();
        Self { about, key, certificate }
    }

    /// A certificate for `host` by it, and its key.
    fn certify(&self, host: &str, change: impl FnOnce(&mut CertificateParams)) -> (Certificate, KeyPair) {
        let mut about = CertificateParams::new(vec![host.into()]).unwrap();
        change(&mut about);
        let key = KeyPair::generate().unwrap();
        let certificate = about.signed_by(&key, &Issuer::from_params(&self.about, &self.key)).unwrap();
        (certificate, key)
    }
}

/// Something that speaks TLS (or, without a certificate, says one line) and keeps what it is told.
struct Server {
    at: SocketAddr,
    /// What reached it, decrypted.
    told: Arc<Mutex<Vec<u8>>>,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    async fn new(certificate: Option<(Certificate, KeyPair)>) -> Self {
        let listener = TcpListener::bind((LOCALHOST, 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let acceptor = certificate.map(|(certificate, key)| {
            let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
            let config = config.unwrap().with_no_client_auth();
            let config = config.with_single_cert(vec![certificate.der().clone()], key).unwrap();
            TlsAcceptor::from(Arc::new(config))
        });
        let (told, connections) = (Arc::<Mutex<Vec<u8>>>::default(), Arc::<AtomicUsize>::default());
        let (hears, counts) = (Arc::clone(&told), Arc::clone(&connections));
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                counts.fetch_add(1, Ordering::Relaxed);
                let Some(acceptor) = &acceptor else {
                    let _ = stream.write_all(b"HTTP/1.1 400 What\r\n\r\n").await;
                    continue;
                };
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut head = vec![0; 4096];
                let length = stream.read(&mut head).await.unwrap_or(0);
                hears.lock().unwrap().extend_from_slice(&head[..length]);
                let length = ABOUT.len();
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{ABOUT}");
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { at, told, connections, task }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn config(url: String, believed: &[CertificateDer<'static>]) -> Asterisk {
    Asterisk {
        url,
        user: "klinke".into(),
        password: PASSWORD.into(),
        app: "klinke".into(),
        context: None,
        media: None,
        codec: None,
        media_address: LOCALHOST,
        media_ports: (46_100, 46_199),
        requests: Requests::Http,
        authorities: Some(Authorities { file: PathBuf::from("ca.pem"), certificates: believed.to_vec() }),
    }
}

/// Attaches until the log has a line with `words` and where the server is.
async fn attach_until(server: &Server, config: Asterisk, words: &[&str]) {
    logs::keep();
    let (call, _calls) = mpsc::channel(1);
    let (shutdown, down) = watch::channel(false);
    let adapter = tokio::spawn(asterisk::attach(config, |_| Admission::Admitted(None), call, down));
    let at = format!(":{}", server.at.port());
    let patience = Instant::now() + Duration::from_secs(20);
    while !logs::with(&at).iter().any(|line| words.iter().all(|word| line.contains(word))) {
        assert!(!adapter.is_finished(), "the adapter has given up: {:?}", adapter.await);
        assert!(Instant::now() < patience, "{words:?} not in {:#?}", logs::with(&at));
        sleep(Duration::from_millis(20)).await;
    }
    println!("{}", logs::with(&at)[0]);
    shutdown.send_replace(true);
    timeout(Duration::from_secs(6), adapter).await.unwrap().unwrap().unwrap();
    assert!(server.connections.load(Ordering::Relaxed) > 0);
    assert_eq!(logs::with(PASSWORD), Vec::<String>::new());
}

#[tokio::test]
async fn a_pbx_that_cannot_be_believed_is_told_nothing_and_the_error_says_why() {
    let ours = Authority::new("ours");
    let other = Authority::new("other");
    let namesake = Authority::new("ours");
    let of_ours = ours.certificate.der().clone();
    let own = (ours.certificate.clone(), KeyPair::from_pem(&ours.key.serialize_pem()).unwrap());
    for (what, certificate, host, words) in [
        (
            "by another authority",
            other.certify("127.0.0.1", |_| {}),
            "127.0.0.1",
            ["nobody whom we believe vouches", "ca_file"],
        ),
        (
            "by a namesake",
            namesake.certify("127.0.0.1", |_| {}),
            "127.0.0.1",
            ["of the same name", "ca_file"],
        ),
        (
            "for another host",
            ours.certify("pbx.example", |_| {}),
            "127.0.0.1",
            ["pbx.example", "subjectAltName"],
        ),
        (
            "for the number, but a name is asked for",
            ours.certify("127.0.0.1", |_| {}),
            "localhost",
            ["127.0.0.1", "subjectAltName"],
        ),
        (
            "expired",
            ours.certify("127.0.0.1", |about| about.not_after = date_time_ymd(2020, 1, 1)),
            "127.0.0.1",
            ["expired", "clocks"],
        ),
        (
            "of tomorrow",
            ours.certify("127.0.0.1", |about| about.not_before = date_time_ymd(3000, 1, 1)),
            "127.0.0.1",
            ["not valid yet", "clocks"],
        ),
        ("the authority's own", own, "127.0.0.1", ["authority's own", "CA:FALSE"]),
    ] {
        let server = Server::new(Some(certificate)).await;
        println!("{what}:");
        let config = config(format!("https://{host}:{}", server.at.port()), std::slice::from_ref(&of_ours));
        attach_until(&server, config, &words).await;
        assert!(server.told.lock().unwrap().is_empty(), "{what}: the server was told something");
    }
}

#[tokio::test]
async fn a_port_that_speaks_no_tls_is_named() {
    let server = Server::new(None).await;
    let url = format!("https://127.0.0.1:{}", server.at.port());
    let config = config(url, &[Authority::new("ours").certificate.der().clone()]);
    attach_until(&server, config, &["no TLS with ARI", "tlsbindaddr"]).await;
}

/// By an authority, or vouching for itself as small PBXs do: both are believed where they are named.
#[tokio::test]
async fn a_pbx_that_is_vouched_for_is_spoken_to() {
    let ours = Authority::new("ours");
    let key = KeyPair::generate().unwrap();
    let for_itself = CertificateParams::new(vec!["localhost".into()]).unwrap().self_signed(&key).unwrap();
    let believed = [ours.certificate.der().clone(), for_itself.der().clone()];
    for (certificate, host) in
        [(ours.certify("127.0.0.1", |_| {}), "127.0.0.1"), ((for_itself, key), "localhost")]
    {
        let server = Server::new(Some(certificate)).await;
        let config = config(format!("https://{host}:{}", server.at.port()), &believed);
        // it is no event socket, but we got as far as asking for one
        attach_until(&server, config, &["cannot open the event socket", "no switch to WebSocket"]).await;
        let told = String::from_utf8(server.told.lock().unwrap().clone()).unwrap();
        assert!(
            told.starts_with("GET /ari/asterisk/info") && told.contains("GET /ari/events?app=klinke"),
            "{told}"
        );
        // both ways the proof went by TLS
        assert_eq!(told.to_lowercase().matches("authorization: basic ").count(), 2, "{told}");
    }
}
