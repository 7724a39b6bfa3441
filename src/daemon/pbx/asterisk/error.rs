//! What can go wrong between Klinke and Asterisk. No message holds a password or a caller's number.

/// Why something about Asterisk failed. Every variant but the first four is about one request or connection.
#[derive(Debug, thiserror::Error)]
pub enum AsteriskError {
    /// The address in the configuration is none.
    #[error("[asterisk] url cannot be used: {cause}; write it like \"http://127.0.0.1:8088\"")]
    Address {
        /// What is wrong with it. Not the address: it may hold a password.
        cause: String,
    },
    /// The range in the configuration holds no usable port.
    #[error("[asterisk] media_ports {first} to {last} hold no even port; RTP needs one for each call")]
    PortRange {
        /// First of the range.
        first: u16,
        /// Last of the range.
        last: u16,
    },
    /// The HTTP client could not be made.
    #[error("cannot prepare requests to ARI: {cause}")]
    Client {
        /// What the client says.
        cause: String,
    },
    /// Nobody can be believed about a certificate.
    #[error("[asterisk] url begins with https, but {cause}; name the authority of the PBX in ca_file")]
    Trust {
        /// What is wrong.
        cause: String,
    },
    /// Every port of the range is taken, or the address is not ours.
    #[error(
        "no port for sound at {address} between {first} and {last}: {cause}; widen [asterisk] media_ports, or \
         correct media_address"
    )]
    NoPort {
        /// Where it was tried.
        address: std::net::IpAddr,
        /// First of the range.
        first: u16,
        /// Last of the range.
        last: u16,
        /// What the machine said about the last one.
        cause: std::io::Error,
    },
    /// The machine has no random numbers.
    #[error("no random numbers for the sound of a call: {cause}")]
    NoRandom {
        /// What the machine says.
        cause: String,
    },
    /// No module that could carry sound.
    #[error(
        "Asterisk at {at} has no module loaded that carries the sound in {codec}; load chan_rtp.so and \
         res_rtp_multicast.so, or chan_audiosocket.so, or chan_websocket.so, or choose another [asterisk] codec"
    )]
    Pathless {
        /// Where.
        at: String,
        /// What was to be carried.
        codec: &'static str,
    },
    /// Our end of the sound and the PBX's did not meet.
    #[error(
        "no sound by {path}: {cause}; can the PBX and this machine reach each other at [asterisk] media_address \
         and media_ports, and at the PBX's HTTP server?"
    )]
    Soundless {
        /// On which path.
        path: &'static str,
        /// What went wrong.
        cause: String,
    },
    /// No connection.
    #[error(
        "cannot {operation}: no connection to ARI at {at}: {cause}; is Asterisk running, with enabled=yes and \
         this address in http.conf?"
    )]
    Unreachable {
        /// What was to be done.
        operation: String,
        /// Where.
        at: String,
        /// What the network says.
        cause: String,
    },
    /// No connection that can be trusted.
    #[error("cannot {operation}: no TLS with ARI at {at}: {cause}; {hint}")]
    Tls {
        /// What was to be done.
        operation: String,
        /// Where.
        at: String,
        /// What is wrong with it.
        cause: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// The event socket, which requests go over, is not there, or broke before the answer.
    #[error("cannot {operation}: the event socket to ARI at {at}, which requests go over, is gone")]
    NoSocket {
        /// What was to be done.
        operation: String,
        /// Where.
        at: String,
    },
    /// Asterisk is too old for requests over the event socket.
    #[error(
        "Asterisk {version} at {at} takes no requests over its event socket; that needs 20.14, 21.9, 22.4 or \
         later: write requests = \"http\" in [asterisk], or update Asterisk"
    )]
    TooOld {
        /// Where.
        at: String,
        /// What it says of itself.
        version: String,
    },
    /// No answer in time.
    #[error("cannot {operation}: ARI at {at} gave no answer within {limit_ms} ms")]
    TooSlow {
        /// What was to be done.
        operation: String,
        /// Where.
        at: String,
        /// The limit.
        limit_ms: u64,
    },
    /// User or password are wrong.
    #[error(
        "cannot {operation}: ARI at {at} refuses the user ({status}); compare [asterisk] user and password with \
         ari.conf, where read_only must be no"
    )]
    Unauthorised {
        /// What was to be done.
        operation: String,
        /// Where.
        at: String,
        /// HTTP status.
        status: u16,
    },
    /// The thing is no more.
    #[error("cannot {operation}: the PBX does not know it (any more)")]
    Gone {
        /// What was to be done.
        operation: String,
    },
    /// Another answer than success.
    #[error("cannot {operation}: ARI at {at} answered {status} ({cause}); {hint}")]
    Refused {
        /// What was to be done.
        operation: String,
        /// Where.
        at: String,
        /// HTTP status.
        status: u16,
        /// Asterisk's own words, shortened.
        cause: String,
        /// What to look at.
        hint: &'static str,
    },
    /// An answer or an event that is not ARI's.
    #[error("cannot {operation}: {at} answered what is not ARI's: {cause}; is that address Asterisk's?")]
    Nonsense {
        /// What was to be done.
        operation: String,
        /// Where.
        at: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The event socket broke.
    #[error("the event socket to ARI at {at} broke: {cause}")]
    SocketBroke {
        /// Where.
        at: String,
        /// What happened.
        cause: String,
    },
}

impl AsteriskError {
    /// Whether the same request may succeed a moment later.
    pub(super) const fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TooSlow { .. } | Self::NoSocket { .. } => true,
            Self::Refused { status, .. } => *status >= 500,
            _ => false,
        }
    }
}
