//! The options that say how much somebody may ask for in a time.

use clap::Args;

use crate::gate::Rates;

/// The most that a rate may be.
const MOST: i64 = 1_000_000_000;

/// The rates of `serve`, in points a minute. A request is a point, and so are each hundred values that it asks for and each
/// hundred campaigns that a command in bulk changes. What was not used is there for a minute; 0 is no limit.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rates")]
pub(crate) struct RateOptions {
    /// How many points a minute a token has: a point for a request, for each hundred values that it asks for, and for each
    /// hundred campaigns that a command in bulk is about. What it does not use, it has for a minute. 0 is no limit.
    #[arg(
        long = "token-rate",
        env = "UNDERSTUDY_TOKEN_RATE",
        value_name = "POINTS",
        default_value_t = 12_000,
        value_parser = clap::value_parser!(u32).range(0..=MOST)
    )]
    token: u32,
    /// How many points a minute all have together who come from an address. Behind a proxy that `--proxy` does not name, all come
    /// from the proxy.
    #[arg(
        long = "address-rate",
        env = "UNDERSTUDY_ADDRESS_RATE",
        value_name = "POINTS",
        default_value_t = 60_000,
        value_parser = clap::value_parser!(u32).range(0..=MOST)
    )]
    address: u32,
    /// How often a minute those who come from an address may show what lets nobody in.
    #[arg(
        long = "login-rate",
        env = "UNDERSTUDY_LOGIN_RATE",
        value_name = "TRIES",
        default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(0..=MOST)
    )]
    failures: u32,
}

impl From<RateOptions> for Rates {
    fn from(options: RateOptions) -> Self {
        let rate = |rate| (rate > 0).then_some(rate);
        Self {
            token: rate(options.token),
            address: rate(options.address),
            failures: rate(options.failures),
        }
    }
}
