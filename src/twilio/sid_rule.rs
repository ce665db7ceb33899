//! Fields that hold a SID.

use crate::catalog::Problem;
use crate::catalog::rule::{Rule, not_string};
use crate::json;
use crate::sid::Sid;
use crate::text;

/// A SID of this kind.
pub(super) struct Is(pub Sid);

impl Rule for Is {
    fn check(&self, raw: &str) -> Vec<Problem> {
        match json::as_str(raw) {
            None => vec![not_string()],
            Some(given) => {
                self.0.check(&given).err().map(|fault| Problem::ours(fault.to_string())).into_iter().collect()
            }
        }
    }
}

/// The SID of a service, or the word `default`.
pub(super) struct ServiceOrDefault;

impl Rule for ServiceOrDefault {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let Some(given) = json::as_str(raw) else { return vec![not_string()] };
        let fault = if given == "default" { None } else { Sid::Service.check(&given).err() };
        let near = || text::did_you_mean(&given, ["default"]);
        fault.map(|fault| Problem::ours(format!("{fault} (or it is the word default){}", near()))).into_iter().collect()
    }
}
