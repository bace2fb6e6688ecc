//! What holds for every operation of both services: one binary, so that it is linked once.

mod compile_fail;
mod fixture;
mod fixtures;
mod generate;
mod laws;
mod random;
mod retry_table;
mod retry_timing;
mod secrets;
mod signing;

use shindan_wire::Visit;

/// Visits all eighteen operations.
fn each(visit: &mut impl Visit) {
    wsc_model::each(visit);
    vaddy_model::each(visit);
}
