//! What an examination asks of ARI beyond what calls need.

use serde::Deserialize;

use super::super::ari::{Ari, Request};
use super::super::error::AsteriskError;

/// Something in the PBX that has a name of its own.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    /// The name.
    pub id: String,
    /// When it was made, ISO 8601.
    #[serde(default)]
    pub creationtime: String,
}

#[derive(Deserialize)]
struct Value {
    value: String,
}

impl Ari {
    /// Every channel of the PBX.
    ///
    /// # Errors
    /// As every request.
    pub async fn channels(&self) -> Result<Vec<Named>, AsteriskError> {
        self.ask(Request::get("list the channels", &["channels"])).await
    }

    /// Every bridge of the PBX.
    ///
    /// # Errors
    /// As every request.
    pub async fn bridges(&self) -> Result<Vec<Named>, AsteriskError> {
        let bridges: Vec<Bridge> = self.ask(Request::get("list the bridges", &["bridges"])).await?;
        Ok(bridges
            .into_iter()
            .map(|bridge| Named { id: bridge.id, creationtime: bridge.creationtime })
            .collect())
    }

    /// Whether the dialplan has that context, or that extension in it; `None`: the PBX cannot say
    /// (`func_dialplan` is not loaded).
    ///
    /// # Errors
    /// As every request, but for `Gone`.
    pub async fn dialplan_has(
        &self,
        channel: &str,
        context: &str,
        extension: Option<&str>,
    ) -> Result<Option<bool>, AsteriskError> {
        let place =
            extension.map_or_else(|| context.to_owned(), |extension| format!("{context},{extension},1"));
        let request =
            Request::get(format!("ask whether the dialplan has {place}"), &["channels", channel, "variable"]);
        match self.ask::<Value>(request.query("variable", format!("DIALPLAN_EXISTS({place})"))).await {
            Ok(answer) => Ok(Some(answer.value == "1")),
            Err(AsteriskError::Gone { .. } | AsteriskError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Calls `Local/EXTENSION@CONTEXT`, both of whose halves have names of ours; the near one enters our
    /// application when the far one is answered.
    ///
    /// # Errors
    /// As every request.
    pub async fn call_local(
        &self,
        place: &str,
        halves: [&str; 2],
        format: &str,
    ) -> Result<(), AsteriskError> {
        let [near, far] = halves;
        let request = Request::post(format!("call Local/{place}"), &["channels"])
            .query("endpoint", format!("Local/{place}/n"))
            .query("app", self.app())
            .query("appArgs", "near")
            .query("channelId", near)
            .query("otherChannelId", far)
            .query("formats", format)
            .query("timeout", "10")
            .hint("is context klinke-doctor of `klinke dialplan asterisk` loaded?");
        self.order(request).await
    }
}

#[derive(Deserialize)]
struct Bridge {
    id: String,
    #[serde(default)]
    creationtime: String,
}
