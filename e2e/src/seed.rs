//! Chance that can be repeated.

use rand::SeedableRng;
use rand::rngs::StdRng;

/// A seed that is printed, so that a failure can be repeated: set `LEANSPEC_SEED`.
#[must_use]
pub fn seeded() -> StdRng {
    let given = std::env::var("LEANSPEC_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(rand::random);
    eprintln!("LEANSPEC_SEED={seed}");
    StdRng::seed_from_u64(seed)
}
