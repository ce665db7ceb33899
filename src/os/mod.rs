//! The few things that differ between operating systems: file owners and modes, process groups, signals, the terminal,
//! core dumps, exit statuses. Everything else is written against the standard library alone.

mod change;
#[cfg(unix)]
mod echo;
#[cfg(feature = "emulator")]
pub mod end_signal;
mod files;
pub mod identity;
#[cfg(not(unix))]
#[path = "other.rs"]
mod imp;
#[cfg(unix)]
#[path = "unix.rs"]
mod imp;
mod permissions;
#[cfg(unix)]
mod process;
pub mod prompt;
pub mod proof;
pub mod replace;
#[cfg(unix)]
pub mod signals;
pub mod sockets;
mod status;
pub mod stream;
#[cfg(unix)]
mod terminal;

pub use change::Change;
#[cfg(unix)]
pub use echo::without_echo;
#[cfg(test)]
pub use files::temporary_folder;
pub use files::{
    create_private, create_private_folders, lock_folder, lock_to_replace, open_for_lock, open_regular,
    open_regular_no_follow, private_folder, put_in_place, read_limited, replace_private,
};
#[cfg(not(unix))]
pub use imp::{Foreground, Group, protect_memory, signals, without_echo};
pub use imp::{
    distrust, editor_command, is_character_device, is_executable, program_files, report_size_limit, variable_key,
};
pub use permissions::UnsafePermissions;
#[cfg(unix)]
pub use process::{Foreground, Group, protect_memory};
pub use status::{end, reason, shell_status};
