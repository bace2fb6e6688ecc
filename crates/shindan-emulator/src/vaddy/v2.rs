use serde::Serialize;
use vaddy_model::{
    VaddyFault,
    v2::{
        CancelScan, CheckRunning, DeleteCrawl, GetScanResult, ListResults, SearchCrawls, StartScan,
    },
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
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, VaddyFault> {
        service.start(Name::Id(self.project_id), self.crawl_id, self.scan_type, scene)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

impl Play<Service> for CancelScan {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, VaddyFault> {
        service.cancel(&self.scan_id, is_v2, scene)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::no_such_scan()
    }
}

impl Play<Service> for GetScanResult {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<impl Serialize, VaddyFault> {
        service.result(&self.scan_id, is_v2, scene)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::no_such_scan()
    }
}

impl Play<Service> for CheckRunning {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, VaddyFault> {
        service.running(&Name::Id(self.project_id), scene)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::no_such_project()
    }
}

impl Play<Service> for SearchCrawls {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, VaddyFault> {
        let search = Search { label: self.search_label, page: self.page, sort: self.sort };
        service.crawls(&Name::Id(self.project_id), &search, scene)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

impl Play<Service> for ListResults {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, VaddyFault> {
        service.list(self.project_number, scene)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::not_match_project_number()
    }
}

impl Play<Service> for DeleteCrawl {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, VaddyFault> {
        service.delete_crawl(self.project_number, self.crawl_id, scene)
    }

    fn unreadable(_: &Service) -> VaddyFault {
        texts::bad_argument()
    }
}

fn is_v2(name: &Name) -> bool {
    matches!(name, Name::Id(_))
}
