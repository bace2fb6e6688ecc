//! How a [`Summary`](crate::Summary) is written down: one module for each format, each a function from a summary to a text.

mod common;
mod defectdojo;
mod gitlab_dast;
mod junit;
mod sarif;
mod sarif_github;

pub use defectdojo::defectdojo;
pub use gitlab_dast::{DastVersion, gitlab_dast};
pub use junit::junit;
pub use sarif::sarif;
pub use sarif_github::{FALLBACK, sarif_github};
