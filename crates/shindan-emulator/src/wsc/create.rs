use shindan_proto::Timestamp;
use wsc_model::{CreateJob, InstanceNo, Reply, RescanButton, StatusCode, WscFault};

use super::{Service, faults, job::StoredJob};
use crate::{clock::Polled, plot::Scene, route::Play};

/// What is said of a job, in bytes of JSON; that it has a limit is assumed.
const LONGEST: usize = 16 << 10;

/// The number of the vendor's examples.
const FIRST_NUMBER: u64 = 1_234_567_890;

impl Play<Service> for CreateJob {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, WscFault> {
        check(&self)?;
        let (at, plot) = (scene.at, scene.plot());
        let master = service.master(&self, at)?;
        let place = service.jobs.ever();
        match master {
            Some(master) if service.is_free(&self, master, at) => service.free += 1,
            _ => service.billed += 1,
        }
        if let Some(master) = master {
            service.jobs[master].repetitions.push(place);
        }
        let number = FIRST_NUMBER + u64::from(service.seed) * 1_000_000 + place as u64;
        let number = InstanceNo::new(&number.to_string()).expect("it has at most 20 digits");
        let resources = (service.names_created && plot.names_created).then(|| {
            let json = format!(r#"{{"instanceNo":"{number}"}}"#);
            serde_json::from_str(&json).expect("an object with a number is json")
        });
        service.jobs.push(StoredJob {
            number,
            asked: self,
            scenario: scene.scenario,
            created: at,
            polled: Polled::default(),
            ended: None,
            report_reads: 0,
            master,
            repetitions: Vec::new(),
            shown: None,
        });
        Ok(Reply::new(resources))
    }

    fn unreadable(_: &Service) -> WscFault {
        faults::bad_request()
    }
}

impl Service {
    /// The finished job that is to be repeated, by its place.
    fn master(&self, create: &CreateJob, at: Timestamp) -> Result<Option<usize>, WscFault> {
        let Some(number) = &create.master_instance_no else { return Ok(None) };
        let place = self.place(number)?;
        let job = &self.jobs[place];
        if job.status(job.time(at)) == StatusCode::COMPLETED && job.master.is_none() {
            Ok(Some(place))
        } else {
            Err(faults::call_fail())
        }
    }

    /// Whether a repetition is free. That one which is not is charged, and not refused, is assumed.
    fn is_free(&self, create: &CreateJob, master: usize, at: Timestamp) -> bool {
        let master = &self.jobs[master];
        master.rescan(master.time(at)) == Some(RescanButton::Possible)
            && master.asked.start_url == create.start_url
    }
}

/// The list of items to look for is only partly known, so none is refused.
fn check(create: &CreateJob) -> Result<(), WscFault> {
    let url = &create.start_url;
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    if rest.is_none_or(str::is_empty) {
        return Err(faults::bad_url());
    }
    let is_long = serde_json::to_vec(create).is_ok_and(|json| json.len() > LONGEST);
    if is_long
        || create.vuln_items.is_empty()
        || !create.user_agent.is_known()
        || !create.speed.is_known()
    {
        return Err(faults::bad_value());
    }
    Ok(())
}
