//! The status that a request orders for itself: `Prefer: code=429` (RFC 7240).

use crate::server::Head;

/// The value of the preference `code`, if a request has one. Other preferences are ignored.
pub(super) fn code(head: &Head) -> Option<String> {
    let lists = head.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split([',', ';'])).find_map(|preference| {
        let (name, value) = preference.split_once('=')?;
        let is_code = name.trim().eq_ignore_ascii_case("code");
        is_code.then(|| value.trim().trim_matches('"').to_owned())
    })
}
