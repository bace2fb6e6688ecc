use shindan_proto::VaddyKey;

fn misuse(key: &VaddyKey) -> serde_json::Result<String> {
    serde_json::to_string(key)
}

fn main() {}
