//! Tables of what may be found out about the way, and what is said of it.

use bytes::Bytes;
use http::HeaderMap;
use leanspec_shared::doctor::line::Verdict;
use leanspec_shared::doctor::stream::Arrival;
use leanspec_shared::time::Timestamp;

use super::*;

fn answer() -> Answer {
    let took = Duration::from_millis(3);
    Answer { version: Version::HTTP_2, headers: HeaderMap::new(), body: Bytes::new(), took }
}

fn arrived(bytes: u64) -> Asked<(Probed, Duration)> {
    let time = Timestamp::from_unix_ms(0);
    let http = "HTTP/1.1".into();
    Ok((Probed { wire_bytes: 9, bytes, http, via: None, time }, Duration::from_millis(5)))
}

#[test]
fn each_way_of_not_being_there_has_its_own_cause() {
    let cases = [
        (NoAnswer::Unreached("Connection refused".into()), "no relay runs", "the name does not"),
        (NoAnswer::Stranger(200), "another program", "a sign-in page"),
        (NoAnswer::Stranger(502), "another program", "does not reach the relay"),
        (NoAnswer::Refused(503), "its databases", "not well"),
        (NoAnswer::Refused(401), "its databases", "another relay"),
        (NoAnswer::Tls("expired".into()), "no relay runs", "the certificate"),
    ];
    for (error, here, outside) in cases {
        let lines = [
            (judge_listening("http://127.0.0.1:4600", &Err(error.clone())), here),
            (judge_reaching("https://relay", &Err(error)), outside),
        ];
        for (line, cause) in lines {
            assert_eq!(line.verdict, Verdict::Bad);
            assert!(line.cause.as_deref().is_some_and(|said| said.contains(cause)), "{line}");
        }
    }
    assert_eq!(judge_listening("x", &Ok(answer())).verdict, Verdict::Ok);
    assert_eq!(judge_reaching("x", &Ok(answer())).result, "it knows, 3 ms");
}

#[test]
fn a_missing_http_2_is_worth_knowing_where_tls_could_offer_it() {
    let verdict =
        |public, version| judge_http(public, version, &arrived(1)).map(|line| line.verdict);
    assert_eq!(verdict("https://relay", Version::HTTP_2), Some(Verdict::Ok));
    assert_eq!(verdict("https://relay", Version::HTTP_11), Some(Verdict::Note));
    assert_eq!(verdict("http://127.0.0.1:4600", Version::HTTP_11), Some(Verdict::Ok));
    let none = judge_http("https://relay", Version::HTTP_2, &Err(NoAnswer::Refused(500)));
    assert_eq!(none, None);
}

#[test]
fn a_limit_in_front_is_warned_of_with_the_directive_that_lifts_it() {
    let refused = Err(NoAnswer::Stranger(413));
    let [least, _, most] = SIZES;
    assert_eq!(judge_size(most, &arrived(most as u64)).verdict, Verdict::Ok);
    assert_eq!(judge_size(most, &arrived(1)).verdict, Verdict::Bad);
    assert_eq!(judge_size(least, &refused).verdict, Verdict::Bad);
    let line = judge_size(most, &refused);
    assert!(line.advice.as_deref().is_some_and(|said| said.contains("client_max_body_size 2m")));
    assert_eq!(judge_compressed(&refused).verdict, Verdict::Warn);
}

#[test]
fn a_stream_that_is_held_back_names_the_directive_that_lets_it_go() {
    let streamed = |arrived: &[u64]| {
        let at = |(number, arrived): (usize, &u64)| Arrival {
            sent: Duration::from_millis(number as u64 * 300),
            arrived: Duration::from_millis(*arrived),
        };
        let arrivals = arrived.iter().enumerate().map(at).collect();
        Ok(Streamed { arrivals, ..Streamed::default() })
    };
    assert_eq!(judge_stream(&streamed(&[5, 305, 605]), 3).verdict, Verdict::Ok);
    for held in [&[][..], &[600, 600, 600][..]] {
        let line = judge_stream(&streamed(held), 3);
        assert_eq!(line.verdict, Verdict::Warn);
        assert!(line.advice.as_deref().is_some_and(|said| said.contains("proxy_buffering off")));
    }
    let cut = Ok(Streamed { cut: Some("it was cut".into()), ..Streamed::default() });
    assert!(judge_stream(&cut, 3).advice.is_some_and(|said| said.contains("proxy_read_timeout")));
}

#[test]
fn heartbeats_are_judged_by_the_longest_gap_between_two() {
    let came = |seconds: &[u64]| Ok(seconds.iter().map(|s| Duration::from_secs(*s)).collect());
    assert_eq!(judge_heartbeats(&came(&[0, 15, 30, 45])).verdict, Verdict::Ok);
    assert_eq!(judge_heartbeats(&came(&[0, 45, 45, 45])).verdict, Verdict::Warn);
    assert_eq!(judge_heartbeats(&came(&[0])).verdict, Verdict::Warn);
    assert_eq!(judge_heartbeats(&Err(NoAnswer::Stranger(504))).verdict, Verdict::Warn);
}

#[test]
fn a_clock_is_compared_with_the_date_of_an_answer() {
    let now = read_date("Sun, 06 Nov 1994 08:49:37 GMT").expect("a date");
    assert_eq!(now.duration_since(SystemTime::UNIX_EPOCH).expect("later").as_secs(), 784_111_777);
    let minute = Duration::from_secs(60);
    assert_eq!(judge_dates(Some(now), now).verdict, Verdict::Ok);
    for other in [now + minute, now - minute] {
        assert_eq!(judge_dates(Some(other), now).verdict, Verdict::Warn);
    }
    assert_eq!(judge_dates(None, now).verdict, Verdict::Note);
}
