//! How an answer arrives, if not whole.

/// What the server does with an answer instead of delivering it. It is found in the answer's
/// `extensions()`; whoever calls [`Emulator::answer`](crate::Emulator::answer) carries it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "whoever delivers must know them all")]
pub enum Delivery {
    /// The connection is reset after so many bytes of the body.
    Reset {
        /// Bytes of the body.
        after: usize,
    },
    /// The connection is closed after so many bytes of the body.
    Truncate {
        /// Bytes of the body.
        after: usize,
    },
    /// Nothing comes after so many bytes of the body, and the connection stays open for ten minutes.
    Stall {
        /// Bytes of the body.
        after: usize,
    },
    /// The body comes one byte a second.
    Drip,
    /// A body of 10 GiB comes instead.
    Huge,
}
