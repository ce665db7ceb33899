//! An HTTP/1.1 server on loopback, which the emulator and `--serve` share: sockets, time limits, request bodies, log and
//! shutdown. What a request means is for its handler.

mod address;
mod guard;
mod listener;
mod log;
mod request;
mod run;
mod watched;

pub use address::{Exposure, parse_address};
pub use guard::{is_local, is_local_host, origins};
pub use listener::{Listener, Stop};
pub use log::RequestLog;
pub use request::{Head, Reply, Request, Unread, is_json, reply};
pub use run::{Handler, blocking, pause};

// Names of HTTP, so that handlers need not know the library.
pub use hyper::Method;
pub use hyper::header;
