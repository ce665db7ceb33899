//! HS256 over the claims of a Twilio Access Token with one chat grant: one of them, or one for every line of stdin.

use std::borrow::Cow;
use std::error::Error;
use std::io::{BufRead as _, Write as _};
use std::sync::{Condvar, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1"}"#;
/// How many bytes of lines a thread takes at once.
const BLOCK: usize = 64 * 1024;

#[derive(serde::Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    identity: Cow<'a, str>,
}

/// What is the same for every token, the keyed HMAC among it.
struct Signer {
    header: String,
    started: Hmac<Sha256>,
    key_sid: String,
    after: String,
}

impl Signer {
    fn from_environment() -> Result<Self, Box<dyn Error>> {
        let account = std::env::var("TWILIO_ACCOUNT_SID")?;
        let key_sid = std::env::var("TWILIO_API_KEY")?;
        let header = URL_SAFE_NO_PAD.encode(HEADER) + ".";
        let mut started = Hmac::new_from_slice(std::env::var("TWILIO_API_SECRET")?.as_bytes())?;
        started.update(header.as_bytes());
        let after = format!(",\"iss\":\"{key_sid}\",\"sub\":\"{account}\"}}");
        Ok(Signer { header, started, key_sid, after })
    }

    fn sign(&self, identity: &str, nonce: [u8; 8], claims: &mut Vec<u8>, token: &mut String) -> std::io::Result<u64> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
        claims.clear();
        write!(claims, "{{\"jti\":\"{}-{now}-{:016x}\"", self.key_sid, u64::from_be_bytes(nonce))?;
        claims.extend_from_slice(b",\"grants\":{\"identity\":");
        serde_json::to_writer(&mut *claims, identity)?;
        claims.extend_from_slice(br#","chat":{"service_sid":"IS0123456789abcdef0123456789abcdef"}}"#);
        write!(claims, ",\"iat\":{now},\"exp\":{}{}", now + 3600, self.after)?;
        let start = token.len() + self.header.len();
        token.push_str(&self.header);
        URL_SAFE_NO_PAD.encode_string(&*claims, token);
        let mut mac = self.started.clone();
        mac.update(&token.as_bytes()[start..]);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(mac.finalize().into_bytes(), token);
        Ok(now + 3600)
    }
}

/// Random bytes, asked for many at a time.
struct Random {
    pool: [u8; 512],
    used: usize,
}

impl Random {
    fn new() -> Self {
        Random { pool: [0; 512], used: 512 }
    }

    fn take(&mut self) -> Result<[u8; 8], Box<dyn Error>> {
        if self.used == self.pool.len() {
            getrandom::fill(&mut self.pool)?;
            self.used = 0;
        }
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.pool[self.used..self.used + 8]);
        self.used += 8;
        Ok(bytes)
    }
}

/// One token for `alice`.
pub fn one() -> Result<String, Box<dyn Error>> {
    let mut token = String::with_capacity(1024);
    Signer::from_environment()?.sign("alice", Random::new().take()?, &mut Vec::new(), &mut token)?;
    Ok(token)
}

/// Where the input stands: the lines handed out so far and the number of blocks they were in.
struct Input {
    lines: usize,
    blocks: usize,
}

/// A token for every line, in the order of the lines.
pub fn batch(threads: usize) -> Result<(), Box<dyn Error>> {
    let signer = Signer::from_environment()?;
    let input = Mutex::new(Input { lines: 0, blocks: 0 });
    let (written, turn) = (Mutex::new(0), Condvar::new());
    let work = || -> Result<(), Box<dyn Error>> {
        let (mut random, mut claims, mut token) = (Random::new(), Vec::new(), String::new());
        let (mut block, mut output) = (Vec::new(), Vec::new());
        loop {
            block.clear();
            output.clear();
            let (first, number) = {
                let mut input = input.lock().map_err(|_| "a thread failed")?;
                read_block(&mut block)?;
                let place = (input.lines, input.blocks);
                input.lines += block.iter().filter(|byte| **byte == b'\n').count();
                input.blocks += 1;
                place
            };
            for (place, line) in block.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).enumerate() {
                let line: Line = serde_json::from_slice(line)?;
                token.clear();
                let end = signer.sign(&line.identity, random.take()?, &mut claims, &mut token)?;
                writeln!(output, "{{\"line\":{},\"token\":\"{token}\",\"expires_at\":{end}}}", first + place + 1)?;
            }
            let written = written.lock().map_err(|_| "a thread failed")?;
            let mut written = turn.wait_while(written, |written| *written != number).map_err(|_| "a thread failed")?;
            std::io::stdout().lock().write_all(&output)?;
            *written += 1;
            turn.notify_all();
            if block.is_empty() {
                return Ok(());
            }
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(|| work().map_err(|error| error.to_string()))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or(Err("a thread failed".to_owned())))
    })?;
    Ok(std::io::stdout().flush()?)
}

/// About [`BLOCK`] bytes of whole lines; nothing at the end of the input.
fn read_block(block: &mut Vec<u8>) -> std::io::Result<()> {
    let mut stdin = std::io::stdin().lock();
    while block.len() < BLOCK {
        if stdin.read_until(b'\n', block)? == 0 {
            return Ok(());
        }
    }
    Ok(())
}
