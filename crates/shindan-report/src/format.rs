//! How a [`Summary`](crate::Summary) is written down: one module for each format, each a function from a summary to a text.

mod common;
pub mod defectdojo;
pub mod gitlab_dast;
pub mod junit;
pub mod sarif;
pub mod sarif_github;
