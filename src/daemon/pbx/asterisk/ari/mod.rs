//! ARI as we speak it: one WebSocket for what happens, requests for what we want. Knows channels and bridges, no calls.
//!
//! `socket` listens and connects again (`connect`, with `tls` where the address is https), `event` reads what it
//! hears. What we ask for are the methods of [`Ari`]: `rest`, with `asking` for what a colleague needs and
//! `media_channel` for the sound; each makes a `request`, which goes by `http` or `over_socket`.

mod asking;
mod connect;
mod event;
mod http;
mod media_channel;
mod over_socket;
mod request;
mod rest;
mod socket;
mod tls;

pub use asking::Place;
pub use connect::{Socket, connect, media as connect_media};
pub use event::{Event, argument};
pub use media_channel::{ExternalMedia, MediaChannel};
pub use over_socket::read_answer;
pub use request::{Answer, Request};
pub use rest::{Application, Ari, Module};
pub use socket::{Report, listen};
