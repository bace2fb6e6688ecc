//! Answers that do not arrive whole. HTTP is what hyper writes, so these bytes are written past it.

use core::{error::Error, fmt, time::Duration};
use std::io::{self, Write as _};

use bytes::Bytes;
use http::{Response, header};
use http_body_util::{Either, Full};
use tokio::{
    io::{AsyncWriteExt as _, copy, sink},
    time::{sleep, timeout},
};

use super::{connection::Line, exchange::Body};
use crate::Delivery;

/// How long a stalled connection is kept at most.
const LONGEST_STALL: Duration = Duration::from_secs(600);
/// The longest wait until a client takes more.
const SLOWEST_READER: Duration = Duration::from_secs(30);
/// How often a dripping body comes.
const DRIP: Duration = Duration::from_secs(1);
/// A huge body, in bytes: so many times the same spaces.
const HUGE: u64 = 10 << 30;
static SPACES: [u8; 64 << 10] = [b' '; 64 << 10];

/// An answer with what is to become of it.
#[derive(Clone, Debug)]
pub(super) struct Faulty {
    response: Box<Response<Bytes>>,
    delivery: Delivery,
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer is not to arrive whole")
    }
}

impl Error for Faulty {}

/// An answer for hyper, or else one for [`deliver`].
pub(super) fn whole(response: Response<Bytes>) -> Result<Response<Body>, Faulty> {
    match response.extensions().get::<Delivery>() {
        Some(&delivery) => Err(Faulty { response: Box::new(response), delivery }),
        None => Ok(response.map(|bytes| Either::Left(Full::new(bytes)))),
    }
}

/// Writes an answer as far as it is to arrive, and ends the connection.
pub(super) async fn deliver(mut line: impl Line, faulty: &Faulty) {
    // A client that breaks off is its own affair.
    let _ = write(&mut line, faulty).await;
}

async fn write(line: &mut impl Line, Faulty { response, delivery }: &Faulty) -> io::Result<()> {
    let body = response.body();
    // At least one byte is missing, or nothing would have happened to the answer.
    let before = |after: usize| &body[..after.min(body.len().saturating_sub(1))];
    send(line, &head(response, *delivery)?).await?;
    match *delivery {
        Delivery::Reset { after } => {
            send(line, before(after)).await?;
            line.tcp().set_zero_linger()
        }
        Delivery::Truncate { after } => {
            send(line, before(after)).await?;
            line.shutdown().await
        }
        Delivery::Stall { after } => {
            send(line, before(after)).await?;
            // It ends sooner if the client does.
            let _ = timeout(LONGEST_STALL, copy(line, &mut sink())).await;
            Ok(())
        }
        Delivery::Drip => {
            for byte in body {
                sleep(DRIP).await;
                send(line, &[*byte]).await?;
            }
            line.shutdown().await
        }
        Delivery::Huge => {
            for _ in 0..HUGE / SPACES.len() as u64 {
                send(line, &SPACES).await?;
            }
            line.shutdown().await
        }
    }
}

async fn send(line: &mut impl Line, bytes: &[u8]) -> io::Result<()> {
    timeout(SLOWEST_READER, async {
        line.write_all(bytes).await?;
        line.flush().await
    })
    .await?
}

fn head(response: &Response<Bytes>, delivery: Delivery) -> io::Result<Vec<u8>> {
    let length = if delivery == Delivery::Huge { HUGE } else { response.body().len() as u64 };
    let mut head = Vec::new();
    write!(head, "HTTP/1.1 {}\r\n", response.status())?;
    for (name, value) in response.headers() {
        if *name != header::CONTENT_LENGTH && *name != header::CONNECTION {
            write!(head, "{name}: ")?;
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
    }
    write!(head, "content-length: {length}\r\nconnection: close\r\n\r\n")?;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use http::Request;
    use shindan_hyper::Executor;
    use shindan_proto::{Limits, Sent};
    use tokio::{
        io::AsyncReadExt as _,
        net::{TcpListener, TcpStream},
    };

    use super::*;
    use crate::server::connection::serve;

    const BODY: &str = r#"{"scan_id":"1-5f0c7a4e"}"#;

    /// Does this to the answer on its first connection, and nothing to the others.
    async fn server(delivery: Delivery) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            let mut delivery = Some(delivery);
            while let Ok((stream, _)) = listener.accept().await {
                let delivery = delivery.take();
                tokio::spawn(serve(stream, move |_| async move {
                    let mut response = Response::new(Bytes::from_static(BODY.as_bytes()));
                    if let Some(delivery) = delivery {
                        response.extensions_mut().insert(delivery);
                    }
                    whole(response)
                }));
            }
        });
        address
    }

    fn limits() -> Limits {
        let mut limits = Limits::CHANGE;
        limits.idle = Duration::from_millis(100);
        limits.body_bytes = 1 << 20;
        limits
    }

    /// What our own executor says to it; after that, the server answers as ever.
    async fn said(delivery: Delivery, limits: Limits) -> String {
        let address = server(delivery).await;
        let ask = || Request::post(format!("http://{address}/")).body(Bytes::new()).unwrap();
        let executor = Executor::new();
        let failure = executor.exchange(ask(), limits).await.unwrap_err();
        assert_eq!(failure.sent(), Sent::Perhaps);
        let healthy = executor.exchange(ask(), limits).await.unwrap();
        assert_eq!(healthy.body(), BODY);
        failure.source().unwrap().to_string().replace(&address, "PEER")
    }

    #[tokio::test]
    async fn a_reset_breaks_the_connection() {
        for after in [0, 5, usize::MAX] {
            let said = said(Delivery::Reset { after }, limits()).await;
            assert!(said.starts_with("the connection to PEER broke: "), "{said}");
            assert!(!said.ends_with("end of file before message length reached"), "{said}");
        }
    }

    #[tokio::test]
    async fn a_cut_is_a_clean_end_too_early() {
        for after in [0, 5, usize::MAX] {
            let said = said(Delivery::Truncate { after }, limits()).await;
            let end = "the connection to PEER broke: end of file before message length reached";
            assert_eq!(said, end);
        }
    }

    #[tokio::test]
    async fn a_stall_is_waited_for_as_long_as_the_client_likes() {
        for after in [0, 5, usize::MAX] {
            let said = said(Delivery::Stall { after }, limits()).await;
            assert_eq!(said, "the answer of PEER paused for 100ms");
        }
    }

    #[tokio::test]
    async fn a_drip_goes_on_for_longer_than_the_client_waits() {
        let mut limits = limits();
        limits.idle = Duration::from_secs(60);
        limits.total = Duration::from_millis(1_500);
        let said = said(Delivery::Drip, limits).await;
        assert_eq!(said, "PEER took longer than 1.5s in all");
    }

    #[tokio::test]
    async fn a_huge_body_is_not_taken() {
        let said = said(Delivery::Huge, limits()).await;
        assert_eq!(said, "the answer of PEER is larger than 1048576 bytes");
    }

    async fn first_bytes(delivery: Delivery, count: u64) -> Vec<u8> {
        let address = server(delivery).await;
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut bytes = Vec::new();
        // A reset hides neither what came before it nor from a raw socket that it is one.
        let _ = (&mut stream).take(count).read_to_end(&mut bytes).await;
        bytes
    }

    #[tokio::test]
    async fn exactly_so_many_bytes_arrive() {
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 24\r\nconnection: close\r\n\r\n";
        for after in [0, 5, BODY.len() - 1] {
            let got = first_bytes(Delivery::Truncate { after }, u64::MAX).await;
            assert_eq!(String::from_utf8(got).unwrap(), format!("{head}{}", &BODY[..after]));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_stall_ends_and_a_drip_is_whole_in_the_end() {
        let stalled = first_bytes(Delivery::Stall { after: 3 }, u64::MAX).await;
        assert!(stalled.ends_with(b"\r\n\r\n{\"s"));
        let dripped = first_bytes(Delivery::Drip, u64::MAX).await;
        assert!(dripped.ends_with(BODY.as_bytes()));
    }

    #[tokio::test]
    async fn a_huge_body_has_ten_gibibytes_and_goes_on() {
        let got = first_bytes(Delivery::Huge, 16 << 20).await;
        assert_eq!(got.len(), 16 << 20);
        assert!(got.starts_with(b"HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n"));
        assert!(got.ends_with(&SPACES));
    }
}
