//! One POST over TLS, or many over one agent.

use std::error::Error;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{PemItem, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// The body that tokenmint sends for `chat --ttl 1h --channel lobby=rw`.
const BODY: &[u8] = br#"{"ttl":60,"channels":{"lobby":{"read":true,"write":true}}}"#;
/// `01234567-89ab-cdef-0123-456789abcdef:token` as Basic authentication writes it. The server looks at nothing of it.
const AUTHORIZATION: &str = "Basic MDEyMzQ1NjctODlhYi1jZGVmLTAxMjMtNDU2Nzg5YWJjZGVmOnRva2Vu";

#[derive(serde::Deserialize)]
struct Answer {
    token: String,
}

/// An agent that trusts one file's certificates and keeps a connection for every job.
pub fn agent(ca: &str, jobs: usize) -> Result<Agent, Box<dyn Error>> {
    let pem = std::fs::read(ca)?;
    let certificates: Vec<_> = ureq::tls::parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    let tls = TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(certificates))).build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .input_buffer_size(16 * 1024)
        .output_buffer_size(16 * 1024)
        .max_idle_connections(jobs)
        .max_idle_connections_per_host(jobs)
        .build();
    Ok(Agent::with_parts(config, DefaultConnector::default(), Remember::default()))
}

/// One token.
pub fn mint(agent: &Agent, url: &str) -> Result<String, Box<dyn Error>> {
    let mut response =
        agent.post(url).header("authorization", AUTHORIZATION).header("content-type", "application/json").send(BODY)?;
    let body = response.body_mut().read_to_vec()?;
    Ok(serde_json::from_slice::<Answer>(&body)?.token)
}

/// `count` tokens, each on a line of its own in the order in which they come.
pub fn batch(url: &str, ca: &str, jobs: usize, count: usize) -> Result<(), Box<dyn Error>> {
    let agent = agent(ca, jobs)?;
    let taken = AtomicUsize::new(0);
    let output = Mutex::new(std::io::BufWriter::with_capacity(64 * 1024, std::io::stdout()));
    let work = || -> Result<(), String> {
        loop {
            let line = taken.fetch_add(1, Ordering::Relaxed) + 1;
            if line > count {
                return Ok(());
            }
            let token = mint(&agent, url).map_err(|error| error.to_string())?;
            let mut output = output.lock().map_err(|error| error.to_string())?;
            writeln!(output, "{{\"line\":{line},\"token\":\"{token}\"}}").map_err(|error| error.to_string())?;
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or(Err("a thread failed".to_owned())))
    })?;
    Ok(output.into_inner()?.flush()?)
}

/// The first addresses found serve all requests, as in tokenmint.
#[derive(Debug, Default)]
struct Remember {
    resolver: DefaultResolver,
    known: OnceLock<ResolvedSocketAddrs>,
}

impl Resolver for Remember {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let known = match self.known.get() {
            Some(known) => known,
            None => {
                let found = self.resolver.resolve(uri, config, timeout)?;
                self.known.get_or_init(|| found)
            }
        };
        let mut addresses = self.resolver.empty();
        for address in known.iter() {
            addresses.push(*address);
        }
        Ok(addresses)
    }
}
