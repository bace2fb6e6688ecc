//! How a [`Summary`](crate::Summary) is written down: one module for each format, each a function from a summary to a text.
