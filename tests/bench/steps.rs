//! What the steps of a mint cost inside one process: `cargo bench`. How the whole program does beside others is for
//! `ratios`.
#![allow(missing_docs, clippy::unwrap_used, reason = "a measurement that cannot begin has nothing to say")]

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tokenmint::testing::app::App;
use tokenmint::testing::batch::Kept;
use tokenmint::testing::batch::lines::{Chunk, Lines};
use tokenmint::testing::batch::worker::{Row, Shared, Worker};
use tokenmint::testing::catalog::{Defaults, Draft, Given, NoncePool, Request, Scratch, Sign};
use tokenmint::testing::commands::batch::Fingerprint;
use tokenmint::testing::commands::batch::sign::Minter;
use tokenmint::testing::commands::send::send;
use tokenmint::testing::emulator::{API_TOKEN, Emulator, PROJECT_ID, Protocol};
use tokenmint::testing::http::{Client, Credentials, Expected, Member, Mode, Presence, Received, Settings, judge};
use tokenmint::testing::redact::Scrubber;
use tokenmint::testing::secret::Secret;
use tokenmint::testing::signalwire::Space;
use tokenmint::testing::signalwire::chat;
use tokenmint::testing::twilio::{Issuer, Key, Plan, Signer, Signing, access_token};

/// Lines of the Twilio batch.
const LINES: u64 = 100_000;

/// The outside without variables: a proxy or a profile of the machine's own would be measured with the rest.
fn app() -> App {
    App { env: [("", ""); 0].into_iter().collect(), ..App::of_process() }
}

/// `chat --ttl 1h --channel lobby=rw`.
fn chat_request() -> Request {
    let given =
        [("ttl", vec![Some("1h".to_owned())]), ("channel", vec![Some("lobby=rw".to_owned())])].into_iter().collect();
    Draft::new(&chat::KIND, &given, None, Defaults::default(), &app()).unwrap().finish().unwrap()
}

fn client(space: Space) -> Client {
    let settings = Settings { timeout: Duration::from_secs(30), retries: 2, cacert: None };
    let secret = Secret::new(API_TOKEN.to_owned());
    Client::new(space, &Credentials::Basic(PROJECT_ID, &secret), &settings, Mode::Single, app()).unwrap()
}

/// `twilio --chat IS…`; each token brings its identity.
fn twilio_plan(identity: Option<&str>) -> Plan {
    let mut given: Given =
        [("chat", vec![Some("IS0123456789abcdef0123456789abcdef".to_owned())])].into_iter().collect();
    given.extend(identity.map(|identity| ("identity", vec![Some(identity.to_owned())])));
    let app = app();
    let draft = Draft::new(&access_token::KIND, &given, None, Defaults::default(), &app).unwrap();
    Plan::new(draft, &app).unwrap()
}

fn signer() -> Signer {
    let key = Key::new(&Secret::new("abcdefghijklmnopqrstuvwxyz012345".to_owned())).unwrap();
    let issuer = Issuer::new("SK0123456789abcdef0123456789abcdef", "AC0123456789abcdef0123456789abcdef");
    Signer::new(key, issuer, None)
}

fn chat_steps(criterion: &mut Criterion) {
    criterion.bench_function("chat: the request from its flags to its bytes", |bench| {
        bench.iter(|| black_box(chat_request().bytes()));
    });

    let emulator = Emulator::bind(([127, 0, 0, 1], 0).into(), Protocol::Http, app()).unwrap().start().unwrap();
    let client = client(Space::loopback(emulator.address().port()));
    let request = chat_request();
    let mint = || send(&client, &request, &app(), &|_| {}).unwrap().0;
    let body = format!(r#"{{"token":"{}"}}"#, mint().text());
    let answer = Received { status: 200, body: body.into_bytes().into(), ..Received::default() };
    let members = [Member { name: "token", presence: Presence::Required }];
    let expected = Expected {
        path: "/api/chat/tokens",
        members: &members,
        scope: "Chat",
        refused: None,
        looked_up: &|| None,
        secrets: &[],
        flag_of: &|_| None,
    };
    criterion.bench_function("chat: an answer from its bytes to its token", |bench| {
        bench.iter(|| judge(black_box(&answer), &expected, "127.0.0.1", &Scrubber::default()).unwrap());
    });
    criterion.bench_function("chat: one mint against the emulator, connection kept", |bench| {
        bench.iter(mint);
    });
}

fn twilio_steps(criterion: &mut Criterion) {
    let (plan, signer, mut nonces) = (twilio_plan(Some("alice")), signer(), NoncePool::new(app().random));
    let claims = plan.claims(None, app().now()).unwrap();
    let mut scratch = Scratch::new(app().random);
    criterion.bench_function("twilio: one signature", |bench| {
        bench.iter(|| {
            scratch.token.clear();
            signer.sign_into(black_box(&claims), Some(nonces.take().unwrap()), &mut scratch);
        });
    });

    let input: String =
        (0..LINES).fold(String::new(), |input, number| input + &format!("{{\"identity\":\"u{number}\"}}\n"));
    let shared = Arc::new(Shared {
        kept: Kept::default(),
        scrubber: Scrubber::default(),
        clock: app().clock,
        halted: Arc::new(AtomicBool::new(false)),
        row: Row::default(),
    });
    let signer: Arc<dyn Sign> = Arc::new(Signing::new(twilio_plan(None), signer));
    let fingerprint = Fingerprint::new("twilio", signer.key_id(), signer.draft().settled_fields());
    let new_minter = || Box::new(Minter::new(Arc::clone(&signer), Scratch::new(app().random), fingerprint.clone()));
    let mut group = criterion.benchmark_group("twilio");
    group.throughput(Throughput::Elements(LINES)).sample_size(20);
    group.bench_function("100,000 lines of a batch, one thread", |bench| {
        bench.iter(|| {
            let (mut lines, mut worker) =
                (Lines::new(input.as_bytes(), true), Worker::new(Arc::clone(&shared), new_minter()));
            let (mut chunk, mut memory, mut minted) = (Chunk::default(), Vec::new(), 0);
            while lines.next_chunk(&mut chunk).unwrap() {
                let outcome = black_box(worker.chunk(&chunk, memory));
                minted += outcome.tally.minted;
                memory = outcome.text;
                memory.clear();
            }
            assert_eq!(minted, LINES);
        });
    });
    group.finish();
}

criterion_group!(steps, chat_steps, twilio_steps);
criterion_main!(steps);
