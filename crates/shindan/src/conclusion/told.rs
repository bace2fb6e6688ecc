use shindan_report::{Diagnosis, Ended, Outcome, Place, Service, Untrusted};

use super::Conclusion;
use crate::{args::word, terms::Terms, time};

/// What only reports tell.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) diagnosis: Option<Diagnosis>,
    /// Whether it would pass if nothing closed the gate.
    pub(super) is_whole: bool,
    pub(super) subject: String,
    pub(super) console: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) fail_on: String,
    pub(super) min_coverage: u32,
    pub(super) place: Option<Place>,
    pub(super) resume: Option<String>,
    pub(super) began_at: Option<String>,
    pub(super) ended_at: String,
    pub(super) raw: Option<String>,
}

impl Told {
    pub(super) fn new(subject: &str, terms: &Terms) -> Self {
        Self {
            subject: subject.to_owned(),
            owner: terms.owner.clone(),
            fail_on: word(&terms.fail_on),
            min_coverage: terms.min_coverage,
            place: terms.place.clone(),
            ended_at: time::now(),
            ..Self::default()
        }
    }
}

impl Conclusion {
    /// As every report tells it.
    pub(crate) fn outcome(&self) -> Outcome {
        let service = if self.service == "vaddy" { Service::Vaddy } else { Service::Wsc };
        let text = |text: &str| Untrusted::new(text);
        let because = self.because.iter().map(|why| text(why)).collect();
        let exit = self.exit();
        let mut outcome = Outcome::new(
            text(&self.target),
            service,
            text(&self.told.subject),
            Ended::new(exit.code(), exit.name(), because),
        );
        outcome.emulated = self.emulated;
        outcome.run.clone_from(&self.run);
        outcome.scan = self.scan.as_deref().map(text);
        outcome.console = self.told.console.as_deref().map(text);
        outcome.owner.clone_from(&self.told.owner);
        outcome.fail_on = Some(self.told.fail_on.clone());
        outcome.min_coverage = Some(self.told.min_coverage);
        outcome.place.clone_from(&self.told.place);
        outcome.resume.clone_from(&self.told.resume);
        outcome.began_at.clone_from(&self.told.began_at);
        outcome.ended_at = Some(self.told.ended_at.clone());
        outcome.seconds = self.seconds;
        outcome.diagnosis.clone_from(&self.told.diagnosis);
        outcome
    }
}
