use shindan_proto::{Now, Waiting};

fn misuse(ticket: Waiting<(), ()>, now: Now) {
    let _ = ticket.woke(now);
    let _ = ticket.woke(now);
}

fn main() {}
