use shindan_proto::Timestamp;
use vaddy_model::{
    VaddyFault,
    v1::{CancelScan, CheckRunning, GetScanResult, SearchCrawls, StartScan},
};

use super::{Service, project::Name, texts};
use crate::route::{Play, Route, route};

pub(super) const ROUTES: [Route<Service>; 5] = [
    route::<_, StartScan>,
    route::<_, CancelScan>,
    route::<_, GetScanResult>,
    route::<_, CheckRunning>,
    route::<_, SearchCrawls>,
];

impl Play<Service> for StartScan {
    fn play(self, service: &mut Service, at: Timestamp) -> Result<Self::Response, VaddyFault> {
        service.start(Name::Fqdn(self.fqdn), self.crawl_id, self.scan_type, at)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

impl Play<Service> for CancelScan {
    fn play(self, service: &mut Service, at: Timestamp) -> Result<Self::Response, VaddyFault> {
        let name = Name::Fqdn(self.fqdn);
        service.project(&name)?;
        service.cancel(&self.scan_id, |project| *project == name, at)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

impl Play<Service> for GetScanResult {
    fn play(self, service: &mut Service, at: Timestamp) -> Result<Self::Response, VaddyFault> {
        let name = Name::Fqdn(self.fqdn);
        service.project(&name)?;
        service.result(&self.scan_id, |project| *project == name, at)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

impl Play<Service> for CheckRunning {
    fn play(self, service: &mut Service, at: Timestamp) -> Result<Self::Response, VaddyFault> {
        service.running(&Name::Fqdn(self.fqdn), at)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

impl Play<Service> for SearchCrawls {
    fn play(self, service: &mut Service, _at: Timestamp) -> Result<Self::Response, VaddyFault> {
        service.crawls(&Name::Fqdn(self.fqdn), self.search_label.as_deref(), self.page)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}
