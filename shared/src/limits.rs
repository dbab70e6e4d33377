//! Every limit of the wire, with its unit and its reason. Both sides count with the same numbers.

/// The largest file that is sent, in bytes. Specs are text: the largest real one has 63 KB; a
/// megabyte leaves room for screenshots and keeps one file below the limits of middleboxes.
pub const FILE_MAX_BYTES: u64 = 1024 * 1024;

/// The largest body on the wire, in bytes, unless it carries one single file. Proxies that scan
/// bodies and hosts that replay requests draw the line at 1 MiB; half of it leaves room.
pub const BODY_MAX_WIRE_BYTES: usize = 512 * 1024;

/// The largest body of one single file on the wire: the file, its head, and what an incompressible
/// file grows by.
pub const SINGLE_FILE_BODY_MAX_WIRE_BYTES: usize = FILE_MAX_BYTES as usize + 64 * 1024;

/// What a body may grow to when decompressed, in bytes: memory is bounded by this for each push.
pub const BODY_MAX_DECOMPRESSED_BYTES: usize = 8 * 1024 * 1024;

/// Files of one project. Far above any real project (the largest seen has 2,000).
pub const FILES_PER_PROJECT_MAX: usize = 50_000;

/// Projects that one machine announces.
pub const PROJECTS_PER_MACHINE_MAX: usize = 200;

/// Puts, deletes and specs in one push, added up: bounds one transaction.
pub const ROWS_PER_PUSH_MAX: usize = 20_000;

/// Skipped files that a project lists; what is beyond is counted only.
pub const SKIPPED_LISTED_MAX: usize = 200;

/// Changed spec files that a project's git facts list.
pub const DIRTY_LISTED_MAX: usize = 200;

/// A label, name or word that a person reads, in bytes.
pub const LABEL_MAX_BYTES: usize = 512;

/// A summary as JSON, in bytes: a frontmatter of 64 KB is not metadata any more.
pub const SUMMARY_MAX_BYTES: usize = 64 * 1024;

/// Seconds between two heartbeats of a feed; the HTML standard advises about 15.
pub const HEARTBEAT_SECONDS: u64 = 15;

/// The least number of seconds between two heartbeats that a reader may ask for: boxes that cut what
/// rests for less are not known, and each heartbeat costs.
pub const HEARTBEAT_LEAST_SECONDS: u64 = 2;

/// Silence after which a feed is taken for dead, in milliseconds: two and a half heartbeats.
pub const FEED_DEAD_AFTER_MS: u64 = HEARTBEAT_SECONDS * 2500;

/// How long the first event of a feed may take before something is holding the stream back, in
/// milliseconds.
pub const HELLO_DEADLINE_MS: u64 = 5000;

/// The longest a long-poll is held, in seconds: some gateways cut at 30.
pub const POLL_WAIT_MAX_SECONDS: u64 = 25;

/// A machine is offline this long after its last open feed ended, in seconds.
pub const OFFLINE_AFTER_SECONDS: u64 = 45;

/// How long a sign-in link is good for, in seconds.
pub const SIGN_IN_CODE_SECONDS: u64 = 600;

/// How long a command waits for its machine, in seconds: 7 days (a setting of the relay).
pub const COMMAND_LIFE_SECONDS: u64 = 7 * 24 * 3600;

/// Commands of one machine that have not ended. More would be a program that runs away.
pub const COMMANDS_OPEN_MAX: usize = 10_000;

/// A posted command, in bytes: a whole file as JSON, whose escapes at worst double a text.
pub const COMMAND_MAX_BYTES: usize = 2 * FILE_MAX_BYTES as usize + 64 * 1024;

/// A result, in bytes: the content that was found, the difference, and the rest.
pub const RESULT_MAX_BYTES: usize = COMMAND_MAX_BYTES + 2 * DIFF_MAX_BYTES;

/// A difference that is kept and shown, in bytes; a larger one is left out.
pub const DIFF_MAX_BYTES: usize = 64 * 1024;

/// Sentences that an outcome lists at most.
pub const DETAILS_LISTED_MAX: usize = 50;

/// How long an `Idempotency-Key` is remembered, in days.
pub const IDEMPOTENCY_DAYS: u64 = 7;

/// How long a command that cannot run now is held back before it fails, in seconds.
pub const COMMAND_HELD_SECONDS: u64 = 60;

/// Bytes that a probe may ask for: enough to tell a speed, too few to be worth abusing.
pub const PROBE_BYTES_MAX: usize = 1024 * 1024;

/// Events of a probing stream.
pub const PROBE_EVENTS_MAX: usize = 20;

/// The longest gap between two of them, in milliseconds: no box waits longer for an idle stream.
pub const PROBE_GAP_MAX_MS: u64 = 600_000;
