use std::{collections::BTreeMap, sync::LazyLock};

use crate::{Rule, Service, Untrusted, hash};

/// What is known by its title, by the letters of each title: a word that never changes, a CWE and an English name.
///
/// WSC documents the titles `XSS` and `SSI Injection`, VAddy its codes and the names `XSS` and `SQL Injection`; the others
/// are how English, Korean and Japanese lists of web vulnerabilities usually call them.
static KNOWN: LazyLock<BTreeMap<String, Known>> = LazyLock::new(|| {
    let rows = include_str!("rule/known.txt").lines().filter(|row| !row.starts_with('#'));
    rows.filter_map(read_row).flatten().collect()
});

#[derive(Clone, Copy)]
struct Known {
    word: &'static str,
    cwe: u32,
    name: &'static str,
}

impl Rule {
    /// The kind of vulnerability that a service calls by this title, in whatever language it is.
    ///
    /// An unknown title has a rule of its own: `wsc/other-` and 8 hex digits of its SHA-256.
    pub fn of_title(service: Service, title: &str) -> Self {
        let (prefix, folded) = (service.as_str(), folded(title));
        let known = known(&folded);
        let word = known.map_or_else(
            || format!("other-{}", hash::hex(&folded, 4)),
            |known| known.word.to_owned(),
        );
        let name = known.map(|known| known.name.to_owned());
        let mut rule = Self::new(format!("{prefix}/{word}"), name, Untrusted::new(title));
        rule.cwe = known.map(|known| known.cwe);
        rule
    }
}

fn read_row(row: &'static str) -> Option<impl Iterator<Item = (String, Known)>> {
    let mut cells = row.split('|').map(str::trim);
    let (word, cwe, name, titles) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    let known = Known { word, cwe: cwe.parse().ok()?, name };
    Some(titles.split(';').map(move |title| (letters(&folded(title)), known)))
}

/// Without spaces, in lowercase, and with the ASCII form of what is written in full width.
fn folded(title: &str) -> String {
    let narrow = |c| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    };
    title.chars().filter(|c| !c.is_whitespace()).map(narrow).flat_map(char::to_lowercase).collect()
}

/// `크로스사이트스크립팅(xss)` is known if what stands before the bracket and what stands in it mean the same. With
/// only one of them known, the other may be what makes the difference.
fn known(folded: &str) -> Option<Known> {
    let of = |text: &str| KNOWN.get(&letters(text)).copied();
    of(folded).or_else(|| {
        let (before, rest) = folded.split_once('(')?;
        let (before, within) = (of(before)?, of(rest.strip_suffix(')')?)?);
        (before.word == within.word).then_some(before)
    })
}

/// Titles differ in hyphens, dots and underscores alone.
fn letters(folded: &str) -> String {
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn id(title: &str) -> String {
        Rule::of_title(Service::Wsc, title).id
    }

    #[test]
    fn a_title_means_the_same_in_every_language() {
        for (word, titles) in [
            ("sql-injection", ["SQL Injection", "SQL 인젝션", "SQLインジェクション"]),
            ("sql-injection", ["SQL Injection", "SQL 삽입", "SQL インジェクション"]),
            (
                "xss",
                ["Cross-Site Scripting", "크로스 사이트 스크립팅", "クロスサイトスクリプティング"],
            ),
            (
                "xss",
                ["XSS", "크로스 사이트 스크립팅(XSS)", "クロスサイト・スクリプティング（ＸＳＳ）"],
            ),
            ("stored-xss", ["Stored XSS", "저장형 XSS", "格納型XSS"]),
            ("ssi-injection", ["SSI Injection", "SSI 인젝션", "SSIインジェクション"]),
            (
                "os-command-injection",
                ["OS Command Injection", "운영체제 명령 실행", "OSコマンドインジェクション"],
            ),
            (
                "path-traversal",
                ["Directory Traversal", "디렉터리 트래버설", "ディレクトリトラバーサル"],
            ),
            (
                "directory-listing",
                ["Directory Listing", "디렉터리 목록 노출", "ディレクトリリスティング"],
            ),
            ("file-upload", ["File Upload", "파일 업로드", "ファイルアップロード"]),
            (
                "remote-file-inclusion",
                ["Remote File Inclusion", "원격 파일 삽입", "リモートファイルインクルージョン"],
            ),
            (
                "csrf",
                ["CSRF", "크로스사이트 리퀘스트 변조(CSRF)", "クロスサイトリクエストフォージェリ"],
            ),
            ("open-redirect", ["Open Redirect", "오픈 리다이렉트", "オープンリダイレクト"]),
            ("xxe", ["XXE", "XML 외부 개체", "XML外部実体参照"]),
            (
                "header-injection",
                ["HTTP Header Injection", "HTTP 헤더 인젝션", "HTTPヘッダインジェクション"],
            ),
            ("session-fixation", ["Session Fixation", "세션 고정", "セッション固定"]),
            ("clickjacking", ["Clickjacking", "클릭재킹", "クリックジャッキング"]),
            ("ssrf", ["SSRF", "서버 사이드 요청 위조", "サーバサイドリクエストフォージェリ"]),
            (
                "deserialization",
                [
                    "Insecure Deserialization",
                    "안전하지 않은 역직렬화",
                    "安全でないデシリアライゼーション",
                ],
            ),
            ("buffer-overflow", ["Buffer Overflow", "버퍼 오버플로우", "バッファオーバーフロー"]),
        ] {
            for title in titles {
                assert_eq!(id(title), format!("wsc/{word}"), "{title}");
            }
        }
    }

    #[test]
    fn case_width_spaces_and_marks_do_not_matter() {
        for title in [
            "sql injection",
            " SQL\u{a0}\u{3000}Injection ",
            "ＳＱＬ＿ｉｎｊｅｃｔｉｏｎ",
            "[SQL-Injection]",
        ] {
            assert_eq!(id(title), "wsc/sql-injection", "{title}");
        }
        let xss = Rule::of_title(Service::Vaddy, "XSS");
        assert_eq!((xss.id.as_str(), xss.cwe), ("vaddy/xss", Some(79)));
        assert_eq!(xss.name.as_deref(), Some("Cross-site scripting"));
        assert_eq!(xss.title.as_raw(), "XSS");
    }

    #[test]
    fn what_a_bracket_says_is_not_passed_over() {
        assert_eq!(id("SQL Injection (Blind)"), "wsc/blind-sql-injection");
        for title in ["SQL Injection (Oracle)", "Leak (XSS)", "XSS (SQL Injection)", "XSS (XSS"] {
            assert!(id(title).starts_with("wsc/other-"), "{title}");
        }
    }

    #[test]
    fn an_unknown_title_is_not_lost() {
        let rule = Rule::of_title(Service::Wsc, "Ｃ++ leak");
        assert_eq!(rule.id, "wsc/other-9b631db4");
        assert_eq!((rule.name, rule.cwe), (None, None));
        assert_eq!(rule.title.as_raw(), "Ｃ++ leak");
        assert_eq!(id("c++LEAK"), rule.id);
        for other in ["C leak", "", "::error::", "취약점"] {
            assert!(id(other).starts_with("wsc/other-"), "{other}");
            assert_ne!(id(other), rule.id, "{other}");
        }
    }

    #[test]
    fn every_code_of_vaddy_is_known_by_a_word_of_its_own() {
        let codes = [
            "SQLI",
            "XSS",
            "XSS_STORE",
            "RFI",
            "COMMAND_INJECTION",
            "PATH_TRAV",
            "BLIND_SQLI",
            "HEADER_INJECTION",
            "XXE",
            "DESERIALIZATION",
            "SSRF",
            "PRIVATE_FILE",
            "CSRF",
            "MAIL_HEADER",
            "CLICK_JACKING",
            "BUFFER_OVERFLOW",
            "SESSION_FIXATION",
            "ACCESS_CTL",
            "EVAL",
        ];
        let ids: BTreeSet<_> =
            codes.iter().map(|code| Rule::of_title(Service::Vaddy, code).id).collect();
        assert_eq!(ids.len(), codes.len());
        assert!(ids.iter().all(|id| !id.contains("other")), "{ids:?}");
    }

    #[test]
    fn no_title_and_no_word_stands_in_the_table_twice() {
        let rows = include_str!("rule/known.txt").lines().skip(1);
        let (mut words, mut titles) = (BTreeSet::new(), BTreeSet::new());
        for row in rows {
            let known: Vec<_> = read_row(row).expect(row).collect();
            let word = known[0].1.word;
            assert!(words.insert(word), "{word}");
            assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{word}");
            for (title, _) in known {
                assert!(!title.is_empty() && titles.insert(title.clone()), "{word}: {title}");
            }
        }
        assert_eq!((words.len(), titles.len()), (57, KNOWN.len()));
    }
}
