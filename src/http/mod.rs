//! One client over ureq: a request as data, sent once or again as far as that is safe, and what the answer means. Nothing
//! else in the program knows ureq.

mod answer;
mod body;
mod client;
mod coalesce;
mod connect;
mod connections;
mod credentials;
mod deadline;
mod dial;
mod failure;
mod gate;
#[cfg(test)]
mod gate_tests;
mod head;
mod proxy;
mod race;
mod request;
mod resolve;
mod retry;
mod send;
mod sent;
mod settings;
mod tcp;
mod tls;
mod tunnel;
mod waiting;

pub use answer::{CHECK, Expected, Member, Presence, Received, Success, judge};
pub use client::{Client, Mode, Trace};
pub use credentials::Credentials;
pub use proxy::Proxy;
pub use request::Request;
pub use settings::Settings;
pub use tls::Authorities;
