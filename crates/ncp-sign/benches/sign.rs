//! What signing costs, beside the hashing that nobody can avoid and beside ring.
//!
//! Nanoseconds differ from machine to machine, so the budgets at the end are ratios of one run. The
//! bare loop and the whole signature each start from the result of the call before: the processor
//! would overlap independent calls, and it overlaps a bare loop better than anything around one.

#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![expect(clippy::print_stdout, reason = "a bench prints its result")]

use std::hint::black_box;
use std::time::Instant;

use criterion::Criterion;
use hmac::KeyInit;
use hmac::block_api::HmacCore;
use hmac::digest::Output;
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
use ncp_sign::{Credential, Message, sign};
use sha2::Sha256;
use sha2::block_api::compress256;

const METHOD: &str = "GET";
const PATH_AND_QUERY: &str = "/api/v1/jobs?limit=100&page=1&statusCode=COMPLETE";
const TIMESTAMP_MS: u64 = 1_720_412_345_678;
const ACCESS_KEY: &str = "AKIDEXAMPLE012345678";
const SECRET_KEY: &str = "SKEXAMPLE0123456789012345678901234567890";

fn main() {
    let credential = Credential::new(ACCESS_KEY, SECRET_KEY).expect("both keys are valid");
    let message = Message::new(METHOD, PATH_AND_QUERY, TIMESTAMP_MS, ACCESS_KEY).to_string();
    let our_key = HmacCore::new_from_slice(SECRET_KEY.as_bytes()).expect("any length is fine");
    let ring_key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET_KEY.as_bytes());
    println!("message of {} bytes, key of {} bytes", message.len(), SECRET_KEY.len());

    let mut state = [0; 8];
    let mut bare = || three_compressions(&mut state);
    let mut timestamp_ms = TIMESTAMP_MS;
    let mut whole = || whole(&mut timestamp_ms, black_box(&credential));
    let mut our_mac = || {
        black_box(our_mac(black_box(&our_key), black_box(message.as_bytes())));
    };
    let mut ring_mac = || {
        black_box(ring::hmac::sign(black_box(&ring_key), black_box(message.as_bytes())));
    };

    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("bare loop", |bencher| bencher.iter(&mut bare));
    criterion.bench_function("whole", |bencher| bencher.iter(&mut whole));
    criterion.bench_function("our MAC", |bencher| bencher.iter(&mut our_mac));
    criterion.bench_function("ring MAC", |bencher| bencher.iter(&mut ring_mac));
    criterion.final_summary();

    let [bare, whole, our_mac, ring_mac] =
        medians([&mut bare, &mut whole, &mut our_mac, &mut ring_mac]);
    println!("bare loop {bare:.0} ns, whole {whole:.0} ns");
    println!("our MAC {our_mac:.0} ns, ring MAC {ring_mac:.0} ns");
    println!("whole / bare loop = {:.2} (budget 1.80)", whole / bare);
    println!("our MAC / ring MAC = {:.2} (budget < 1.00)", our_mac / ring_mac);
}

/// The blocks of this message that are left once the key is prepared: two inner and one outer.
fn three_compressions(state: &mut [u32; 8]) {
    for _ in 0..3 {
        compress256(black_box(state), black_box(&[[0; 64]]));
    }
}

fn whole(timestamp_ms: &mut u64, credential: &Credential) {
    let signature =
        sign(black_box(METHOD), black_box(PATH_AND_QUERY), black_box(*timestamp_ms), credential);
    *timestamp_ms = TIMESTAMP_MS + u64::from(signature.as_str().as_bytes()[0]);
}

/// As `Message::mac` does it, from a message in one piece as ring takes it.
fn our_mac(key: &HmacCore<Sha256>, message: &[u8]) -> Output<HmacCore<Sha256>> {
    let mut hmac = key.clone();
    let mut buffer = Buffer::<HmacCore<Sha256>>::default();
    buffer.digest_blocks(message, |blocks| hmac.update_blocks(blocks));
    let mut mac = Output::<HmacCore<Sha256>>::default();
    hmac.finalize_fixed_core(&mut buffer, &mut mac);
    mac
}

/// The median time of each, in nanoseconds; they take turns, so that a slow moment hits all alike.
///
/// Every round runs at another depth of the stack. Where the operating system puts the stack is
/// random, and on one place in ten a signature is up to a sixth slower.
fn medians<const N: usize>(mut candidates: [&mut dyn FnMut(); N]) -> [f64; N] {
    const ROUNDS: usize = 255;
    const CALLS: u32 = 5_000;
    let mut times = [const { Vec::new() }; N];
    for round in 0..ROUNDS {
        for (candidate, times) in candidates.iter_mut().zip(&mut times) {
            deeper(round, &mut || {
                let start = Instant::now();
                for _ in 0..CALLS {
                    candidate();
                }
                times.push(start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS));
            });
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    })
}

fn deeper(levels: usize, run: &mut dyn FnMut()) {
    let frame = black_box([levels; 2]);
    match levels {
        0 => run(),
        _ => deeper(levels - 1, run),
    }
    black_box(frame);
}
