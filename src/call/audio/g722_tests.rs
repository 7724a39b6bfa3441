//! What G.722 promises: the bytes of another coder, sound above 4 kHz, and that a lost packet is soon forgotten.

use proptest::prelude::*;

use super::*;

const RATE_HZ: f64 = 16_000.0;

fn tones(hertz: &[f64], samples: usize) -> Vec<i16> {
    let sample = |at: usize| {
        let angle = std::f64::consts::TAU * at as f64 / RATE_HZ;
        hertz.iter().map(|hertz| (angle * hertz).sin() * 6_000.0).sum::<f64>() as i16
    };
    (0..samples).map(sample).collect()
}

fn coded(sound: &[i16]) -> Vec<u8> {
    let mut codes = vec![0; sound.len() / 2];
    Encoder::new().encode(sound, &mut codes);
    codes
}

fn decoded(codes: &[u8]) -> Vec<i16> {
    let mut sound = vec![0; codes.len() * 2];
    Decoder::new().decode(codes, &mut sound);
    sound
}

/// Loudness of `sound` over that of what `other` differs from it, in dB.
fn distance_db(sound: &[i16], other: &[i16]) -> f64 {
    let (mut own, mut off) = (1e-9, 1e-9);
    for (&a, &b) in sound.iter().zip(other) {
        own += f64::from(a).powi(2);
        off += (f64::from(a) - f64::from(b)).powi(2);
    }
    10.0 * (own / off).log10()
}

#[test]
fn bytes_and_samples_are_those_of_another_coder() {
    // made with a translation of the CMU coder, its scales begun at 32 and 8 as the recommendation wants it
    let sound: Vec<i16> = (0..64).map(|i: i32| ((i * i * 97) % 8_000 - 4_000) as i16).collect();
    let codes = [
        0x37, 0x8d, 0x20, 0x85, 0x22, 0x84, 0x04, 0x50, 0x97, 0x2e, 0xb6, 0x1d, 0x1a, 0x9c, 0x38, 0x33, 0x39,
        0x2e, 0xbd, 0xbb, 0x3a, 0x74, 0x8b, 0xb0, 0x7a, 0xdc, 0xda, 0x7e, 0xb8, 0x2c, 0x13, 0x35,
    ];
    let back = [
        0, 0, -1, 0, 0, -1, -1, 1, 0, -6, 0, 18, -2, -59, 6, 104, -5, -203, -37, 300, 216, -613, -1946,
        -3150, -3274, -2668, -2369, -2207, -674, 1685, 2573, 1459, 200, -264, -466, -1020, -1066, -807, -480,
        125, 1148, 1411, 1199, 234, 937, 1775, 2022, 504, -673, 704, 327, -543, 1070, 1723, -1, -2971, -3343,
        1712, 2455, 849, -278, -422, -645, -837,
    ];
    assert_eq!(coded(&sound), codes);
    assert_eq!(decoded(&codes), back);
}

#[test]
fn what_lies_above_4_khz_comes_through_as_what_lies_below() {
    // there and back takes 22 samples: twice the mirror filters, less the pair that is worked on
    const DELAY: usize = 22;
    for (hertz, least_db) in
        [(&[440.0][..], 25.0), (&[1_800.0][..], 20.0), (&[5_500.0][..], 10.0), (&[700.0, 6_000.0][..], 10.0)]
    {
        let sound = tones(hertz, 16_000);
        let back = decoded(&coded(&sound));
        let distance = distance_db(&sound[800..15_000], &back[800 + DELAY..]);
        assert!(distance > least_db, "{hertz:?} Hz: {distance:.1} dB");
    }
}

#[test]
fn a_lost_a_doubled_and_a_swapped_packet_are_a_moment_of_noise() {
    const PACKET: usize = 160;
    let codes = coded(&tones(&[350.0, 1_100.0, 2_700.0, 5_100.0], 32_000));
    let whole = decoded(&codes);
    let packets: Vec<&[u8]> = codes.chunks(PACKET).collect();
    for (what, order) in [("lost", [20, 22]), ("doubled", [20, 20]), ("swapped", [21, 20])] {
        let mut decoder = Decoder::new();
        let mut sound = vec![0; 2 * PACKET];
        let mut after = Vec::new();
        for packet in &packets[..20] {
            decoder.decode(packet, &mut sound);
        }
        for &at in &order {
            decoder.decode(packets[at], &mut sound);
        }
        let next = order.iter().max().unwrap() + 1;
        for packet in &packets[next..next + 40] {
            decoder.decode(packet, &mut sound);
            after.extend_from_slice(&sound);
        }
        let right = &whole[next * 2 * PACKET..];
        // 60 ms later nothing is left that could be heard, and half a second later next to nothing at all
        let soon = distance_db(&right[960..1_280], &after[960..1_280]);
        let later = distance_db(&right[8_000..12_000], &after[8_000..12_000]);
        assert!(soon > 30.0 && later > 60.0, "{what}: {soon:.1} {later:.1}");
    }
}

proptest! {
    #[test]
    fn no_bytes_and_no_sound_are_too_much(
        codes in proptest::collection::vec(any::<u8>(), 0..2_000),
        sound in proptest::collection::vec(any::<i16>(), 0..2_000),
    ) {
        decoded(&codes);
        prop_assert_eq!(coded(&sound).len(), sound.len() / 2);
    }

    #[test]
    fn the_loudest_sounds_do_not_break_the_predictor(flips in proptest::collection::vec(any::<bool>(), 4_000)) {
        let sound: Vec<i16> = flips.iter().map(|&up| if up { i16::MAX } else { i16::MIN }).collect();
        decoded(&coded(&sound));
    }
}
