use serde::Serialize;
use vaddy_model::{
    VaddyFault,
    v1::{CancelScan, CheckRunning, GetScanResult, SearchCrawls, StartScan},
};

use super::{
    Service,
    project::{Name, Search},
    texts,
};
use crate::{
    plot::Scene,
    route::{Play, Route, route},
};

pub(super) const ROUTES: [Route<Service>; 5] = [
    route::<_, StartScan>,
    route::<_, CancelScan>,
    route::<_, GetScanResult>,
    route::<_, CheckRunning>,
    route::<_, SearchCrawls>,
];

impl Play<Service> for StartScan {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, VaddyFault> {
        service.start(Name::Fqdn(self.fqdn), self.crawl_id, self.scan_type, scene)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

impl Play<Service> for CancelScan {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, VaddyFault> {
        let name = Name::Fqdn(self.fqdn);
        service.project(&name)?;
        service.cancel(&self.scan_id, |project| *project == name, scene)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

impl Play<Service> for GetScanResult {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<impl Serialize, VaddyFault> {
        let name = Name::Fqdn(self.fqdn);
        service.project(&name)?;
        service.result(&self.scan_id, |project| *project == name, scene)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

impl Play<Service> for CheckRunning {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, VaddyFault> {
        service.running(&Name::Fqdn(self.fqdn), scene)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

impl Play<Service> for SearchCrawls {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, VaddyFault> {
        let search = Search { label: self.search_label, page: self.page, sort: self.sort };
        service.crawls(&Name::Fqdn(self.fqdn), &search, scene)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}
