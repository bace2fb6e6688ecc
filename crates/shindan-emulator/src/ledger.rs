/// What a client has caused: the figures that a test of "at most one start" compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ledger {
    /// WSC diagnoses that would have been charged.
    pub wsc_created: u64,
    /// Repeated WSC diagnoses that were free.
    pub wsc_repeated: u64,
    /// VAddy scans.
    pub vaddy_started: u64,
    /// WSC requests whose signature, key or time was not accepted, or that had none.
    pub refused_signatures: u64,
}

impl Ledger {
    /// What `GET /_emulator/ledger` answers.
    pub(crate) fn to_json(self) -> String {
        format!(
            r#"{{"wsc":{{"created":{}}},"vaddy":{{"started":{}}}}}"#,
            self.wsc_created, self.vaddy_started
        )
    }
}
