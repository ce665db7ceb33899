//! A build without its server: what needs it says so.

use crate::harness::{CHAT, tokenmint};
use crate::server::Server;

#[test]
fn what_needs_the_server_says_that_it_is_missing() {
    tokenmint("emulator --port 0").fails(3).says_all(&["without its emulator", "--features emulator"]).run();
    let server = Server::unused();
    let run = tokenmint(CHAT).args(["--serve", "127.0.0.1:0"]).credentials(&server);
    run.fails(3).says_all(&["without --serve", "--features emulator"]).run();
}
