/// Kinds of vulnerabilities by the end of their rule id, in Korean and Japanese. English ones come with the rule.
pub(super) const RULES: &[(&str, [&str; 2])] = &[
    ("sql-injection", ["SQL 인젝션", "SQLインジェクション"]),
    ("blind-sql-injection", ["블라인드 SQL 인젝션", "ブラインドSQLインジェクション"]),
    ("nosql-injection", ["NoSQL 인젝션", "NoSQLインジェクション"]),
    ("xss", ["크로스 사이트 스크립팅(XSS)", "クロスサイトスクリプティング（XSS）"]),
    ("stored-xss", ["저장형 크로스 사이트 스크립팅", "格納型クロスサイトスクリプティング"]),
    ("dom-xss", ["DOM 기반 크로스 사이트 스크립팅", "DOMベースのクロスサイトスクリプティング"]),
    ("ssi-injection", ["SSI 인젝션", "SSIインジェクション"]),
    ("os-command-injection", ["OS 명령어 인젝션", "OSコマンドインジェクション"]),
    ("eval-injection", ["Eval 인젝션", "Evalインジェクション"]),
    ("code-injection", ["코드 인젝션", "コードインジェクション"]),
    (
        "template-injection",
        ["서버 사이드 템플릿 인젝션", "サーバーサイドテンプレートインジェクション"],
    ),
    ("ldap-injection", ["LDAP 인젝션", "LDAPインジェクション"]),
    ("xpath-injection", ["XPath 인젝션", "XPathインジェクション"]),
    ("xxe", ["XML 외부 개체 참조(XXE)", "XML外部実体参照（XXE）"]),
    ("header-injection", ["HTTP 헤더 인젝션", "HTTPヘッダーインジェクション"]),
    ("host-header-injection", ["호스트 헤더 인젝션", "ホストヘッダーインジェクション"]),
    ("mail-header-injection", ["메일 헤더 인젝션", "メールヘッダーインジェクション"]),
    ("path-traversal", ["경로 조작", "ディレクトリトラバーサル"]),
    ("local-file-inclusion", ["로컬 파일 삽입", "ローカルファイルインクルージョン"]),
    ("remote-file-inclusion", ["원격 파일 삽입", "リモートファイルインクルージョン"]),
    ("file-upload", ["제한 없는 파일 업로드", "無制限のファイルアップロード"]),
    ("file-download", ["임의 파일 다운로드", "任意のファイルのダウンロード"]),
    ("directory-listing", ["디렉터리 목록 노출", "ディレクトリ一覧の表示"]),
    ("private-file", ["비공개 파일 노출", "非公開ファイルの公開"]),
    ("backup-file", ["백업 파일 노출", "バックアップファイルの公開"]),
    ("source-code-disclosure", ["소스 코드 노출", "ソースコードの漏えい"]),
    ("information-disclosure", ["정보 노출", "情報漏えい"]),
    ("error-message", ["오류 메시지 노출", "エラーメッセージの表示"]),
    ("ssrf", ["서버 사이드 요청 위조(SSRF)", "サーバーサイドリクエストフォージェリ（SSRF）"]),
    ("csrf", ["크로스 사이트 요청 위조(CSRF)", "クロスサイトリクエストフォージェリ（CSRF）"]),
    ("open-redirect", ["오픈 리다이렉트", "オープンリダイレクト"]),
    ("deserialization", ["안전하지 않은 역직렬화", "安全でないデシリアライズ"]),
    ("clickjacking", ["클릭재킹", "クリックジャッキング"]),
    ("cors", ["CORS 설정 오류", "CORSの設定不備"]),
    ("buffer-overflow", ["버퍼 오버플로우", "バッファオーバーフロー"]),
    ("format-string", ["포맷 스트링", "フォーマットストリング"]),
    ("session-fixation", ["세션 고정", "セッション固定"]),
    ("session-prediction", ["예측 가능한 세션 ID", "予測可能なセッションID"]),
    ("session-expiration", ["만료되지 않는 세션", "期限切れにならないセッション"]),
    ("cookie-manipulation", ["쿠키 변조", "Cookieの改ざん"]),
    ("cookie-without-secure", ["Secure 속성 미설정", "Secure属性のないCookie"]),
    ("cookie-without-httponly", ["HttpOnly 속성 미설정", "HttpOnly属性のないCookie"]),
    ("access-control", ["접근 통제 미흡", "アクセス制御の不備"]),
    ("authorization", ["불충분한 인가", "認可の不備"]),
    ("authentication", ["불충분한 인증", "認証の不備"]),
    ("weak-password", ["취약한 비밀번호", "脆弱なパスワード"]),
    ("password-recovery", ["취약한 비밀번호 복구", "脆弱なパスワード復旧"]),
    ("brute-force", ["무차별 대입 공격", "総当たり攻撃"]),
    ("process-validation", ["프로세스 검증 누락", "プロセス検証の不備"]),
    ("admin-page", ["관리자 페이지 노출", "管理画面の公開"]),
    ("predictable-location", ["예측 가능한 리소스 위치", "予測可能なリソースの位置"]),
    ("cleartext", ["데이터 평문 전송", "データの平文送信"]),
    ("weak-tls", ["취약한 SSL/TLS", "脆弱なSSL/TLS"]),
    ("http-method", ["불필요한 HTTP 메서드", "不要なHTTPメソッド"]),
    ("security-header", ["보안 헤더 누락", "セキュリティヘッダーの欠如"]),
    (
        "vulnerable-component",
        ["알려진 취약점이 있는 구성 요소", "既知の脆弱性があるコンポーネント"],
    ),
    ("malicious-content", ["악성 콘텐츠", "悪性コンテンツ"]),
    ("alerts", ["VAddy가 알린 취약점", "VAddyが検出した脆弱性"]),
    ("undescribed", ["설명이 없는 취약점", "説明のない脆弱性"]),
];

/// No sentence of ours has more characters.
const LONGEST: usize = 200;

/// Our sentences with their numbers taken out, in English, Korean and Japanese.
const SENTENCES: &[(&str, [&str; 2])] = &[
    ("{} high", ["높음 {0}건", "高 {0}件"]),
    ("{} medium", ["중간 {0}건", "中 {0}件"]),
    ("{} low", ["낮음 {0}건", "低 {0}件"]),
    ("{} unrated", ["등급 없음 {0}건", "評価なし {0}件"]),
    ("{} in total", ["합계 {0}건", "合計 {0}件"]),
    ("alerts: {}", ["알림 {0}건", "アラート {0}件"]),
    ("only {}% complete", ["{0}%만 완료됨", "{0}%のみ完了"]),
    (
        "{} of {} domains not scanned",
        ["도메인 {1}개 중 {0}개를 진단하지 못함", "ドメイン{1}件中{0}件が未診断"],
    ),
    (
        "the numbers of findings do not add up to their total",
        ["취약점 수의 합이 합계와 다름", "脆弱性の件数が合計と一致しない"],
    ),
    ("a number of findings is missing", ["취약점 수가 누락됨", "脆弱性の件数が欠けている"]),
    ("no domain was scanned", ["진단한 도메인이 없음", "診断したドメインがない"]),
    ("the scan has not finished", ["진단이 끝나지 않음", "診断が終わっていない"]),
    ("the number of alerts is missing", ["알림 수가 누락됨", "アラートの件数が欠けている"]),
    (
        "{}% complete is no percentage that can be trusted",
        ["완료율 {0}%는 신뢰할 수 없는 값임", "完了率{0}%は信頼できない値である"],
    ),
    ("how much is complete is missing", ["완료율이 누락됨", "完了率が欠けている"]),
    (
        "no test request was sent",
        ["전송된 테스트 요청이 없음", "テストリクエストが送信されていない"],
    ),
    (
        "the number of test requests is missing",
        ["테스트 요청 수가 누락됨", "テストリクエスト数が欠けている"],
    ),
    (
        "{} part of the report cannot be read",
        ["보고서 중 {0}개 부분을 읽을 수 없음", "レポートのうち{0}か所を読み取れない"],
    ),
    (
        "the report describes {} findings of high risk, but counts {}",
        [
            "보고서에 설명된 위험도 높음 취약점은 {0}건이나 집계는 {1}건임",
            "危険度「高」の脆弱性が{0}件記載されているが、集計は{1}件である",
        ],
    ),
    (
        "the report describes {} findings of medium risk, but counts {}",
        [
            "보고서에 설명된 위험도 중간 취약점은 {0}건이나 집계는 {1}건임",
            "危険度「中」の脆弱性が{0}件記載されているが、集計は{1}件である",
        ],
    ),
    (
        "the report describes {} findings of low risk, but counts {}",
        [
            "보고서에 설명된 위험도 낮음 취약점은 {0}건이나 집계는 {1}건임",
            "危険度「低」の脆弱性が{0}件記載されているが、集計は{1}件である",
        ],
    ),
    (
        "{} parts of the report cannot be read",
        ["보고서 중 {0}개 부분을 읽을 수 없음", "レポートのうち{0}か所を読み取れない"],
    ),
    (
        "{} accepted finding has expired",
        ["수용 기한이 지난 취약점 {0}건", "受容期限切れの脆弱性{0}件"],
    ),
    (
        "{} accepted findings have expired",
        ["수용 기한이 지난 취약점 {0}건", "受容期限切れの脆弱性{0}件"],
    ),
    (
        "the numbers of the report are missing or contradict each other",
        ["보고서의 수치가 누락되었거나 서로 맞지 않음", "レポートの数値が欠けているか矛盾している"],
    ),
    ("nobody knows whether it was started", ["시작되었는지 알 수 없음", "開始されたかどうか不明"]),
];

/// A sentence of ours in Korean (0) or Japanese (1).
pub(super) fn sentence(said: &str, lang: usize) -> Option<String> {
    let is_digit = |c: char| c.is_ascii_digit();
    let mut shape = String::new();
    for c in said.chars().take(LONGEST) {
        if !is_digit(c) {
            shape.push(c);
        } else if !shape.ends_with("{}") {
            shape.push_str("{}");
        }
    }
    let (_, words) = SENTENCES.iter().find(|(known, _)| *known == shape && !said.contains('{'))?;
    let numbers: Vec<_> = said.split(|c| !is_digit(c)).filter(|n| !n.is_empty()).collect();
    Some(super::fill(words[lang], &numbers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_of_ours_keeps_its_numbers() {
        for (said, ko, ja) in [
            ("12 high", "높음 12건", "高 12件"),
            (
                "the report describes 2 findings of high risk, but counts 1",
                "보고서에 설명된 위험도 높음 취약점은 2건이나 집계는 1건임",
                "危険度「高」の脆弱性が2件記載されているが、集計は1件である",
            ),
            ("only 63% complete", "63%만 완료됨", "63%のみ完了"),
            (
                "1 of 30 domains not scanned",
                "도메인 30개 중 1개를 진단하지 못함",
                "ドメイン30件中1件が未診断",
            ),
        ] {
            assert_eq!(sentence(said, 0).as_deref(), Some(ko));
            assert_eq!(sentence(said, 1).as_deref(), Some(ja));
        }
        for said in ["", "high", "1 high!", "{}1 high", "1 2 high", "１ high", " 1 high"] {
            assert_eq!(sentence(said, 0), None, "{said}");
        }
        assert_eq!(sentence(&"1".repeat(1_000_000), 0), None);
    }

    #[test]
    fn no_translation_loses_a_number() {
        for (said, words) in SENTENCES {
            for text in words {
                for n in 0..3 {
                    let is_there = text.contains(&format!("{{{n}}}"));
                    assert_eq!(is_there, n < said.matches("{}").count(), "{text}");
                }
            }
        }
    }

    #[test]
    fn every_kind_has_one_name_in_every_language() {
        let ids: std::collections::BTreeSet<_> = RULES.iter().map(|(id, _)| id).collect();
        assert_eq!(ids.len(), RULES.len());
        assert!(RULES.iter().all(|(_, names)| names.iter().all(|name| !name.is_empty())));
    }
}
