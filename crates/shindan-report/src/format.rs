//! How a [`Summary`](crate::Summary) is written down: one module for each format, each a function from a summary to a text.

mod html;
mod markdown;
mod texts;
mod view;

pub use html::html;
pub use markdown::markdown;
