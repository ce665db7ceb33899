//! Tokens that are kept for `--reuse`: a folder that only its owner can enter, a file for each request, a lock for each
//! request that is being minted. What a request is, and what a kept token is worth, is decided by the callers.

mod entry;
mod folder;
mod lock;
mod slot;
mod sweep;

pub use entry::Shape;
pub use lock::Lock;
pub use slot::Slot;
