use core::error::Error;

/// A service, as far as all of its operations agree.
pub trait Api: Send + Sync + 'static {
    /// The name used in errors and documents.
    const NAME: &'static str;
    /// Headers that every request carries.
    const HEADERS: &'static [(&'static str, &'static str)] = &[];
    /// How the service says no.
    type Fault: Fault;

    /// Reads an answer as a refusal, or `None` if it does not look like one.
    ///
    /// The body decides, whatever the status: an error may travel in a 200. Every status other than
    /// 2xx is a fault, even if its body says nothing.
    fn fault(status: u16, body: &[u8]) -> Option<Self::Fault>;
}

/// A complete answer in which the server says no.
pub trait Fault: Clone + PartialEq + Error + Send + Sync + 'static {
    /// The HTTP status.
    fn status(&self) -> u16;
    /// What generic code may know about it.
    fn kind(&self) -> FaultKind;
    /// The vendor's code, if it gave one. Text from the network: escape it before showing it.
    fn code(&self) -> Option<&str>;
    /// The vendor's text. Text from the network: escape it before showing it.
    fn message(&self) -> &str;
    /// The body that carries this fault: the inverse of [`Api::fault`].
    fn to_body(&self) -> Vec<u8>;
}

/// What kind of no it is. Only what a vendor documents is recognized as a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the retry table must answer for each of them")]
pub enum FaultKind {
    /// Too fast: it was not executed and may be sent again later.
    Throttled,
    /// The contract's quota is used up: not executed, and waiting does not help.
    Quota,
    /// The key, the signature or the clock was not accepted: not executed.
    Unauthenticated,
    /// The key is known but may not do this: not executed.
    Forbidden,
    /// A documented refusal: not executed.
    Refused,
    /// A failure behind the front door: it may have been executed.
    Server,
    /// A documented catch-all ("try later" and "no such number" in one code): it may have been executed.
    CatchAll,
    /// Nothing that the vendor documents, so it may have been executed.
    Unrecognized,
}
