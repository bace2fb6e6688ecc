use shindan_proto::{NcpKey, Now, Target};

fn misuse(wsc: &Target<NcpKey>, now: Now) {
    let _ = wsc.call(now, &vaddy_model::v2::CheckRunning::new("6eb1f9fcbdb6a5a"));
}

fn main() {}
