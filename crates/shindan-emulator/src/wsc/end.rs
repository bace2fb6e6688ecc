use shindan_proto::Timestamp;
use wsc_model::{CancelJob, InstanceNo, Reply, ResultButton, StopJob, WscFault};

use super::{Service, faults, job::Ended};
use crate::{plot::Scene, route::Play};

impl Play<Service> for CancelJob {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, WscFault> {
        service.end(&self.instance_no, &ResultButton::Cancel, Ended::Canceled, scene.at)?;
        Ok(Reply::new(None))
    }

    fn unreadable(_: &Service) -> WscFault {
        faults::call_fail()
    }
}

impl Play<Service> for StopJob {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, WscFault> {
        service.end(&self.instance_no, &ResultButton::Terminate, Ended::Stopped, scene.at)?;
        Ok(Reply::new(None))
    }

    fn unreadable(_: &Service) -> WscFault {
        faults::call_fail()
    }
}

impl Service {
    /// Ends a job if the console would offer it.
    fn end(
        &mut self,
        number: &InstanceNo,
        offered: &ResultButton,
        ended: impl Fn(Timestamp) -> Ended,
        at: Timestamp,
    ) -> Result<(), WscFault> {
        let place = self.place(number)?;
        let job = &mut self.jobs[place];
        let now = job.time(at);
        if job.button(now).as_ref() != Some(offered) {
            return Err(faults::call_fail());
        }
        job.ended = Some(ended(now));
        Ok(())
    }
}
