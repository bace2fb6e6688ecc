//! Both services, with starts whose answers are lost and lists that show what they are told to.

use std::sync::{Arc, Mutex, MutexGuard, mpsc::Receiver};

use crate::canned::{Asked, Canned, ok};

/// What the lists show once something was started.
#[derive(Clone, Copy)]
pub(crate) enum Lists {
    Nothing,
    TheScan,
    Unreadable,
}

/// What the service is to do.
pub(crate) struct Manner {
    names_scans: bool,
    pub(crate) lists: Lists,
    memo: Option<String>,
}

pub(crate) struct Lossy {
    pub(crate) canned: Canned,
    manner: Arc<Mutex<Manner>>,
}

pub(crate) fn is_start(asked: &Asked) -> bool {
    asked.line.starts_with("PUT") || asked.body.contains("action=start")
}

impl Lossy {
    pub(crate) fn start() -> Self {
        Self::holding(|_| {})
    }

    /// Waits with the answer to a start until the other end is dropped, and then names the scan.
    pub(crate) fn held_at_start(held: Receiver<()>) -> Self {
        let lossy = Self::holding(move |asked| {
            if is_start(asked) {
                let _dropped = held.recv();
            }
        });
        lossy.names_scans();
        lossy
    }

    /// Every question is shown to `hold` before it is answered.
    pub(crate) fn holding(hold: impl Fn(&Asked) + Send + 'static) -> Self {
        let manner = Manner { names_scans: false, lists: Lists::Nothing, memo: None };
        let manner = Arc::new(Mutex::new(manner));
        let told = Arc::clone(&manner);
        let canned = Canned::start(move |asked, _| {
            hold(asked);
            ok(&told.lock().expect("nobody panics with it").answer(asked))
        });
        Self { canned, manner }
    }

    pub(crate) fn manner(&self) -> MutexGuard<'_, Manner> {
        self.manner.lock().expect("nobody panics with it")
    }

    /// From now on starts are answered as they should be.
    pub(crate) fn names_scans(&self) {
        let mut manner = self.manner();
        (manner.names_scans, manner.lists) = (true, Lists::TheScan);
    }

    pub(crate) fn starts(&self) -> usize {
        self.canned.asked().iter().filter(|asked| is_start(asked)).count()
    }

    /// The project's number is what a lost scan of VAddy is found by.
    pub(crate) fn env(&self) -> Vec<(&str, &str)> {
        [&self.canned.env()[..], &[("VADDY_PROJECT_NUMBER", "7")]].concat()
    }
}

impl Manner {
    fn answer(&mut self, asked: &Asked) -> String {
        let line = asked.line.as_str();
        if is_start(asked) {
            let memo = asked.body.split_once("[scan:").and_then(|(_, rest)| rest.split_once(']'));
            self.memo = Some(memo.map_or_else(String::new, |(token, _)| format!("[scan:{token}]")));
            return match (self.names_scans, line.starts_with("PUT")) {
                (false, _) => "<html>".to_owned(),
                (true, true) => r#"{"returnCode":"0","resources":{"instanceNo":"11"}}"#.to_owned(),
                (true, false) => r#"{"scan_id":"7-b1"}"#.to_owned(),
            };
        }
        if line.contains("runcheck") {
            return r#"{"running_process":0}"#.to_owned();
        }
        if line.contains("/scan/result?") {
            let report = r#"{"status":"finish","scan_count":57,"alert_count":0,"complete":100}"#;
            return report.to_owned();
        }
        let memo = match (self.lists, &self.memo) {
            (Lists::Unreadable, Some(_)) => return "<html>".to_owned(),
            (Lists::TheScan, memo) => memo.as_ref(),
            _ => None,
        };
        if line.contains("/scan/results/list") {
            let scan =
                r#"{"scan_id":"7-b1","status":"Complete","start_time":"2099-01-01T00:00:00+0000"}"#;
            let items = memo.map_or("", |_| scan);
            return format!(r#"{{"project_number":7,"page":1,"limit":20,"items":[{items}]}}"#);
        }
        let job = |memo| {
            format!(
                r#"{{"instanceNo":"11","status":"Scheduled","result_button":"cancel","memo":"{memo}"}}"#
            )
        };
        format!(
            r#"{{"returnCode":"0","resources":{{"total_cnt":{},"total_page_cnt":1,"current_start_page":1,"current_end_page":1,"record_data":[{}]}}}}"#,
            u8::from(memo.is_some()),
            memo.map_or_else(String::new, job)
        )
    }
}
