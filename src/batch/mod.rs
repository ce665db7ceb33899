//! Many tokens in one run: lines in, lines out, in the same order, made by several threads that share a `pipeline`. Which
//! tokens are made is for a `minter`.

mod end;
mod input;
mod kept;
pub mod lines;
pub mod minter;
mod order;
mod pipeline;
mod progress;
mod record;
mod records;
mod resume;
mod row;
mod run;
mod signals;
mod tally;
pub mod worker;

pub use end::End;
pub use input::Input;
pub use kept::Kept;
pub use minter::{LineMinter, Minted};
pub use progress::Look;
pub use row::Row;
pub use run::{Minters, Setting, Summary, run};
pub use tally::{Tally, pace};
