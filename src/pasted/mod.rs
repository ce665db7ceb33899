//! Pasted text: the tokens in it, taken apart and told by their type.

mod damage;
pub mod decoded;
pub mod forms;
pub mod member;
pub mod problem;
mod sought;
pub mod token_type;
mod wrapped;

pub use sought::{Misfit, Sought};
