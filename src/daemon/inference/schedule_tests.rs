//! The schedule in a pretend world: a recogniser that remembers what it heard, and a clock turned by hand.

use proptest::prelude::*;

use super::*;

/// A stream is the sound that it has heard; an answer goes to its call.
type Pretend = Schedule<Vec<i16>, u64>;

const START: Instant = Instant::START;

fn ms(ms: u64) -> Instant {
    START + Duration::from_millis(ms)
}

fn hear(id: u64, stretch: u64, samples: &[i16], ask: Ask) -> Job {
    let (id, stretch) = (JobId(id), StretchId(stretch));
    Job::Hear { id, stretch, samples: samples.into(), expect: [].into(), ask }
}

fn score(id: u64) -> Job {
    Job::Score { id: JobId(id), window: Box::default() }
}

fn takes(schedule: &mut Pretend, call: u64, job: Job, now: Instant) -> bool {
    schedule.push((0, call), job, call, now).is_ok()
}

/// The chunks of the next batch, which must be of sounds.
fn sounds(schedule: &mut Pretend) -> Vec<Chunk<Vec<i16>, u64>> {
    match schedule.next() {
        Some(Batch::Sounds(chunks)) => chunks,
        Some(Batch::Scores(scores)) => panic!("{} scores", scores.len()),
        None => Vec::new(),
    }
}

fn calls(chunks: &[Chunk<Vec<i16>, u64>]) -> Vec<u64> {
    chunks.iter().map(|chunk| chunk.call).collect()
}

/// Hears a chunk as a model would; the question's number where that answers it.
fn run(schedule: &mut Pretend, mut chunk: Chunk<Vec<i16>, u64>, now: Instant) -> Option<JobId> {
    chunk.stream.get_or_insert_default().extend_from_slice(chunk.sound.chunk());
    let answered = chunk.sound.is_last().then_some(chunk.sound.id);
    schedule.give_back(chunk, now);
    answered
}

#[test]
fn whoever_has_much_waiting_gets_one_chunk_a_batch_like_everybody() {
    let mut schedule = Pretend::default();
    let backlog = vec![1; SOUND_SAMPLES_MAX];
    for id in 0..CALL_SOUNDS_WAITING_MAX as u64 {
        assert!(takes(&mut schedule, 7, hear(id, 1, &backlog, Ask::SoFar), START));
    }
    for call in 10..20 {
        assert!(takes(&mut schedule, call, hear(1, 1, &[1; CHUNK_SAMPLES], Ask::SoFar), ms(1)));
    }
    let first = sounds(&mut schedule);
    assert_eq!(calls(&first), [7, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    assert!(first.iter().all(|chunk| chunk.sound.chunk().len() == CHUNK_SAMPLES));
    let answered: Vec<JobId> =
        first.into_iter().filter_map(|chunk| run(&mut schedule, chunk, START)).collect();
    assert_eq!(answered.len(), 10, "all but the one with the backlog");
    assert_eq!(calls(&sounds(&mut schedule)), [7]);
    assert!(schedule.next().is_none(), "its next chunk waits until this one is back");
}

#[test]
fn the_most_urgent_goes_first_and_what_is_urgent_hurries_what_stands_before_it() {
    let mut schedule = Pretend::default();
    for call in 0..2 * HEAR_BATCH_MAX as u64 {
        assert!(takes(&mut schedule, call, hear(1, 1, &[1; 480], Ask::SoFar), START));
    }
    // the caller of the last one has paused
    let last = 2 * HEAR_BATCH_MAX as u64 - 1;
    assert!(takes(&mut schedule, last, hear(2, 1, &[1; 160], Ask::AsIfEnded), ms(20)));
    assert!(takes(&mut schedule, 5, score(9), ms(30)));
    assert!(matches!(schedule.next(), Some(Batch::Scores(_))), "a window is due after 32 ms");
    let first = sounds(&mut schedule);
    assert_eq!((first[0].call, first[0].sound.id), (last, JobId(1)), "in the order of its own questions");
    assert_eq!(first.len(), HEAR_BATCH_MAX);
    for chunk in first {
        run(&mut schedule, chunk, START);
    }
    assert_eq!(sounds(&mut schedule)[0].sound.id, JobId(2));
}

#[test]
fn a_sound_that_waits_for_long_goes_before_fresh_windows() {
    let mut schedule = Pretend::default();
    assert!(takes(&mut schedule, 1, hear(1, 1, &[1; 480], Ask::SoFar), START));
    assert!(takes(&mut schedule, 2, score(1), ms(90)));
    assert_eq!(calls(&sounds(&mut schedule)), [1], "windows that come all the time starve nobody");
}

#[test]
fn everything_is_bounded_and_who_is_refused_is_told() {
    let mut schedule = Pretend::default();
    let sound = |id| hear(id, 1, &[1; 480], Ask::Nothing);
    for id in 0..CALL_SOUNDS_WAITING_MAX as u64 {
        assert!(takes(&mut schedule, 0, sound(id), START));
    }
    assert_eq!(schedule.push((0, 0), sound(99), 0, START), Err((JobId(99), 0)), "no more of one call");
    let too_long = vec![0; SOUND_SAMPLES_MAX + 1];
    assert!(!takes(&mut schedule, 1, hear(1, 1, &too_long, Ask::Nothing), START));
    let room = (SOUNDS_WAITING_MAX - CALL_SOUNDS_WAITING_MAX) as u64;
    assert!((1..=room).all(|call| takes(&mut schedule, call, sound(1), START)));
    assert!(!takes(&mut schedule, room + 1, sound(1), START));
    assert!((0..SCORES_WAITING_MAX as u64).all(|id| takes(&mut schedule, 1, score(id), START)));
    assert!(!takes(&mut schedule, 1, score(0), START));
}

#[test]
fn stretches_are_bounded_and_those_of_nobody_give_way() {
    let mut schedule = Pretend::default();
    for call in 0..STREAMS_MAX as u64 {
        assert!(takes(&mut schedule, call, hear(1, 1, &[1; 480], Ask::Nothing), START));
        for chunk in sounds(&mut schedule) {
            run(&mut schedule, chunk, START);
        }
    }
    let late = START + STREAM_IDLE_MAX;
    let new = || hear(1, 1, &[1; 480], Ask::Nothing);
    assert!(!takes(&mut schedule, u64::MAX, new(), ms(1)));
    assert!(takes(&mut schedule, u64::MAX, new(), late), "a stretch that long ago is none any more");
    assert_eq!(schedule.callers.len(), 1);
}

#[test]
fn of_a_call_that_goes_away_in_mid_utterance_nothing_is_kept() {
    let mut schedule = Pretend::default();
    for job in [hear(1, 1, &[1; 960], Ask::SoFar), hear(2, 1, &[1; 480], Ask::SoFar)] {
        assert!(takes(&mut schedule, 1, job, START));
    }
    let mut away = sounds(&mut schedule);
    schedule.forget_call(1);
    assert!(schedule.next().is_none(), "nobody waits for what was queued");
    run(&mut schedule, away.remove(0), START);
    assert!(schedule.callers.is_empty() && schedule.sounds == 0);
    assert_eq!(schedule.waits(ms(9)), Duration::ZERO);
}

#[test]
fn a_new_stretch_begins_with_nothing_though_the_old_one_is_still_with_a_thread() {
    let mut schedule = Pretend::default();
    assert!(takes(&mut schedule, 1, hear(1, 1, &[1; 480], Ask::SoFar), START));
    let mut old = sounds(&mut schedule);
    assert!(takes(&mut schedule, 1, Job::Forget { stretch: StretchId(1) }, START));
    assert!(takes(&mut schedule, 1, hear(2, 2, &[2; 480], Ask::SoFar), START));
    let mut new = sounds(&mut schedule);
    assert!(new[0].stream.is_none());
    run(&mut schedule, new.remove(0), START);
    run(&mut schedule, old.remove(0), START);
    assert!(takes(&mut schedule, 1, hear(3, 2, &[3; 1], Ask::SoFar), START));
    let next = sounds(&mut schedule);
    assert_eq!(next[0].stream.as_deref(), Some(&[2; 480][..]), "what came back late is nobody's");
}

#[test]
fn where_a_model_failed_the_rest_of_that_sound_is_dropped_and_the_call_may_begin_again() {
    let mut schedule = Pretend::default();
    assert!(takes(&mut schedule, 1, hear(1, 1, &[1; 4_800], Ask::SoFar), START));
    let failed = sounds(&mut schedule).remove(0);
    assert!(failed.stream.is_none());
    schedule.give_back(failed, START);
    assert!(schedule.next().is_none() && schedule.callers.is_empty());
    assert!(takes(&mut schedule, 1, hear(2, 2, &[2; 480], Ask::SoFar), START));
    assert_eq!(calls(&sounds(&mut schedule)), [1]);
}

/// So many calls speak at once, each 60 ms of sound and two windows; a batch costs 2 ms and 0.3 ms a chunk, and one
/// call came with ten seconds at once. The longest that anybody else waited.
fn worst_wait(calls: u64) -> Duration {
    let mut schedule = Pretend::default();
    let backlog = vec![1; SOUND_SAMPLES_MAX];
    assert!(takes(&mut schedule, u64::MAX, hear(0, 1, &backlog, Ask::SoFar), START));
    let (mut now, mut worst, mut asked) = (START, Duration::ZERO, 0);
    while now < ms(6_000) {
        while asked * 60 <= now.since(START).as_millis() as u64 {
            let at = ms(asked * 60);
            for call in 0..calls {
                for window in 0..2 {
                    assert!(takes(&mut schedule, call, score(window), at));
                }
                let ask = if (asked + call) % 20 == 0 { Ask::AsIfEnded } else { Ask::SoFar };
                assert!(takes(&mut schedule, call, hear(asked, 1, &[1; 480], ask), at));
            }
            asked += 1;
        }
        now = match schedule.next() {
            None => now + Duration::from_millis(1),
            Some(Batch::Scores(scores)) => {
                let now = now + Duration::from_micros(100 + 30 * scores.len() as u64);
                worst = worst.max(scores.iter().map(|score| now.since(score.at)).max().unwrap_or_default());
                now
            }
            Some(Batch::Sounds(chunks)) => {
                let now = now + Duration::from_micros(2_000 + 300 * chunks.len() as u64);
                for chunk in chunks {
                    if chunk.call != u64::MAX {
                        worst = worst.max(now.since(chunk.sound.at));
                    }
                    run(&mut schedule, chunk, now);
                }
                now
            }
        };
    }
    worst
}

#[test]
fn within_its_means_everybody_is_answered_in_time_although_one_call_has_a_backlog() {
    let worst = worst_wait(100);
    assert!(worst < Duration::from_millis(100), "{worst:?}");
}

/// What may happen.
#[derive(Clone, Debug)]
enum Happens {
    Speaks { call: u64, samples: usize, ask: u8 },
    Pauses(u64),
    Forgets(u64),
    HangsUp(u64),
    Taken,
    Back { which: usize, broken: bool },
}

fn happens() -> impl Strategy<Value = Happens> {
    let call = || 0..6_u64;
    prop_oneof![
        6 => (call(), 0..2_000_usize, 0..3_u8).prop_map(|(call, samples, ask)| Happens::Speaks { call, samples, ask }),
        1 => call().prop_map(Happens::Pauses),
        1 => call().prop_map(Happens::Forgets),
        1 => call().prop_map(Happens::HangsUp),
        5 => Just(Happens::Taken),
        5 => (0..8_usize, prop::bool::weighted(0.1)).prop_map(|(which, broken)| Happens::Back { which, broken }),
    ]
}

/// A call as it sees itself.
#[derive(Clone, Debug, Default)]
struct Own {
    stretch: u64,
    /// Samples of its stretch so far; each is its own number.
    said: i16,
    /// Questions of its stretch that are open, in order.
    open: VecDeque<u64>,
    broken: bool,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// However calls speak, pause and go, and in whichever order threads finish: a stretch is heard whole and in
    /// order, its questions are answered in order and once, and in the end nothing waits.
    #[test]
    fn a_stretch_is_heard_whole_and_in_order(storm in prop::collection::vec(happens(), 1..200)) {
        let mut schedule = Pretend::default();
        let mut own = vec![Own::default(); 6];
        let mut away: Vec<Chunk<Vec<i16>, u64>> = Vec::new();
        let mut number = 0;
        let end = std::iter::repeat_n([Happens::Taken, Happens::Back { which: 0, broken: false }], 800).flatten();
        for happens in storm.into_iter().chain(end) {
            match happens {
                Happens::Speaks { call, samples, ask } => {
                    let it = &mut own[call as usize];
                    number += 1;
                    let said: Vec<i16> = (0..samples).map(|at| it.said.wrapping_add(at as i16)).collect();
                    let ask = [Ask::Nothing, Ask::SoFar, Ask::AsIfEnded][usize::from(ask)];
                    if takes(&mut schedule, call, hear(number, it.stretch, &said, ask), START) {
                        it.said = it.said.wrapping_add(samples as i16);
                        it.open.push_back(number);
                    }
                }
                Happens::Pauses(call) | Happens::Forgets(call) | Happens::HangsUp(call) => {
                    let it = &mut own[call as usize];
                    match happens {
                        Happens::HangsUp(_) => schedule.forget_call(call),
                        _ => {
                            let stretch = StretchId(it.stretch);
                            let forget = Job::Forget { stretch };
                            prop_assert!(takes(&mut schedule, call, forget, START));
                        }
                    }
                    *it = Own { stretch: it.stretch + 1, ..Own::default() };
                }
                Happens::Taken => match schedule.next() {
                    Some(Batch::Sounds(chunks)) => {
                        for (at, chunk) in chunks.iter().enumerate() {
                            let twice = |other: &&Chunk<_, _>| other.call == chunk.call;
                            prop_assert_eq!(chunks[..at].iter().filter(twice).count(), 0);
                        }
                        away.extend(chunks);
                    }
                    Some(Batch::Scores(_)) => prop_assert!(false, "nobody asked"),
                    None => {}
                },
                Happens::Back { .. } if away.is_empty() => {}
                Happens::Back { which, broken } => {
                    let mut chunk = away.remove(which % away.len());
                    let it = &mut own[chunk.call as usize];
                    let live = StretchId(it.stretch) == chunk.sound.stretch;
                    if broken {
                        chunk.stream = None;
                        schedule.give_back(chunk, START);
                        if live {
                            it.broken = true;
                            it.open.pop_front();
                        }
                        continue;
                    }
                    let heard = chunk.stream.get_or_insert_default();
                    let from = heard.len();
                    heard.extend_from_slice(chunk.sound.chunk());
                    if live && !it.broken {
                        let right = heard[from..].iter().enumerate().all(|(at, it)| *it == (from + at) as i16);
                        prop_assert!(right, "heard out of order");
                    }
                    if chunk.sound.is_last() && live {
                        prop_assert_eq!(it.open.pop_front(), Some(chunk.sound.id.0));
                        if it.open.is_empty() && !it.broken {
                            prop_assert_eq!(chunk.stream.as_ref().map(|heard| heard.len() as i16), Some(it.said));
                        }
                    }
                    schedule.give_back(chunk, START);
                }
            }
        }
        prop_assert!(own.iter().all(|it| it.open.is_empty()), "{:?}", own);
        prop_assert_eq!((schedule.sounds, away.len()), (0, 0));
    }
}
