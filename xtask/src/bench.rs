//! `bench`: CPU time per request against a hand-written server and Express. The servers are in `tests/bench/`.

use crate::shell::Outcome;

#[derive(clap::Args)]
pub struct Args {}

pub fn run(_: &Args) -> Outcome {
    Err("the servers are in tests/bench/; the load generator is not written yet".to_owned())
}
