fn main() {
    let untrusted = shindan_report::Untrusted::new("text");
    let _ = format!("{}", untrusted);
}
