//! Requests and answers as bytes.

use std::net::Ipv4Addr;

use shindan_emulator::{Clock, Emulator, Server};
use shindan_proto::Timestamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// 2024-07-08 13:12:03 in Korea, the time of the vendor's example.
pub(crate) const START: Timestamp = Timestamp::from_unix_ms(1_720_411_923_000);

/// One whose own time stands still.
pub(crate) async fn server() -> Server {
    let emulator = Emulator::builder().clock(Clock::Manual).build(START);
    let loopback = (Ipv4Addr::LOCALHOST, 0).into();
    Server::start(loopback, emulator).await.expect("a free loopback port")
}

/// Sends bytes as they are and reads until the server closes.
pub(crate) async fn exchange(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.addr()).await.expect("the server listens");
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the server answers in utf-8");
    answer
}

pub(crate) async fn get(server: &Server, path: &str, headers: &str) -> String {
    exchange(server, &format!("GET {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n")).await
}
