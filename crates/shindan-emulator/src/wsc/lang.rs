use wsc_model::StatusCode;

/// The language of status texts. What selects it is not documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the vendor's documents have these three")]
pub enum Lang {
    /// English.
    En,
    /// Korean.
    Ko,
    /// Japanese.
    Ja,
}

impl Lang {
    /// The documented text of a state.
    ///
    /// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-searchjobs>
    pub(super) fn text(self, status: StatusCode) -> &'static str {
        let (en, ko, ja) = match status {
            StatusCode::CRAWL_PENDING => ("URL collection pending", "URL 수집 대기", "URL収集待ち"),
            // The Japanese text is that of the example; the table has another.
            StatusCode::CRAWL_RUNNING => {
                ("URL collection in progress", "URL 수집 진행 중", "URL収集中")
            }
            StatusCode::CRAWL_COMPLETED => {
                ("URL collection completed", "URL 수집 완료", "URL収集完了")
            }
            StatusCode::PENDING => ("diagnostic pending", "진단 대기", "診断待ち"),
            StatusCode::RUNNING => ("diagnostic in progress", "진단 진행 중", "診断進行中"),
            StatusCode::COMPLETED => ("diagnostic completed", "진단 완료", "診断完了"),
            StatusCode::FAILED => ("diagnostic failed", "진단 실패", "診断失敗"),
            StatusCode::CRAWL_FAILED => ("URL collection failed", "URL 수집 실패", "URL収集失敗"),
            StatusCode::CANCELED => ("diagnostic canceled", "진단 취소", "診断キャンセル"),
            StatusCode::STOPPING => ("stopping", "중지 중", "停止中"),
            StatusCode::STOPPED => ("job stopped", "작업 중지", "ジョブ停止"),
            StatusCode(_) => ("", "", ""),
        };
        match self {
            Self::En => en,
            Self::Ko => ko,
            Self::Ja => ja,
        }
    }
}
