//! A token read back: what it is, what its claims mean, whether it is valid now. Nothing is sent; what a service would
//! answer is known from the token alone.

pub mod decode;
pub mod explain;
mod inspected;
pub mod paste;
pub mod problems;
pub mod report;
pub mod token_type;
pub mod validity;

pub use inspected::{Inspected, Signature, read};

#[cfg(test)]
mod tests;
