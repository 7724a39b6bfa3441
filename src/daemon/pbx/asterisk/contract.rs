//! What Klinke asks of the dialplan so that callers reach telephones, queues and colleagues who accepted them:
//! contexts and variables. `klinke dialplan asterisk` prints the other half (`commands/dialplan/transfer.conf`).

use super::ari::Ari;
use super::screen;
use crate::call::line::ScreenPop;

/// Channel variable that tells the dialplan why Klinke let go.
pub const REASON: &str = "KLINKE_REASON";
/// The colleague's channel, by its name, for the caller's way to him.
pub const COLLEAGUE: &str = "KLINKE_COLLEAGUE_CHANNEL";
/// Whom to call.
pub const DEVICE: &str = "KLINKE_DEVICE";
/// Which queue.
pub const QUEUE: &str = "KLINKE_QUEUE";
/// Where the caller goes on when nobody answers there: context, extension, priority.
pub const RETURN: &str = "KLINKE_RETURN";

/// Joins a caller and a colleague.
pub const CONNECT: &str = "klinke-connect";
/// Calls a telephone.
pub const TO_DEVICE: &str = "klinke-device";
/// Waits in a queue.
pub const TO_QUEUE: &str = "klinke-queue";
/// Their one extension.
pub const START: &str = "s";

/// Whether the dialplan has that context of the contract; says what to do where it has not.
pub async fn is_kept(ari: &Ari, caller: &str, context: &str) -> bool {
    let kept = ari.has_extension(caller, context, START).await;
    if !kept {
        log::error!(
            "call {caller}: the dialplan has no context {context}, which this hand-over needs; put what `klinke dialplan \
             asterisk` prints into extensions.conf and reload it"
        );
    }
    kept
}

/// Tells the caller's channel what colleagues may see, so that it is handed on to every channel called for it.
/// What cannot be told is left out: it must not keep the caller.
pub async fn tell(ari: &Ari, caller: &str, screen: &ScreenPop) {
    for (name, value) in screen::variables(screen) {
        if let Err(error) = ari.set_variable(caller, &format!("__{name}"), &value).await {
            log::debug!("{error}");
            return;
        }
    }
}
