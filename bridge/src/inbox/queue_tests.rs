//! Tables and random walks for the queue.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

fn delivery(id: &str, spec: &str) -> Delivery {
    let posted = serde_json::json!({
        "id": id, "project": "p1", "type": "update_content", "spec": spec, "content": "x",
        "base": null, "force": false, "expires_in_ms": 1, "by": {"key": "k1", "name": "phone"},
    });
    serde_json::from_value(posted).expect("a delivery")
}

struct Table {
    queue: Queue,
    now: Instant,
}

impl Table {
    fn with(commands: &[(&str, &str)]) -> Self {
        let mut table = Self { queue: Queue::default(), now: Instant::now() };
        for (id, spec) in commands {
            table.queue.accept(delivery(id, spec), table.now + HOUR);
        }
        table
    }

    fn next(&mut self, halted: bool) -> String {
        match self.queue.next(halted, self.now) {
            Next::Run(delivery) => format!("run {}", delivery.id),
            Next::End(delivery, ending) => format!("{} {ending:?}", delivery.id),
            Next::Wait(None) => "wait".into(),
            Next::Wait(Some(until)) => format!("wait {} ms", (until - self.now).as_millis()),
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    fn withdraw(&mut self, id: &str) {
        self.queue.withdraw(&id.parse().expect("an id"));
    }
}

#[test]
fn commands_run_in_the_order_in_which_they_came() {
    let mut table = Table::with(&[("c1", "001-a"), ("c2", "002-b"), ("c3", "001-a")]);
    for wanted in ["run c1", "run c2", "run c3"] {
        assert_eq!(table.next(false), wanted);
        table.queue.ended(true);
    }
    assert_eq!(table.next(false), "wait");
}

#[test]
fn a_busy_file_holds_back_only_the_later_commands_on_it() {
    let mut table = Table::with(&[("c1", "001-a"), ("c2", "001-a"), ("c3", "002-b")]);
    assert_eq!(table.next(false), "run c1");
    table.queue.busy("it is open".into(), table.now);
    assert_eq!(table.next(false), "run c3");
    table.queue.ended(true);
    assert_eq!(table.next(false), "wait 500 ms");
    table.pass(AGAIN);
    assert_eq!(table.next(false), "run c1");
    table.queue.ended(true);
    assert_eq!(table.next(false), "run c2");
}

#[test]
fn a_file_that_stays_busy_fails_its_commands_after_a_minute() {
    let mut table = Table::with(&[("c1", "001-a"), ("c2", "001-a")]);
    assert_eq!(table.next(false), "run c1");
    table.queue.busy("it is open".into(), table.now);
    assert_eq!(table.next(false), "wait 500 ms");
    for _ in 0..119 {
        table.pass(AGAIN);
        assert_eq!(table.next(false), "run c1");
        table.queue.busy("it is open".into(), table.now);
        assert_eq!(table.next(false), "wait 500 ms");
    }
    table.pass(AGAIN);
    assert_eq!(table.next(false), r#"c1 Busy("it is open")"#);
    table.queue.ended(false);
    let later = table.next(false);
    assert!(later.starts_with("c2 Busy"), "it waited as long: {later}");
}

#[test]
fn a_halted_project_holds_everything_back_and_then_fails_it() {
    let mut table = Table::with(&[("c1", "001-a"), ("c2", "002-b")]);
    assert_eq!(table.next(true), "wait 60000 ms");
    table.pass(HELD_MAX);
    assert_eq!(table.next(true), "c1 Halted");
    table.queue.ended(true);
    assert_eq!(table.next(true), "c2 Halted");
}

#[test]
fn a_project_that_recovers_carries_out_what_waited_and_counts_anew() {
    let mut table = Table::with(&[("c1", "001-a"), ("c2", "002-b")]);
    assert_eq!(table.next(true), "wait 60000 ms");
    table.pass(HELD_MAX / 2);
    assert_eq!(table.next(false), "run c1");
    table.queue.ended(true);
    assert_eq!(table.next(true), "wait 60000 ms", "c2 begins to wait again");
}

#[test]
fn a_command_whose_time_ran_out_ends_as_expired_also_behind_another() {
    let mut table = Table::with(&[("c1", "001-a")]);
    table.queue.accept(delivery("c2", "001-a"), table.now + AGAIN / 2);
    assert_eq!(table.next(false), "run c1");
    table.queue.busy("it is open".into(), table.now);
    assert_eq!(table.next(false), "wait 250 ms");
    table.pass(AGAIN / 2);
    assert_eq!(table.next(false), "c2 Expired");
}

#[test]
fn a_withdrawn_command_ends_before_its_turn_and_frees_nothing_else() {
    let mut table = Table::with(&[("c1", "001-a"), ("c2", "001-a"), ("c3", "001-a")]);
    assert_eq!(table.next(false), "run c1");
    table.queue.busy("it is open".into(), table.now);
    table.withdraw("c2");
    assert_eq!(table.next(false), "c2 Withdrawn");
    table.queue.ended(true);
    table.withdraw("c1");
    assert_eq!(table.next(false), "c1 Withdrawn", "at once, although it is busy");
    table.queue.ended(true);
    table.withdraw("c1");
    table.withdraw("never-heard-of");
    assert_eq!(table.next(false), "run c3");
}

#[test]
fn a_command_that_cannot_be_withdrawn_any_more_is_carried_out() {
    let mut table = Table::with(&[("c1", "001-a")]);
    table.withdraw("c1");
    assert_eq!(table.next(false), "c1 Withdrawn");
    table.queue.too_late_to_withdraw();
    assert_eq!(table.next(false), "run c1");
}

#[test]
fn a_command_that_comes_again_takes_the_news_and_keeps_its_place() {
    let mut table = Table::with(&[("c1", "001-a"), ("c2", "001-a")]);
    let again = Delivery { withdraw: true, ..delivery("c2", "001-a") };
    table.queue.accept(again, table.now + HOUR);
    let hash = leanspec_shared::hash::ContentHash::of(b"x");
    let again = Delivery { base_hash: Some(hash), ..delivery("c1", "001-a") };
    table.queue.accept(again, table.now + HOUR);
    let Next::Run(first) = table.queue.next(false, table.now) else { panic!("c1 runs") };
    assert_eq!((first.id.as_str(), first.base_hash), ("c1", Some(hash)));
    table.queue.ended(true);
    assert_eq!(table.next(false), "c2 Withdrawn");
}

#[test]
fn an_outcome_that_could_not_be_written_down_is_tried_again_and_not_given_up() {
    let mut table = Table::with(&[("c1", "001-a")]);
    assert_eq!(table.next(true), "wait 60000 ms");
    table.pass(HELD_MAX);
    for _ in 0..200 {
        assert_eq!(table.next(true), "c1 Halted");
        table.queue.unwritten(table.now);
        assert_eq!(table.next(true), "wait 500 ms");
        table.pass(AGAIN);
    }
}

#[derive(Debug, Clone)]
enum Move {
    Accept(u8),
    Withdraw(u8),
    Pass(u64),
    Halt(bool),
    /// What becomes of the next command that is handed out: busy or done.
    Serve {
        busy: bool,
    },
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        (0_u8..4).prop_map(Move::Accept),
        any::<u8>().prop_map(Move::Withdraw),
        (0_u64..40_000).prop_map(Move::Pass),
        any::<bool>().prop_map(Move::Halt),
        any::<bool>().prop_map(|busy| Move::Serve { busy }),
        any::<bool>().prop_map(|busy| Move::Serve { busy }),
    ];
    proptest::collection::vec(one, 1..120)
}

/// What the test saw of the commands.
#[derive(Default)]
struct Seen {
    lanes: BTreeMap<String, u8>,
    done: Vec<String>,
    ended: BTreeSet<String>,
}

impl Seen {
    fn serve(&mut self, queue: &mut Queue, halted: bool, busy: bool, now: Instant) -> bool {
        let (delivery, ran) = match queue.next(halted, now) {
            Next::Run(delivery) => (delivery, true),
            Next::End(delivery, _) => (delivery, false),
            Next::Wait(until) => {
                assert!(until.is_none_or(|until| until > now), "a wait that is over already");
                return false;
            }
        };
        assert!(!(ran && halted), "nothing runs in a halted project");
        if ran && busy {
            queue.busy("it is open".into(), now);
            return true;
        }
        queue.ended(ran);
        let id = delivery.id.to_string();
        assert!(self.ended.insert(id.clone()), "{id} ended twice");
        if ran {
            let lane = self.lanes[&id];
            let later = |done: &&String| self.lanes[*done] == lane && number(done) > number(&id);
            assert_eq!(self.done.iter().find(later), None, "{id} was overtaken on its file");
            self.done.push(id);
        }
        true
    }
}

fn number(id: &str) -> usize {
    id[1..].parse().expect("c and a number")
}

proptest! {
    #[test]
    fn every_command_ends_exactly_once_and_none_is_overtaken_on_its_file(moves in moves()) {
        let (mut queue, mut seen) = (Queue::default(), Seen::default());
        let (mut now, mut halted) = (Instant::now(), false);
        for step in moves {
            match step {
                Move::Accept(lane) => {
                    let id = format!("c{}", seen.lanes.len());
                    queue.accept(delivery(&id, &format!("{lane:03}-x")), now + HOUR);
                    seen.lanes.insert(id, lane);
                }
                Move::Withdraw(which) => queue.withdraw(&format!("c{which}").parse().expect("id")),
                Move::Pass(ms) => now += Duration::from_millis(ms),
                Move::Halt(on) => halted = on,
                Move::Serve { busy } => {
                    seen.serve(&mut queue, halted, busy, now);
                }
            }
        }
        // At last the project recovers and nobody holds a file.
        while seen.ended.len() < seen.lanes.len() {
            if !seen.serve(&mut queue, false, false, now) {
                now += AGAIN;
            }
        }
        prop_assert_eq!(queue.next(false, now), Next::Wait(None));
    }
}
