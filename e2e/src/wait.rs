//! Waiting for something that cannot announce itself: asked again and again, until a deadline.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rand::Rng;

use crate::process::DEADLINE;

/// Between two questions. Short against every figure a test checks, long against the question.
const PAUSE: Duration = Duration::from_millis(15);

/// Asks until the answer is no error; gives it.
///
/// # Errors
/// The last error, when the usual deadline has passed.
pub async fn until<T, F: Future<Output = Result<T>>>(ask: impl FnMut() -> F) -> Result<T> {
    within(DEADLINE, ask).await
}

/// The same with a deadline of its own, for what the product promises a time for.
///
/// # Errors
/// The last error, when the deadline has passed.
pub async fn within<T, F: Future<Output = Result<T>>>(
    deadline: Duration,
    mut ask: impl FnMut() -> F,
) -> Result<T> {
    let start = Instant::now();
    loop {
        match ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) if start.elapsed() > deadline => {
                return Err(error).with_context(|| format!("after {deadline:?}"));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Lets up to a quarter of a second pass, for killing something at a moment that nobody chose.
pub async fn random_moment(random: &mut impl Rng) {
    random_moment_within(random, 250).await;
}

/// Lets up to so many milliseconds pass.
pub async fn random_moment_within(random: &mut impl Rng, max_ms: u64) {
    tokio::time::sleep(Duration::from_millis(random.random_range(0..max_ms))).await;
}

/// Lets time pass in which something must *not* happen, and checks it all the while.
///
/// # Errors
/// The first error of the check.
pub async fn holds_for<F: Future<Output = Result<()>>>(
    time: Duration,
    mut check: impl FnMut() -> F,
) -> Result<()> {
    let start = Instant::now();
    while start.elapsed() < time {
        check().await?;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}
