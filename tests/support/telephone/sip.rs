//! As much of SIP (RFC 3261) as a telephone needs that calls.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::Codec;

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// What we ask for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Request {
    Invite,
    /// In the dialog that is there.
    InviteAgain,
    Cancel,
    Ack,
    Bye,
}

/// One call, as SIP sees it.
pub struct Dialog {
    uri: String,
    from: String,
    to: String,
    contact: String,
    via: String,
    call_id: String,
    branch: String,
    target: Option<String>,
    accepted: bool,
    offer: String,
    answer: String,
    number: u32,
}

impl Dialog {
    pub fn new(
        number: &str,
        extension: &str,
        server: SocketAddr,
        (signalling, sound): (SocketAddr, SocketAddr),
        codec: Codec,
    ) -> Self {
        let uri = format!("sip:{extension}@{server}");
        Self {
            from: format!("<sip:{number}@{}>;tag={}", signalling.ip(), unique()),
            to: format!("<{uri}>"),
            uri,
            contact: format!("<sip:{number}@{signalling}>"),
            via: signalling.to_string(),
            call_id: format!("{}@{}", unique(), signalling.ip()),
            branch: unique(),
            target: None,
            accepted: false,
            offer: offer(sound, codec),
            answer: String::new(),
            number: 1,
        }
    }

    /// The dialog of somebody who is called with that INVITE.
    ///
    /// # Errors
    /// Where it is none.
    pub fn answering(
        invite: &str,
        number: &str,
        (signalling, sound): (SocketAddr, SocketAddr),
        codec: Codec,
    ) -> io::Result<Self> {
        let of = |name| {
            header(invite, name)
                .map(str::to_owned)
                .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("no {name} in the INVITE")))
        };
        let contact = of("Contact")?;
        let target = contact.split(['<', '>']).nth(1).unwrap_or(&contact).to_owned();
        Ok(Self {
            uri: target.clone(),
            from: format!("{};tag={}", of("To")?, unique()),
            to: of("From")?,
            contact: format!("<sip:{number}@{signalling}>"),
            via: signalling.to_string(),
            call_id: of("Call-ID")?,
            branch: unique(),
            target: Some(target),
            accepted: true,
            offer: offer(sound, codec),
            answer: invite.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default(),
            number: 1,
        })
    }

    /// Our answer to a request that began or ends the dialog of an [`answering`](Self::answering) telephone.
    pub fn answer_to(&self, request: &str, status: u16, words: &str) -> String {
        let mut answer = format!("SIP/2.0 {status} {words}\r\n");
        for via in headers(request, "Via") {
            answer += &format!("Via: {via}\r\n");
        }
        for name in ["From", "Call-ID", "CSeq"] {
            answer += &format!("{name}: {}\r\n", header(request, name).unwrap_or_default());
        }
        let accepts = status == 200 && request.starts_with("INVITE ");
        let body = if accepts { self.offer.as_str() } else { "" };
        let kind = if accepts { "Content-Type: application/sdp\r\n" } else { "" };
        let length = body.len();
        answer += &format!("To: {}\r\nContact: {}\r\n{kind}", self.from, self.contact);
        answer + &format!("Content-Length: {length}\r\n\r\n{body}")
    }

    /// A request of ours, as it goes to the wire.
    pub fn request(&mut self, request: Request) -> String {
        let (method, body) = match request {
            Request::Invite | Request::InviteAgain => ("INVITE", self.offer.as_str()),
            Request::Cancel => ("CANCEL", ""),
            Request::Ack => ("ACK", ""),
            Request::Bye => ("BYE", ""),
        };
        // a CANCEL and the ACK of a refusal belong to the INVITE's own transaction
        let (target, branch) = match (request, &self.target) {
            (Request::Bye | Request::InviteAgain, Some(target)) => (target.as_str(), unique()),
            (Request::Ack, Some(target)) if self.accepted => (target.as_str(), unique()),
            _ => (self.uri.as_str(), self.branch.clone()),
        };
        let number = self.number + u32::from(request == Request::Bye);
        let to = if request == Request::Cancel { format!("<{}>", self.uri) } else { self.to.clone() };
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {};rport;branch=z9hG4bK{branch}\r\nMax-Forwards: 70\r\n\
             From: {}\r\nTo: {to}\r\nCall-ID: {}\r\nCSeq: {number} {method}\r\nContact: {}\r\n{kind}\
             Content-Length: {}\r\n\r\n{body}",
            self.via,
            self.from,
            self.call_id,
            self.contact,
            body.len()
        )
    }

    /// The status of an answer to our INVITE; `None`: the message is something else.
    pub fn answer_to_invite(&mut self, message: &str) -> Option<u16> {
        let status: u16 = message.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()?;
        if !header(message, "CSeq")?.ends_with("INVITE") {
            return None;
        }
        if status >= 200 {
            self.to = header(message, "To")?.to_owned();
            self.accepted = status < 300;
        }
        if self.accepted {
            let contact = header(message, "Contact")?;
            self.target = Some(contact.split(['<', '>']).nth(1).unwrap_or(contact).to_owned());
            self.answer = message.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        }
        Some(status)
    }

    /// A re-INVITE: puts the other side on hold, or takes it back.
    pub fn invite_again(&mut self, hold: bool) -> String {
        self.number += 1;
        let direction = if hold { "a=sendonly" } else { "a=sendrecv" };
        let version = format!("o=- 1 {} IN", self.number);
        let offer = self.offer.replace("a=sendrecv", direction).replace("o=- 1 1 IN", &version);
        let offered = std::mem::replace(&mut self.offer, offer);
        let request = self.request(Request::InviteAgain);
        self.offer = offered;
        request
    }

    /// Whether a message is the final answer to a re-INVITE.
    pub fn accepts_again(&self, message: &str) -> bool {
        let final_answer = message.starts_with("SIP/2.0 ") && !message.starts_with("SIP/2.0 1");
        final_answer && header(message, "CSeq") == Some(format!("{} INVITE", self.number).as_str())
    }

    /// Where the other side wants our sound.
    pub fn sound_there(&self) -> io::Result<SocketAddr> {
        let line = |begin: &str| self.answer.lines().find_map(|line| line.strip_prefix(begin));
        let address = line("c=IN IP4 ").and_then(|address| address.trim().parse().ok());
        let port = line("m=audio ").and_then(|media| media.split(' ').next()?.parse().ok());
        match address.zip(port) {
            Some((address, port)) => Ok(SocketAddr::new(address, port)),
            None => Err(io::Error::new(io::ErrorKind::InvalidData, "no address for sound in the answer")),
        }
    }

    /// Our answer to a request of the other side; `None`: there is none to give.
    pub fn answer_request(&self, message: &str) -> Option<String> {
        if message.starts_with("SIP/2.0") || message.starts_with("ACK ") {
            return None;
        }
        let mut answer = String::from("SIP/2.0 200 OK\r\n");
        for via in headers(message, "Via") {
            answer += &format!("Via: {via}\r\n");
        }
        for name in ["From", "To", "Call-ID", "CSeq"] {
            answer += &format!("{name}: {}\r\n", header(message, name)?);
        }
        let body = if message.starts_with("INVITE ") { self.offer.as_str() } else { "" };
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        answer += &format!("Contact: {}\r\n{kind}Content-Length: {}\r\n\r\n{body}", self.contact, body.len());
        Some(answer)
    }
}

fn offer(sound: SocketAddr, codec: Codec) -> String {
    let (payload_type, name) = match codec {
        Codec::Pcma => (8, "PCMA"),
        Codec::Pcmu => (0, "PCMU"),
        Codec::G722 => (9, "G722"),
    };
    format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP {payload_type} 101\r\n\
         a=rtpmap:{payload_type} {name}/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n\
         a=ptime:20\r\na=sendrecv\r\n",
        ip = sound.ip(),
        port = sound.port()
    )
}

fn headers<'a>(message: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let head = message.split("\r\n\r\n").next().unwrap_or(message);
    head.split("\r\n").filter_map(move |line| {
        let (found, value) = line.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

fn header<'a>(message: &'a str, name: &'a str) -> Option<&'a str> {
    headers(message, name).next()
}

/// A word that no other call on this machine has.
fn unique() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    format!("{:x}{:x}{:x}", std::process::id(), now, COUNTER.fetch_add(1, Ordering::Relaxed))
}
