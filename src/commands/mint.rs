//! One mint from start to end: the request is built and checked, its way out is looked at, credentials are found, the
//! request is sent, and the token is delivered.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::{batch, sign};
use crate::app::World;
use crate::catalog::{Defaults, Draft, Given, Input, Kind, Minting, Request};
use crate::commands::input::Reader;
use crate::credentials::{self, Service, Set, Source, Wanted};
use crate::error::{Failure, Note, Result};
use crate::http::{Answer, Transport};
use crate::options::Settings;
use crate::options::{General, Mint};
use crate::output::child::Program;
use crate::output::deliver::{self, Destination};
use crate::output::format::render;
use crate::output::report::Report;
use crate::output::{Format, Names};
use crate::signalwire::Space;
use crate::token::{Role, Token};

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
            return batch::signalwire(self, batch, draft, notes);
        }
        let request = draft.finish(notes)?;
        if self.mint.dry_run || self.mint.curl {
            return self.show(&request, notes);
        }
        self.deliver(names, notes, |notes| self.signalwire(&request, notes))
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
            return program.run(&token, names);
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
        let way = Way::find(self.wanted(), &self.mint.settings, self.world, self.report, notes)?;
        let answer =
            way.transport.mint(request, &|line| self.report.trace(line)).map_err(|failure| way.explain(failure))?;
        notes.extend(way.note());
        Ok(received(request, answer, self.world.now(), notes))
    }

    pub(super) fn wanted(&self) -> Wanted<'_> {
        Wanted { profile: self.general.profile.as_deref(), config: self.general.config.as_deref() }
    }

    /// The space that a request on paper goes to, with credentials or without.
    pub(super) fn shown_space(&self, notes: &mut Vec<Note>) -> Result<Space> {
        let set = credentials::find(Service::SignalWire, self.wanted(), &self.world.env, notes)?;
        set.as_ref().map_or_else(|| Ok(Space::placeholder()), space)
    }

    /// `--dry-run` and `--curl`: the request on paper.
    fn show(&self, request: &Request, notes: &mut Vec<Note>) -> Result<u8> {
        let space = self.shown_space(notes)?;
        let text = if self.mint.curl {
            let demanded = ["SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN"].map(str::to_owned).into_iter();
            let demanded = demanded.chain(request.secret_variables());
            let unset: Vec<String> = demanded.filter(|name| self.world.env.text(name).is_none()).collect();
            if !unset.is_empty() {
                notes.push(Note::Hint(format!("set {} before you run it", unset.join(" and "))));
            }
            self.report.aside(&std::mem::take(notes));
            request.as_curl(&space, &self.mint.settings)
        } else if self.mint.format == Format::Json {
            let warnings: Vec<&str> = self.warnings(notes).iter().map(Note::text).collect();
            request.as_json(&space, &warnings)
        } else {
            request.as_text(&space)
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

/// The way to a space: a transport with the credentials that one source gave, and the emulator's server if that is the
/// space.
pub struct Way {
    /// Sends to the space.
    pub transport: Arc<Transport>,
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
        world: &World,
        report: &Report,
        notes: &mut Vec<Note>,
    ) -> Result<Self> {
        let env = &world.env;
        let set = credentials::find(Service::SignalWire, wanted, env, notes)?;
        let set = set.ok_or_else(|| credentials::none_found(Service::SignalWire, env))?;
        report.trace(&format!("credentials from {}", set.source));
        // What is wrong with the open values is told before a helper program is run for the secret.
        let (own_space, project) = (space(&set)?, project(&set)?);
        let secret = set.reveal(env, notes)?;
        let server = (set.source == Source::Emulator).then(|| Server::start(world)).transpose()?;
        let space = server.as_ref().map_or(own_space, Server::space);
        Ok(Way {
            space: space.to_string(),
            host: space.host().to_owned(),
            source: set.source.to_string(),
            suspicion: suspicion(secret.expose()),
            transport: Arc::new(Transport::new(space, &project, &secret, settings.clone(), world.clone())?),
            server,
        })
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

/// The token of an answer, with the end of its life.
pub fn received(request: &Request, answer: Answer, now: Timestamp, notes: &mut Vec<Note>) -> Token {
    notes.extend(answer.notes);
    let token = Token { kind: request.kind.name, members: answer.members, expires_at: None };
    let own = token.get(Role::Token).and_then(request.endpoint.own_expiry);
    if own.is_some_and(|expiry| expiry <= now) {
        notes.push(Note::Warning("this token is already expired; check this machine's clock".to_owned()));
    }
    Token { expires_at: own.or_else(|| request.expiry(now)), ..token }
}

fn space(set: &Set) -> Result<Space> {
    Space::parse(&set.open[0], &set.origin(0))
}

/// The project id, which is the user name of Basic authentication and so cannot have a colon in it.
fn project(set: &Set) -> Result<String> {
    let project = &set.open[1];
    if project.contains(':') {
        return Err(Failure::configuration(format!(
            "{} has a colon in it, which a project id never has",
            set.origin(1)
        )));
    }
    Ok(project.clone())
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
