use shindan_wire::Secret;

fn misuse(secret: Secret<String>) -> String {
    format!("{}", secret)
}

fn main() {}
