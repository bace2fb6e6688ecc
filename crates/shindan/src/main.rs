//! The `shindan` binary.
fn main() {}
