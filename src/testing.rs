//! What the program itself, its tests, benchmarks and fuzz targets take from the crate. It is not an interface.

pub mod app {
    pub use crate::app::{App, Environment};
}
pub mod batch {
    pub use crate::batch::Kept;
    pub mod lines {
        pub use crate::batch::lines::{Chunk, Lines};
    }
    pub mod worker {
        pub use crate::batch::Row;
        pub use crate::batch::worker::{Shared, Worker};
    }
}
pub mod catalog {
    pub use crate::catalog::{
        Authentication, Consumed, Defaults, Draft, Field, Form, Given, Kind, Minting, NoncePool, Request, Scratch,
        Sign, Value,
    };
}
pub mod cli {
    pub use crate::cli::tree;
}
pub mod commands {
    pub use crate::commands::fingerprint::Fingerprint;
    pub mod batch {
        pub mod sign {
            pub use crate::commands::batch::sign::Minter;
        }
    }
    pub mod send {
        pub use crate::commands::send::send;
    }
}
pub mod credentials {
    pub mod config {
        pub use crate::credentials::config::Config;
    }
}
#[cfg(feature = "emulator")]
pub mod emulator {
    pub use crate::emulator::{API_TOKEN, Emulator, PROJECT_ID, Protocol};
}
pub mod error {
    pub use crate::error::{Category, Result};
}
pub mod http {
    pub use crate::http::{Client, Credentials, Expected, Member, Mode, Presence, Received, Settings, Success, judge};
}
pub mod inspect {
    pub use crate::inspect::{Judgement, read, report};
}
pub mod json {
    pub use crate::json::{Object, value};
}
pub mod os {
    pub use crate::os::protect_memory;
}
pub mod output {
    pub mod report {
        pub use crate::output::report::panicked;
    }
    pub mod screen {
        pub use crate::output::screen::Screen;
    }
    pub mod shell {
        pub use crate::output::shell::Shell;
    }
}
pub mod providers {
    pub use crate::providers::{PROVIDERS, SCHEMAS, kinds, provider_of};
}
pub mod redact {
    pub use crate::redact::Scrubber;
}
pub mod secret {
    pub use crate::secret::Secret;
}
pub mod signalwire {
    pub use crate::signalwire::{Space, chat, guest};
}
pub mod text {
    pub use crate::text::{clean, clip, sh_word};
}
pub mod token {
    pub use crate::token::{Member, Role, is_believable};
}
pub mod twilio {
    pub use crate::twilio::{Issuer, Key, Plan, Signer, Signing, access_token};
}
