//! What the jitter buffer promises. Sound is a sine whose phase is its timestamp, so that every frame that
//! comes out says which moment of the sender it is.

use proptest::prelude::*;

use super::*;

const FRAME: u32 = FRAME_SAMPLES as u32;
const SSRC: u32 = 7;

/// A loud sine that comes round once a second and never rests at zero for two samples.
fn sound(timestamp: u32) -> i16 {
    (f64::from(timestamp % 8000) * std::f64::consts::TAU / 8000.0 + 0.0001).sin().mul_add(12_000.0, 16_000.0)
        as i16
}

fn packet(number: u32, ssrc: u32, length: u32) -> (Stamp, Vec<i16>) {
    let timestamp = number.wrapping_mul(length);
    let stamp = Stamp { ssrc, sequence: number as u16, timestamp, marker: false };
    (stamp, (0..length).map(|offset| sound(timestamp.wrapping_add(offset))).collect())
}

fn push(jitter: &mut Jitter, number: u32) {
    let (stamp, sound) = packet(number, SSRC, FRAME);
    jitter.push(stamp, &sound);
}

fn frame(number: u32) -> Frame {
    Frame(std::array::from_fn(|i| sound(number * FRAME + i as u32)))
}

fn peak(frame: &Frame) -> u16 {
    frame.0.iter().map(|sample| sample.unsigned_abs()).max().unwrap()
}

#[test]
fn nothing_in_is_silence_out() {
    let mut jitter = Jitter::new();
    assert!((0..100).all(|_| jitter.pop() == Frame::SILENCE));
    assert_eq!(jitter.counts(), Counts::default());
}

#[test]
fn an_even_stream_comes_out_whole_and_40_ms_later() {
    let mut jitter = Jitter::new();
    for number in 0..1000 {
        push(&mut jitter, number);
        let out = jitter.pop();
        // one frame of slack, and the frame that is being read
        assert!(out == if number == 0 { Frame::SILENCE } else { frame(number - 1) }, "frame {number}");
    }
    assert_eq!(jitter.counts(), Counts { used: 1000, concealed: 1, placed: 1, ..Counts::default() });
}

#[test]
fn order_is_restored_and_duplicates_are_dropped() {
    let mut jitter = Jitter::new();
    push(&mut jitter, 0);
    let _ = jitter.pop();
    for pair in (1..401).step_by(2) {
        push(&mut jitter, pair + 1);
        push(&mut jitter, pair + 1);
        push(&mut jitter, pair);
        push(&mut jitter, pair - 1);
        assert_eq!(jitter.pop(), frame(pair - 1));
        assert_eq!(jitter.pop(), frame(pair));
    }
    let counts = jitter.counts();
    assert_eq!((counts.used, counts.duplicate, counts.late, counts.placed), (401, 400, 0, 1));
}

#[test]
fn a_lost_packet_is_the_one_before_it_fading_and_a_long_gap_is_silence() {
    let mut jitter = Jitter::new();
    for number in 0..10 {
        push(&mut jitter, number);
        let _ = jitter.pop();
    }
    assert_eq!(jitter.pop(), frame(9));
    let lost: Vec<Frame> = (0..5).map(|_| jitter.pop()).collect();
    assert!((0..FRAME_SAMPLES).all(|i| lost[0].0[i].abs() <= frame(9).0[i].abs()));
    assert!(i32::from(lost[0].0[0] - frame(9).0[0]).abs() < 40, "begins where the sound was");
    assert!(peak(&lost[0]) > peak(&lost[1]) && peak(&lost[1]) > peak(&lost[2]));
    assert_eq!(lost[3..], [Frame::SILENCE; 2]);

    // the sender went on meanwhile, and so does the call
    for number in 16..20 {
        push(&mut jitter, number);
        let _ = jitter.pop();
    }
    push(&mut jitter, 20);
    assert_eq!(jitter.pop(), frame(19));
    assert_eq!(jitter.counts().placed, 1);
}

#[test]
fn packets_of_any_length_fit_together() {
    for length in [80, 240, 320, 480] {
        let mut jitter = Jitter::new();
        let mut sent = 0;
        let mut out = Vec::new();
        for pops in 1..200 {
            while sent * length < pops * FRAME {
                let (stamp, sound) = packet(sent, SSRC, length);
                jitter.push(stamp, &sound);
                sent += 1;
            }
            out.extend(jitter.pop().0);
        }
        let begin = out.iter().position(|&sample| sample == sound(0)).unwrap();
        let whole = out[begin..].iter().enumerate().filter(|&(i, &sample)| sample != sound(i as u32)).count();
        assert_eq!(whole, 0, "packets of {length} samples, begun at {begin}");
    }
}

#[test]
fn lateness_lengthens_the_delay_and_calm_shortens_it_again() {
    let mut jitter = Jitter::new();
    // every second packet is two frames late
    for number in 0..40_u32 {
        match number % 2 {
            0 => push(&mut jitter, number),
            _ => {
                if number >= 3 {
                    push(&mut jitter, number - 2);
                }
            }
        }
        let _ = jitter.pop();
    }
    let rough = jitter.counts();
    assert!((1..=3).contains(&rough.lengthened), "{rough:?}");
    push(&mut jitter, 39);
    for number in 40..60 {
        push(&mut jitter, number);
        let _ = jitter.pop();
    }
    let before_calm = jitter.counts().late;
    // quiet and even for ten seconds: back to one frame of slack
    for number in 60..560_u32 {
        let (stamp, _) = packet(number, SSRC, FRAME);
        jitter.push(stamp, &[3; FRAME_SAMPLES]);
        let _ = jitter.pop();
    }
    let calm = jitter.counts();
    assert_eq!((calm.late, calm.shortened), (before_calm, rough.lengthened));
}

#[test]
fn a_burst_at_the_start_does_not_stay_as_delay() {
    let mut jitter = Jitter::new();
    for number in 0..6 {
        push(&mut jitter, number);
    }
    for number in 6..400_u32 {
        let (stamp, _) = packet(number, SSRC, FRAME);
        jitter.push(stamp, &[3; FRAME_SAMPLES]);
        let _ = jitter.pop();
    }
    push(&mut jitter, 400);
    let _ = jitter.pop();
    assert_eq!(jitter.pop(), frame(400));
    assert_eq!(jitter.counts().shortened, 6);
}

#[test]
fn another_stream_takes_over_at_once() {
    let mut jitter = Jitter::new();
    for number in 0..10 {
        push(&mut jitter, number);
        let _ = jitter.pop();
    }
    for number in 5000..5010 {
        let (stamp, sound) = packet(number, 99, FRAME);
        jitter.push(stamp, &sound);
        let out = jitter.pop();
        assert!(number == 5000 || out == frame(number - 1));
    }
    assert_eq!(jitter.counts().placed, 2);
}

#[test]
fn a_stray_timestamp_changes_nothing_and_a_lasting_jump_is_followed() {
    let mut jitter = Jitter::new();
    let stray = |jitter: &mut Jitter, sequence: u16, timestamp: u32| {
        jitter.push(Stamp { ssrc: SSRC, sequence, timestamp, marker: false }, &[1000; FRAME_SAMPLES]);
    };
    for number in 0..20 {
        push(&mut jitter, number);
        let _ = jitter.pop();
    }
    stray(&mut jitter, 20, 0x7000_0000);
    assert_eq!(jitter.pop(), frame(19));
    for number in 21..200_u32 {
        stray(&mut jitter, number as u16, 0x7000_0000 + number * FRAME);
        let out = jitter.pop();
        assert!(number < 30 || out == Frame([1000; FRAME_SAMPLES]), "frame {number}");
    }
    assert_eq!(jitter.counts().placed, 2);
}

#[test]
fn a_marker_after_a_pause_with_a_stopped_clock_is_followed_at_once() {
    let mut jitter = Jitter::new();
    for number in 0..10 {
        push(&mut jitter, number);
        let _ = jitter.pop();
    }
    for _ in 0..100 {
        let _ = jitter.pop();
    }
    let (stamp, sound) = packet(10, SSRC, FRAME);
    jitter.push(Stamp { marker: true, ..stamp }, &sound);
    let _ = jitter.pop();
    assert_eq!(jitter.pop(), frame(10));
}

#[test]
fn a_sender_with_a_fast_or_slow_clock_is_followed() {
    // 1000 ppm either way, for three minutes: twenty times what crystals do
    for (every, extra) in [(1000, 1_i32), (1000, -1)] {
        let mut jitter = Jitter::new();
        let mut sent = 0;
        for tick in 0..9000_i64 {
            let due = tick + 1 + tick / every * i64::from(extra);
            while i64::from(sent) < due {
                let (stamp, _) = packet(sent, SSRC, FRAME);
                jitter.push(stamp, &[3; FRAME_SAMPLES]);
                sent += 1;
            }
            let _ = jitter.pop();
        }
        let counts = jitter.counts();
        assert_eq!((counts.placed, counts.refused), (1, 0), "{counts:?}");
        assert!(counts.concealed < 40, "{counts:?}");
        // what is left of the delay shows in the next packet
        let ahead = sent.wrapping_mul(FRAME).wrapping_sub(jitter.stream.unwrap().play_at).cast_signed();
        assert!((0..=SLACK_SAMPLES_MIN * 3).contains(&ahead), "{ahead}");
    }
}

proptest! {
    /// Whatever arrives, 20 ms come out, and an even stream is whole again within two seconds.
    #[test]
    fn nothing_that_arrives_breaks_it(
        packets in proptest::collection::vec(
            (0..3_u32, any::<u16>(), any::<u32>(), any::<bool>(), 0..600_usize, 0..4_usize), 0..200
        )
    ) {
        let mut jitter = Jitter::new();
        for (ssrc, sequence, timestamp, marker, length, pops) in packets {
            jitter.push(Stamp { ssrc, sequence, timestamp, marker }, &vec![500; length]);
            for _ in 0..pops {
                let _ = jitter.pop();
            }
        }
        for number in 0..150 {
            let (stamp, sound) = packet(number, 50, FRAME);
            jitter.push(stamp, &sound);
            let out = jitter.pop();
            prop_assert!(number < 100 || frames_from(&out));
        }
    }

    /// Network delays of up to 60 ms: after it has learned them, hardly a frame is made up.
    #[test]
    fn jitter_of_60_ms_is_taken_up(delays in proptest::collection::vec(0..60_u32, 1500)) {
        let mut jitter = Jitter::new();
        let mut on_the_way: Vec<(u32, u32)> =
            delays.iter().enumerate().map(|(i, delay)| (i as u32 * 20 + delay, i as u32)).collect();
        on_the_way.sort_unstable();
        let mut next = 0;
        let mut learned = Counts::default();
        for pop in 0..1500_u32 {
            while next < on_the_way.len() && on_the_way[next].0 <= pop * 20 {
                push(&mut jitter, on_the_way[next].1);
                next += 1;
            }
            let _ = jitter.pop();
            if pop == 250 {
                learned = jitter.counts();
            }
        }
        prop_assert!(jitter.counts().concealed - learned.concealed <= 12, "{:?}", jitter.counts());
    }
}

/// Whether `out` is an unbroken stretch of the sine.
fn frames_from(out: &Frame) -> bool {
    (0..8000).any(|begin| (0..FRAME).all(|i| out.0[i as usize] == sound(begin + i)))
}

/// What comes out when frames of a counting sound are appended, `arrivals` of them before each tick; without
/// what was made up.
fn appended(arrivals: impl IntoIterator<Item = usize>) -> (Vec<i16>, Counts) {
    let (mut jitter, mut number, mut heard) = (Jitter::new(), 0_i16, Vec::new());
    for count in arrivals {
        for _ in 0..count {
            number += 1;
            jitter.append(&[1_000 + number; FRAME_SAMPLES]);
        }
        let made_up = jitter.counts().concealed;
        let frame = jitter.pop();
        if jitter.counts().concealed == made_up {
            heard.push(frame.0[0]);
        }
    }
    (heard, jitter.counts())
}

#[test]
fn what_is_appended_comes_out_whole() {
    let (heard, counts) = appended([1; 1_000]);
    assert_eq!(heard, (1_001..2_000).collect::<Vec<_>>());
    assert_eq!(counts, Counts { used: 1000, concealed: 1, placed: 1, ..Counts::default() });
}

#[test]
fn appended_sound_is_never_too_late() {
    // a caller's packet is lost now and then (nothing says so), and pauses of every length
    let arrivals = (1..400).map(|tick| usize::from(tick % 20 != 0 && !(100..150).contains(&tick)));
    let sent = arrivals.clone().sum::<usize>() as i16;
    let (heard, counts) = appended(arrivals);
    assert_eq!(heard, (1_001..=1_000 + sent).collect::<Vec<_>>()[..heard.len()]);
    assert!(sent - heard.len() as i16 <= 2, "{counts:?}");
    assert_eq!((counts.late, counts.refused), (0, 0), "{counts:?}");
}

#[test]
fn a_stall_of_tcp_loses_nothing_and_its_delay_is_taken_back() {
    let stall = [&[1; 50][..], &[0; 8], &[9], &[1; 50]].concat();
    let (heard, counts) = appended(stall.iter().copied());
    assert!(heard.windows(2).all(|two| two[0] + 1 == two[1]), "{heard:?}");
    assert_eq!((counts.late, counts.refused), (0, 0));
    // the sound is loud, so the delay stays until it is quiet; then it goes within the next two seconds
    let (mut jitter, mut delay) = (Jitter::new(), 0);
    for (tick, &count) in stall.iter().chain(&[1; 300]).enumerate() {
        for _ in 0..count {
            jitter.append(&[if tick > 109 { 50 } else { 5_000 }; FRAME_SAMPLES]);
        }
        let _ = jitter.pop();
        delay = jitter.appended.timestamp.wrapping_sub(jitter.stream.unwrap().play_at).cast_signed();
    }
    assert!(delay <= 2 * FRAME as i32, "{delay} samples wait, {:?}", jitter.counts());
}

proptest! {
    #[test]
    fn nothing_that_is_appended_breaks_it(
        arrivals in proptest::collection::vec(proptest::collection::vec(0..600_usize, 0..6), 0..200)
    ) {
        let mut jitter = Jitter::new();
        for arrived in arrivals {
            for length in arrived {
                jitter.append(&vec![500; length]);
            }
            let _ = jitter.pop();
        }
        // and an even stream is heard again
        for _ in 0..100 {
            jitter.append(&[500; FRAME_SAMPLES]);
            let _ = jitter.pop();
        }
        jitter.append(&[700; FRAME_SAMPLES]);
        let waiting = (0..14).map(|_| jitter.pop()).any(|frame| frame.0.contains(&700));
        prop_assert!(waiting, "{:?}", jitter.counts());
    }
}
