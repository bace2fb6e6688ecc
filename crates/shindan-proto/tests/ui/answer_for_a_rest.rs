use shindan_proto::{Failure, Now, Sent, Waiting};

fn misuse(ticket: Waiting<(), ()>, now: Now) {
    let _ = ticket.received(now, Err(Failure::new(Sent::Never, "refused")));
}

fn main() {}
