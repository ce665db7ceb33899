//! A decoded token: its parts, its header, its claims. Nothing here fails, since a token that cannot be read is itself
//! something to report.

use super::damage;
use super::problem::Problem;
use crate::json::Object;
use crate::jwt;

/// How a token is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Signed, and readable by anyone: three parts (RFC 7515).
    Jws,
    /// Encrypted: five parts, of which only the header can be read (RFC 7516).
    Jwe,
    /// Neither.
    Opaque,
}

impl Format {
    /// The word in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Jws => "jws",
            Format::Jwe => "jwe",
            Format::Opaque => "opaque",
        }
    }
}

/// A token's readable parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// How it is built.
    pub format: Format,
    /// The header, if there is one.
    pub header: Option<Object>,
    /// The claims, if they can be read.
    pub claims: Option<Object>,
    /// What is wrong with its form.
    pub faults: Vec<Problem>,
}

/// Takes a token apart.
pub fn decode(token: &str) -> Decoded {
    let parts: Vec<&str> = token.split('.').collect();
    let mut faults = Vec::new();
    let Some(header) = object(parts[0], "header", &mut faults) else {
        return Decoded { format: Format::Opaque, header: None, claims: None, faults: Vec::new() };
    };
    let encrypted = header.get("enc").is_some();
    let format = match parts.len() {
        3 if !encrypted => Format::Jws,
        5 => Format::Jwe,
        count => {
            faults.push(Problem::fatal(format!(
                "starts like a JWT but has {}, where {}; it was cut short or extended",
                crate::text::count(count as u64, "part"),
                if encrypted { "an encrypted one has five" } else { "a signed one has three" }
            )));
            Format::Opaque
        }
    };
    let claims = if format == Format::Jws { object(parts[1], "claims", &mut faults) } else { None };
    faults.extend(match format {
        Format::Jws => damage::of_signed(&header, &parts),
        Format::Jwe => damage::of_encrypted(&header, &parts),
        Format::Opaque => None,
    });
    Decoded { format, header: Some(header), claims, faults }
}

/// A part as the JSON object that it should be.
fn object(part: &str, name: &str, faults: &mut Vec<Problem>) -> Option<Object> {
    let bytes = if let Some(bytes) = jwt::decode(part) {
        bytes
    } else {
        let lenient = jwt::decode_lenient(part);
        // Some services read padding all the same.
        faults.push(if lenient.is_some() {
            Problem::mild(format!("the part with the {name} is not unpadded base64url"))
        } else {
            Problem::fatal(format!("the part with the {name} is not base64url"))
        });
        lenient?
    };
    let read = std::str::from_utf8(&bytes).ok().map(Object::parse);
    let Some(Ok(object)) = read else {
        faults.push(Problem::fatal(format!("the part with the {name} is not a JSON object")));
        return None;
    };
    if let Some(key) = object.repeated() {
        faults.push(Problem::mild(format!(
            "the part with the {name} has the key '{}' twice",
            crate::text::clip(key, 60)
        )));
    }
    Some(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made with: printf '%s' '{"alg":"none"}' | basenc --base64url | tr -d =
    const HEADER: &str = "eyJhbGciOiJub25lIn0";
    // '{"a":1}', '[1]', '{"enc":"A256GCM"}' likewise.
    const CLAIMS: &str = "eyJhIjoxfQ";
    const LIST: &str = "WzFd";
    const ENCRYPTED: &str = "eyJlbmMiOiJBMjU2R0NNIn0";

    fn seen(token: &str) -> (Format, bool, Option<String>, String) {
        let decoded = decode(token);
        let claims = decoded.claims.map(|claims| claims.to_string());
        let faults: Vec<String> = decoded.faults.iter().map(ToString::to_string).collect();
        (decoded.format, decoded.header.is_some(), claims, faults.join("; "))
    }

    #[test]
    fn parts_tell_the_format() {
        let claims = Some(r#"{"a":1}"#.to_owned());
        assert_eq!(seen(&format!("{HEADER}.{CLAIMS}.x")), (Format::Jws, true, claims.clone(), String::new()));
        assert_eq!(
            seen(&format!("{ENCRYPTED}..{}.text.{}", "n".repeat(16), "t".repeat(22))),
            (Format::Jwe, true, None, String::new())
        );
        assert_eq!(seen("PT0123"), (Format::Opaque, false, None, String::new()));
        assert_eq!(seen("a.b.c"), (Format::Opaque, false, None, String::new()));
        let (format, _, read, faults) = seen(&format!("{HEADER}=.{CLAIMS}==."));
        assert_eq!((format, read), (Format::Jws, claims));
        assert!(faults.contains("unpadded") && !faults.contains("signature"), "{faults}");
    }

    #[test]
    fn what_was_cut_short_is_named() {
        assert!(seen(HEADER).3.contains("has 1 part, where a signed one has three"));
        assert!(seen(&format!("{ENCRYPTED}..iv")).3.contains("has 3 parts, where an encrypted one has five"));
        assert!(seen(&format!("{HEADER}.{LIST}.x")).3.contains("is not a JSON object"));
        assert!(seen(&format!("{HEADER}.%.x")).3.contains("not base64url"));
    }
}
