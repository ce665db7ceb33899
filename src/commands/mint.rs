//! One mint from start to end: the request is built and checked, its way out is looked at, credentials are found, the
//! request is sent, and the token is delivered.

use std::path::Path;
use std::sync::Arc;

use super::{batch, providers, twilio};
use crate::app::World;
use crate::commands::input::Reader;
use crate::credentials::{self, Set, Source, Wanted};
use crate::error::{Failure, Note, Result};
use crate::http::{self, Client, Credentials, Expected, Member, Mode, Presence, Trace};
use crate::options::Settings;
use crate::options::{General, Mint, What};
use crate::output::child::Program;
use crate::output::deliver::{self, Destination};
use crate::output::format::render;
use crate::output::report::Report;
use crate::output::request as paper;
use crate::output::{Format, Names};
use crate::signalwire::credentials::{PROJECT_ID, SPACE};
use crate::signalwire::field::Input;
use crate::signalwire::request::Draft;
use crate::signalwire::{Endpoint, Given, Request, Space};
use crate::token::{self, Kind, Token};
use crate::twilio::flag::FLAGS;

/// What a mint works with.
pub struct Job<'a> {
    /// Flags of every command.
    pub general: &'a General,
    /// What was typed.
    pub mint: &'a Mint,
    /// The outside.
    pub world: &'a World,
    /// The voice on stderr.
    pub report: &'a Report,
}

impl Job<'_> {
    /// Mints one token and delivers it. The exit status is 0, or that of the command after `--`.
    ///
    /// # Errors
    /// Every exit code but 7 and 8; nothing has then been printed.
    pub fn run(&self, notes: &mut Vec<Note>) -> Result<u8> {
        self.check_flags()?;
        match &self.mint.what {
            What::SignalWire(endpoint, given) => {
                let names = Names::new(endpoint.kind, self.mint.name.as_deref())?;
                let draft = self.draft(endpoint, given, notes)?;
                if let Some(batch) = &self.mint.batch {
                    return batch::signalwire(self, batch, draft, notes);
                }
                let request = draft.finish(notes)?;
                if self.mint.dry_run || self.mint.curl {
                    return self.show(&request, notes);
                }
                self.deliver(&names, notes, |notes| self.signalwire(&request, notes))
            }
            What::Twilio(given) => {
                let names = Names::new(Kind::Twilio, self.mint.name.as_deref())?;
                twilio::refuse_curl(self)?;
                let order = twilio::Order::new(given, self, notes)?;
                if let Some(batch) = &self.mint.batch {
                    return batch::twilio(self, batch, order, notes);
                }
                if self.mint.dry_run {
                    return order.show(self, notes);
                }
                self.deliver(&names, notes, |notes| order.token(self.world, notes))
            }
        }
    }

    /// Refuses flags that contradict each other, whatever else is asked for.
    fn check_flags(&self) -> Result<()> {
        let refuse = |what: &str, hint: &str| Err(Failure::usage(what).hint(hint));
        let resume = self.mint.batch.as_ref().and_then(|batch| batch.resume.as_deref());
        for (flag, file) in [("--write", self.mint.write.as_deref()), ("--resume", resume)] {
            if file == Some(Path::new("-")) {
                let hint = format!("leave out {flag} to print to standard output; a file of that name is ./-");
                return refuse(&format!("{flag} takes a file, and - is none"), &hint);
            }
        }
        let (write, program) = (self.mint.write.is_some(), self.mint.program.is_some());
        match self.mint.format.github_variable() {
            Some(_) if write => refuse(
                "--write cannot be used with a GitHub format",
                "the format itself names the file; use -o dotenv to write one of your own",
            ),
            Some(variable) if program => refuse(
                &format!("a format that writes to {variable} cannot be used with a command after --"),
                "leave out -o: the command has the token in its environment",
            ),
            _ if write && program => refuse(
                "--write cannot be used with a command after --",
                "leave out --write: the command has the token in its environment",
            ),
            _ => Ok(()),
        }
    }

    /// Looks at the way out, mints, and puts the token there.
    fn deliver(
        &self,
        names: &Names,
        notes: &mut Vec<Note>,
        mint: impl FnOnce(&mut Vec<Note>) -> Result<Token>,
    ) -> Result<u8> {
        let program = self.mint.program.as_ref().map(|words| Program::find(words, &self.world.env)).transpose()?;
        let destination = Destination::prepare(self.mint.format, self.mint.write.as_deref(), &self.world.env)?;
        let token = mint(notes)?;
        if let Some(program) = program {
            self.report.notes(&std::mem::take(notes));
            return program.run(&token, names, credentials::secret_variables(&providers::SCHEMAS));
        }
        let rendered = render(&token, self.mint.format, names, self.warnings(notes), self.world.now());
        destination.deliver(&rendered)?;
        Ok(0)
    }

    fn draft(&self, endpoint: &'static Endpoint, given: &Given, notes: &mut Vec<Note>) -> Result<Draft> {
        let mut reader = self.reader()?;
        let body = self.mint.body.as_deref().map(|body| reader.read("--body", body)).transpose()?;
        let mut given = given.clone();
        for field in endpoint.fields.iter().filter(|field| field.input == Input::Json) {
            for value in given.get_mut(field.flag).into_iter().flatten() {
                *value = reader.read(&field.dashed(), value)?;
            }
        }
        Draft::new(endpoint, &given, body.as_deref(), self.world.now(), notes)
    }

    /// Reads values from files and stdin, unless the lines of a batch come from there.
    pub(super) fn reader(&self) -> Result<Reader> {
        let mut reader = Reader::default();
        if self.mint.batch.as_ref().is_some_and(|batch| batch.input.as_os_str() == "-") {
            reader.take_stdin("--batch")?;
        }
        Ok(reader)
    }

    fn signalwire(&self, request: &Request, notes: &mut Vec<Note>) -> Result<Token> {
        let way = Way::find(self.wanted(), &self.mint.settings, Mode::Single, self.world, self.report, notes)?;
        let trace = |line: &str| self.report.trace(line);
        let mut odd = Vec::new();
        let token = send(&way.client, request, self.world, &trace, &mut odd).map_err(|failure| way.explain(failure))?;
        notes.extend(way.note());
        notes.extend(odd);
        Ok(token)
    }

    pub(super) fn wanted(&self) -> Wanted<'_> {
        Wanted {
            profile: self.general.profile.as_deref(),
            config: self.general.config.as_deref(),
            schemas: &providers::SCHEMAS,
            stdin_taken: self.reads_stdin(),
            timeout: Some(self.mint.settings.timeout),
        }
    }

    /// Whether the lines of a batch or the value of a flag come from standard input.
    fn reads_stdin(&self) -> bool {
        let lines = self.mint.batch.as_ref().is_some_and(|batch| batch.input.as_os_str() == "-");
        lines
            || self.mint.body.as_deref() == Some("-")
            || match &self.mint.what {
                What::SignalWire(endpoint, given) => {
                    let fields = endpoint.fields.iter().filter(|field| field.input == Input::Json);
                    fields.filter_map(|field| given.get(field.flag)).flatten().any(|value| value == "-")
                }
                What::Twilio(given) => {
                    let flags = FLAGS.iter().filter(|flag| flag.input.is_json());
                    let mut values = flags.filter_map(|flag| given.get(flag.flag)).flatten().flatten();
                    values.any(|value| value == "-" || value.ends_with("=-"))
                }
            }
    }

    /// The space that a request on paper goes to, with credentials or without.
    pub(super) fn shown_space(&self, notes: &mut Vec<Note>) -> Result<Space> {
        let set = credentials::find(&providers::SIGNALWIRE, self.wanted(), &self.world.env, notes)?;
        set.as_ref().map_or_else(|| Ok(Space::placeholder()), space)
    }

    /// `--dry-run` and `--curl`: the request on paper.
    fn show(&self, request: &Request, notes: &mut Vec<Note>) -> Result<u8> {
        let space = self.shown_space(notes)?;
        let text = if self.mint.curl {
            let unset: Vec<&str> = ["SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN"]
                .into_iter()
                .filter(|name| self.world.env.text(name).is_none())
                .collect();
            if !unset.is_empty() {
                notes.push(Note::Hint(format!("set {} before you run it", unset.join(" and "))));
            }
            self.report.aside(&std::mem::take(notes));
            paper::curl(&wire(request), &space, &self.mint.settings)
        } else if self.mint.format == Format::Json {
            let warnings: Vec<&str> = self.warnings(notes).iter().map(Note::text).collect();
            paper::json(&wire(request), &space, &warnings)
        } else {
            paper::text(&wire(request), &space)
        };
        self.put(&text)
    }

    /// What stands in the `warnings` of JSON: nothing with `-q`.
    pub(super) fn warnings<'n>(&self, notes: &'n [Note]) -> &'n [Note] {
        if self.general.tone.quiet { &[] } else { notes }
    }

    /// Puts what is shown instead of a token where the token would go.
    pub(super) fn put(&self, text: &str) -> Result<u8> {
        match &self.mint.write {
            Some(path) => deliver::replace(path, text.as_bytes())?,
            None => deliver::stdout(text.as_bytes())?,
        }
        Ok(0)
    }
}

/// The way to a space: a client with the credentials that one source gave, and the emulator's server if that is the
/// space.
pub struct Way {
    /// Sends to the space.
    pub client: Arc<Client>,
    /// The origin of the space's URLs.
    pub space: String,
    /// The space's host.
    pub host: String,
    /// Where the credentials came from, in words.
    pub source: String,
    suspicion: Option<&'static str>,
    server: Option<Server>,
}

impl Way {
    /// Finds credentials and makes ready to send with them.
    ///
    /// # Errors
    /// Exit 3 where there are none or they are malformed.
    pub fn find(
        wanted: Wanted,
        settings: &Settings,
        mode: Mode,
        world: &World,
        report: &Report,
        notes: &mut Vec<Note>,
    ) -> Result<Self> {
        let env = &world.env;
        let set = credentials::find(&providers::SIGNALWIRE, wanted, env, notes)?;
        let set = set.ok_or_else(|| credentials::none_found(&providers::SIGNALWIRE, env))?;
        report.trace(&format!("credentials from {}", set.source));
        // What is wrong with the public values is reported before a helper program is run for the secret.
        let own_space = space(&set)?;
        set.check()?;
        let secret = set.reveal(env, notes)?;
        let server = (set.source == Source::Emulator).then(|| Server::start(world)).transpose()?;
        let space = server.as_ref().map_or(own_space, Server::space);
        let credentials = Credentials::Basic(set.public(PROJECT_ID), &secret);
        Ok(Way {
            space: space.to_string(),
            host: space.host().to_owned(),
            source: set.source.to_string(),
            suspicion: suspicion(secret.expose()),
            client: Arc::new(Client::new(space, &credentials, settings, mode, world.clone())?),
            server,
        })
    }

    /// What this space is called from run to run: the emulator has another port in each.
    pub fn name(&self) -> &str {
        if self.server.is_some() { "emulator" } else { &self.space }
    }

    /// What is worth saying about every token from here.
    pub fn note(&self) -> Option<Note> {
        let text = "this token is from the built-in emulator; it is not valid on SignalWire";
        self.server.as_ref().map(|_| Note::Note(text.to_owned()))
    }

    /// What can be behind a refusal of the credentials.
    pub fn causes(&self) -> String {
        let usual = "a wrong project id or API token, a wrong space, or an API token without the needed scope";
        match self.suspicion {
            Some(suspicion) => format!("the API token looks like {suspicion}"),
            None => format!("three causes look alike: {usual} (credentials from {})", self.source),
        }
    }

    fn explain(&self, failure: Failure) -> Failure {
        match self.suspicion {
            Some(_) if failure.http_status() == Some(401) => failure.hint(self.causes()),
            _ => failure,
        }
    }
}

/// What somebody has likely taken for an API token, by its look.
fn suspicion(token: &str) -> Option<&'static str> {
    if token.starts_with("PSK_") {
        Some("a project signing key (PSK_…), which signs webhooks and cannot authenticate")
    } else if token.starts_with("c2c_") || token.starts_with("vpt_") || token.starts_with("eyJ") {
        Some("a client token; the API token begins with PT and is made in the SignalWire Dashboard under API")
    } else {
        None
    }
}

/// A request as it goes on the wire.
pub fn wire(request: &Request) -> http::Request {
    http::Request::basic(request.endpoint.path, request.bytes())
}

/// The members of an answer that are wanted.
fn members(kind: Kind) -> &'static [Member] {
    const TOKEN: Member = Member { name: "token", presence: Presence::Required };
    const REFRESH_TOKEN: Member = Member { name: "refresh_token", presence: Presence::Warned };
    match kind {
        Kind::Guest => &[TOKEN, REFRESH_TOKEN],
        Kind::Chat | Kind::PubSub | Kind::Video | Kind::Twilio => &[TOKEN],
    }
}

/// Sends a request and gives its token, with the end of its life.
///
/// # Errors
/// Exit 4, 5 or 6 as the service's answer or the network has it.
pub fn send(client: &Client, request: &Request, world: &World, trace: Trace, notes: &mut Vec<Note>) -> Result<Token> {
    let (endpoint, flag_of) = (request.endpoint, |attribute: &str| request.flag_of(attribute));
    let members = members(endpoint.kind);
    let expected = Expected { path: endpoint.path, members, scope: endpoint.scope, flag_of: &flag_of };
    let mut answer = client.mint(&wire(request), &expected, trace)?;
    let token = answer.take("token").ok_or_else(|| Failure::internal("an answer without its required members"))?;
    let refresh_token = answer.take("refresh_token");
    notes.append(&mut answer.notes);
    let (kind, now) = (endpoint.kind, world.now());
    let own = match kind {
        Kind::Chat | Kind::PubSub => token::chat_end(token.expose()),
        Kind::Guest | Kind::Video | Kind::Twilio => None,
    };
    let expires_at = own.or_else(|| request.ends(now));
    if own.is_some_and(|end| end <= now) {
        let text = "this token has ended by its own times; check this machine's clock";
        notes.push(Note::Warning(text.to_owned()));
    }
    Ok(Token { kind, token, refresh_token, expires_at })
}

fn space(set: &Set) -> Result<Space> {
    Space::parse(set.public(SPACE), &set.origin(SPACE))
}

/// The emulator of `--profile emulator`, for the time of one run.
struct Server {
    #[cfg(feature = "emulator")]
    running: crate::emulator::Running,
}

#[cfg(feature = "emulator")]
impl Server {
    fn start(world: &World) -> Result<Self> {
        let anywhere = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let emulator = crate::emulator::Emulator::bind(anywhere, crate::emulator::Protocol::Http, world.clone())?;
        Ok(Server { running: emulator.start()? })
    }

    fn space(&self) -> Space {
        Space::loopback(self.running.address().port())
    }
}

#[cfg(not(feature = "emulator"))]
impl Server {
    fn start(_: &World) -> Result<Self> {
        Err(Failure::configuration("this tokenmint was built without its emulator"))
    }

    #[allow(clippy::unused_self, reason = "the same call as with the emulator")]
    fn space(&self) -> Space {
        Space::placeholder()
    }
}
