//! One mint from start to end: the request is built and checked, its way out is looked at, credentials are found, the
//! request is sent, and the token is delivered.

use std::path::Path;
use std::sync::Arc;

use super::refusal::Refusal;
use super::{batch, curl, sign};
use crate::app::World;
use crate::catalog::{Defaults, Draft, Given, Input, Kind, Minting, Request};
use crate::commands::input::Reader;
use crate::credentials::{self, Set, Source, Wanted};
use crate::error::{Failure, Note, Result};
use crate::http::{self, Client, Credentials, Expected, Member, Mode, Presence, Settings, Trace};
use crate::options::{General, Mint};
use crate::output::child::Program;
use crate::output::deliver::{self, Destination};
use crate::output::format::render;
use crate::output::report::Report;
use crate::output::request as paper;
use crate::output::{Format, Names};
use crate::providers::SCHEMAS;
use crate::signalwire::Space;
use crate::signalwire::credentials::{PROJECT_ID, SCHEMA, SPACE};
use crate::token::{self, Role, Token};

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
        let kind = self.mint.kind;
        let names = Names::new(kind, self.mint.name.as_deref())?;
        match &kind.minting {
            Minting::Http(_) => self.ask(kind, &names, notes),
            Minting::Signed(way) => {
                sign::refuse_curl(self)?;
                let order = sign::Order::new(kind, *way, self, notes)?;
                if let Some(batch) = &self.mint.batch {
                    return batch::sign(self, batch, order, notes);
                }
                if self.mint.dry_run {
                    return order.show(self, notes);
                }
                self.deliver(&names, notes, |notes| order.token(self, notes))
            }
        }
    }

    /// Asks a service for tokens.
    fn ask(&self, kind: &'static Kind, names: &Names, notes: &mut Vec<Note>) -> Result<u8> {
        let (given, body) = self.read_values(kind)?;
        let draft = Draft::new(kind, &given, body.as_deref(), Defaults::default(), self.world.now(), notes)?;
        if let Some(batch) = &self.mint.batch {
            return batch::ask(self, batch, draft, notes);
        }
        let request = draft.finish(notes)?;
        if self.mint.dry_run || self.mint.curl {
            return self.show(&request, notes);
        }
        self.deliver(names, notes, |notes| self.signalwire(&request, notes))
    }

    /// Refuses flags that contradict each other, whatever else is asked for.
    fn check_flags(&self) -> Result<()> {
        let refuse = |what: &str, hint: &str| Err(Failure::usage(what).with_hint(hint));
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
            return program.run(&token, names, credentials::secret_variables(&SCHEMAS));
        }
        let rendered = render(&token, self.mint.format, names, self.warnings(notes), self.world.now());
        destination.deliver(&rendered)?;
        Ok(0)
    }

    /// The flags of a kind and `--body`, with what stands in files and on stdin.
    pub(super) fn read_values(&self, kind: &Kind) -> Result<(Given, Option<String>)> {
        let mut reader = self.reader()?;
        let body = self.mint.body.as_deref().map(|body| reader.read_body(kind, body)).transpose()?;
        let mut given = self.mint.given.clone();
        for field in kind.fields {
            for value in given.get_mut(field.flag.name).into_iter().flatten().flatten() {
                match (field.input, value.split_once('=')) {
                    (Input::Secret, _) => *value = reader.read_secret(&field.dashed(), value)?,
                    (Input::Entries { json: true, .. }, Some((key, json))) => {
                        *value = format!("{key}={}", reader.read(&field.dashed(), json)?);
                    }
                    (input, _) if input.is_json() => *value = reader.read(&field.dashed(), value)?,
                    _ => {}
                }
            }
        }
        Ok((given, body))
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
        let token =
            send(&way.client, request, self.world, &trace, &mut odd).map_err(|failure| way.refusal.explain(failure))?;
        notes.extend(way.note());
        notes.extend(odd);
        Ok(token)
    }

    pub(super) fn wanted(&self) -> Wanted<'_> {
        Wanted {
            profile: self.general.profile.as_deref(),
            config: self.general.config.as_deref(),
            schemas: &SCHEMAS,
            stdin_taken: self.reads_stdin(),
            timeout: Some(self.mint.settings.timeout),
        }
    }

    /// Whether the lines of a batch or the value of a flag come from standard input.
    fn reads_stdin(&self) -> bool {
        let lines = self.mint.batch.as_ref().is_some_and(|batch| batch.input.as_os_str() == "-");
        lines
            || self.mint.body.as_deref() == Some("-")
            || self.mint.kind.fields.iter().filter(|field| field.input.is_json() || field.input.is_secret()).any(
                |field| {
                    let values = self.mint.given.get(field.flag.name);
                    values.into_iter().flatten().flatten().any(|value| value == "-" || value.ends_with("=-"))
                },
            )
    }

    /// The space that a request on paper goes to, with credentials or without.
    pub(super) fn shown_space(&self, notes: &mut Vec<Note>) -> Result<Space> {
        let set = credentials::find(&SCHEMA, self.wanted(), &self.world.env, notes)?;
        shown_space(set.as_ref())
    }

    /// `--dry-run` and `--curl`: the request on paper.
    fn show(&self, request: &Request, notes: &mut Vec<Note>) -> Result<u8> {
        if self.mint.curl {
            return curl::show(self, request, notes);
        }
        let space = self.shown_space(notes)?;
        let text = if self.mint.format == Format::Json {
            let warnings: Vec<&str> = self.warnings(notes).iter().map(Note::text).collect();
            paper::json(&shown(request), &space, &warnings)
        } else {
            paper::text(&shown(request), &space)
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
    /// Where the credentials came from, in words.
    pub source: String,
    /// What is known where the service refuses them.
    pub refusal: Refusal,
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
        let set = credentials::find(&SCHEMA, wanted, env, notes)?;
        let set = set.ok_or_else(|| credentials::none_found(&SCHEMA, env))?;
        report.trace(&format!("credentials from {}", set.source));
        // What is wrong with the public values is reported before a helper program is run for the secret.
        set.check()?;
        let own_space = space(&set)?;
        let secret = set.reveal(env, notes)?;
        let server = (set.source == Source::Emulator).then(|| Server::start(world)).transpose()?;
        let space = server.as_ref().map_or(own_space, Server::space);
        let credentials = Credentials::Basic(set.public(PROJECT_ID), &secret);
        Ok(Way {
            space: space.to_string(),
            source: set.source.to_string(),
            refusal: Refusal::new(&set, &secret),
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
}

/// A request as it goes on the wire.
fn wire(request: &Request) -> http::Request {
    http::Request::basic(request.endpoint.path, request.bytes())
}

/// A request as it may be shown: a secret in its body is `[redacted]`.
pub fn shown(request: &Request) -> http::Request {
    http::Request::basic(request.endpoint.path, request.redacted())
}

/// Sends a request and gives its token, with its expiry.
///
/// # Errors
/// Exit 4, 5 or 6 as the service's answer or the network has it.
pub fn send(client: &Client, request: &Request, world: &World, trace: Trace, notes: &mut Vec<Note>) -> Result<Token> {
    let (endpoint, flag_of) = (request.endpoint, |attribute: &str| request.flag_of(attribute));
    let looked_up = || request.looked_up();
    let members: Vec<Member> = endpoint.answer.iter().map(expected).collect();
    let secrets = request.secrets();
    let expected = Expected {
        path: endpoint.path,
        members: &members,
        scope: endpoint.scope,
        looked_up: &looked_up,
        secrets: &secrets,
        flag_of: &flag_of,
    };
    let mut answer = client.mint(&wire(request), &expected, trace)?;
    let members = endpoint.answer.iter().map(|member| (*member, answer.take(member.key))).collect();
    notes.append(&mut answer.notes);
    let token = Token { kind: request.kind.name, members, expires_at: None };
    let (own, now) = (token.get(Role::Token).and_then(endpoint.own_expiry), world.now());
    if own.is_some_and(|expiry| expiry <= now) {
        notes.push(Note::Warning("this token is already expired; check this machine's clock".to_owned()));
    }
    Ok(Token { expires_at: own.or_else(|| request.expiry(now)), ..token })
}

fn expected(member: &token::Member) -> Member {
    let presence = if member.role == Role::Token { Presence::Required } else { Presence::Warned };
    Member { name: member.key, presence }
}

/// The space of a request on paper.
pub(super) fn shown_space(set: Option<&Set>) -> Result<Space> {
    let Some(set) = set else { return Ok(Space::placeholder()) };
    set.check_public(SPACE)?;
    space(set)
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
