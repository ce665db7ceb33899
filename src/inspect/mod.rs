//! A token read back: what it is, what its claims mean, whether it is valid now. Nothing is sent; what a service would
//! answer is known from the token alone.

mod capability;
mod claims;
mod inspected;
mod judgement;
mod problems;
pub mod report;
mod summary;
pub mod validity;
mod verdict;

pub use inspected::{Inspected, Signature, read};
pub use judgement::Judgement;

#[cfg(test)]
mod tests;
