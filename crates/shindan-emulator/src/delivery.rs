/// What becomes of an answer on its way: a marker in its extensions, which a server carries out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "whoever carries it out handles each of them")]
pub enum Delivery {
    /// The connection is reset when so many bytes of the body have left.
    Reset {
        /// Bytes of the body.
        after: usize,
    },
    /// The connection is closed in order when so many bytes of the body have left.
    Truncate {
        /// Bytes of the body.
        after: usize,
    },
    /// Nothing more is sent when so many bytes of the body have left, and the connection stays open.
    Stall {
        /// Bytes of the body.
        after: usize,
    },
    /// Byte by byte, slowly.
    Drip,
    /// Followed by more than anybody reads.
    Huge,
}
