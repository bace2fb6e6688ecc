use shindan_proto::Timestamp;
use vaddy_model::{
    VaddyFault,
    v2::{
        CancelScan, CheckRunning, DeleteCrawl, GetScanResult, ListResults, SearchCrawls, StartScan,
    },
};

use super::{Service, project::Name, texts};
use crate::route::{Play, Route, route};

pub(super) const ROUTES: [Route<Service>; 7] = [
    route::<_, StartScan>,
    route::<_, CancelScan>,
    route::<_, GetScanResult>,
    route::<_, CheckRunning>,
    route::<_, SearchCrawls>,
    route::<_, ListResults>,
    route::<_, DeleteCrawl>,
];

impl Play<Service> for StartScan {
    fn play(self, service: &mut Service, at: Timestamp) -> Result<Self::Response, VaddyFault> {
        service.start(Name::Id(self.project_id), self.crawl_id, self.scan_type, at)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

impl Play<Service> for CancelScan {
    fn play(self, service: &mut Service, at: Timestamp) -> Result<Self::Response, VaddyFault> {
        service.cancel(&self.scan_id, is_v2, at)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::no_such_scan()
    }
}

impl Play<Service> for GetScanResult {
    fn play(self, service: &mut Service, at: Timestamp) -> Result<Self::Response, VaddyFault> {
        service.result(&self.scan_id, is_v2, at)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::no_such_scan()
    }
}

impl Play<Service> for CheckRunning {
    fn play(self, service: &mut Service, at: Timestamp) -> Result<Self::Response, VaddyFault> {
        service.running(&Name::Id(self.project_id), at)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::no_such_project()
    }
}

impl Play<Service> for SearchCrawls {
    fn play(self, service: &mut Service, _at: Timestamp) -> Result<Self::Response, VaddyFault> {
        service.crawls(&Name::Id(self.project_id), self.search_label.as_deref(), self.page)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

impl Play<Service> for ListResults {
    fn play(self, service: &mut Service, at: Timestamp) -> Result<Self::Response, VaddyFault> {
        service.list(self.project_number, at)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::not_match_project_number()
    }
}

impl Play<Service> for DeleteCrawl {
    fn play(self, service: &mut Service, _at: Timestamp) -> Result<Self::Response, VaddyFault> {
        service.delete_crawl(self.project_number, self.crawl_id)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

fn is_v2(name: &Name) -> bool {
    matches!(name, Name::Id(_))
}
