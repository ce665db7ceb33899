//! A value that the service takes only once, with the sentences about it.

/// What a request uses up. It is not sent again once it may have arrived, and an answer that is lost cannot be had again.
pub struct Consumed {
    /// The field whose value the service takes only once.
    pub field: &'static str,
    /// What may have happened after a request whose outcome is not known.
    pub unclear: &'static str,
    /// What has happened to an answer that could not be delivered.
    pub lost: &'static str,
    /// The same of one that was kept elsewhere, to be followed by the place.
    pub saved: &'static str,
    /// What to do after either.
    pub remedy: &'static str,
    /// What to do where the service refuses the value.
    pub refused: &'static str,
    /// Why a busy service is not asked again.
    pub once: &'static str,
    /// Why the same request cannot be made again.
    pub single: &'static str,
    /// Why there is no batch of such requests.
    pub no_batch: &'static str,
    /// What a format without the refresh token loses.
    pub raw: &'static str,
}
