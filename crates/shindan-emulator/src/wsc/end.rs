use shindan_proto::Timestamp;
use wsc_model::{CancelJob, InstanceNo, Reply, ResultButton, StopJob, WscFault};

use super::{Service, job::Ended};
use crate::route::Play;

impl Play<Service> for CancelJob {
    fn play(self, service: &mut Service, at: Timestamp) -> Result<Self::Response, WscFault> {
        service.end(&self.instance_no, &ResultButton::Cancel, Ended::Canceled(at), at)?;
        Ok(Reply::new(None))
    }

    fn unreadable(service: &Service) -> WscFault {
        service.call_fail()
    }
}

impl Play<Service> for StopJob {
    fn play(self, service: &mut Service, at: Timestamp) -> Result<Self::Response, WscFault> {
        service.end(&self.instance_no, &ResultButton::Terminate, Ended::Stopped(at), at)?;
        Ok(Reply::new(None))
    }

    fn unreadable(service: &Service) -> WscFault {
        service.call_fail()
    }
}

impl Service {
    /// Ends a job if the console would offer it.
    fn end(
        &mut self,
        number: &InstanceNo,
        offered: &ResultButton,
        ended: Ended,
        at: Timestamp,
    ) -> Result<(), WscFault> {
        let place = self.place(number)?;
        if self.jobs[place].button(at).as_ref() != Some(offered) {
            return Err(self.call_fail());
        }
        self.jobs[place].ended = Some(ended);
        Ok(())
    }
}
