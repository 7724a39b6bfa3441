//! The rules of `signals`, German and English.
//!
//! A pattern is a row of words that must follow each other: `riecht ~ gas` lets a few words stand between,
//! `mitarbeiter*` takes any ending.

use super::understood::Signal;

/// When a rule does not count.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Unless {
    /// Always counts.
    Never,
    /// "keiner verletzt", "kein Gasgeruch".
    NegatedBefore,
    /// "brennt nicht mehr".
    NegatedAfter,
    /// In longer utterances: the word then means something else.
    Long,
    /// Where anything else is said.
    Accompanied,
}

/// All rules; a row's patterns are separated by commas.
pub(super) const RULES: &[(Signal, Unless, &str)] = &[
    (
        Signal::DangerToLife,
        Unless::NegatedBefore,
        "gasgeruch*, gasleck*, gasaustritt, gasexplosion, gas tritt aus, gas stroemt, kohlenmonoxid*, \
        kohlenmonoxyd*, feuer, rauch, qualm, rauchentwicklung, explosion*, explodier*, bewusstlos*, \
        ohnmaechtig*, ohnmacht, atmet nicht, bekommt ~ keine luft, kriegt ~ keine luft, \
        bekomme ~ keine luft, kriege ~ keine luft, herzinfarkt, schlaganfall, verletzt*, verletzung*, \
        schwerverletzt*, blutet, stromschlag, lebensgefahr, lebensgefaehrlich*, notarzt, rettungswagen, \
        krankenwagen, vergiftung*, vergiftet*, erstick*, hausbrand, wohnungsbrand, zimmerbrand, \
        kabelbrand, in flammen, umbringen, selbstmord, stichflamme, co melder, co warner, smell* ~ gas, \
        gas leak*, leaking gas, on fire, a fire, fire, smoke, unconscious, not breathing, injured, \
        carbon monoxide, explosion, bleeding",
    ),
    (
        Signal::DangerToLife,
        Unless::NegatedAfter,
        "riech* ~ nach gas, gas ~ riech*, stinkt ~ nach gas, gas ~ stinkt, nach gas ~ riech*, \
        nach gas ~ stinkt, riecht ~ gas, brennt, brennen, raucht, qualmt, brannte, in brand, \
        riecht ~ verschmort, riecht ~ verbrannt, schmort",
    ),
    (
        Signal::AsksWhetherHuman,
        Unless::Never,
        "sind sie ~ mensch*, sind sie ~ computer, sind sie ~ roboter, sind sie ~ maschine, \
        sind sie ~ automat, sind sie ~ ki, sind sie ~ echt*, bist du ~ mensch*, bist du ~ roboter, \
        bist du ~ computer, bist du ~ maschine, bist du ~ ki, bist du echt, spreche ich ~ mensch*, \
        spreche ich ~ computer, spreche ich ~ maschine, spreche ich ~ roboter, spreche ich ~ automat*, \
        rede ich ~ mensch*, rede ich ~ computer, rede ich ~ maschine, rede ich ~ roboter, \
        ist das ~ computer, ist das ~ maschine, ist das ~ roboter, ist das ~ band, ist das ~ automat, \
        ist das ~ ansage, are you ~ human, are you ~ robot, are you ~ real, are you ~ machine, \
        are you ~ computer, are you an ai, talking to ~ robot, talking to ~ machine",
    ),
    (
        Signal::WantsHuman,
        Unless::Never,
        "mitarbeiter*, einen menschen, einem menschen, echten menschen, richtigen menschen, kollegen, \
        kollegin, sachbearbeiter*, ansprechpartner*, berater, beraterin, verbinden sie mich, \
        verbinde mich, mich verbinden, weiterverbinden, durchstellen, stellen sie mich ~ durch, \
        echte person, echten person, richtige person, mit jemandem sprechen, mit jemand sprechen, \
        jemanden sprechen, jemand sprechen, mit jemandem reden, geben sie mir ~ jemand*, \
        chef sprechen, chef reden, \
        mit keinem computer, mit keinem roboter, nicht mit einem computer, nicht mit einer maschine, \
        nicht mit einem roboter, keinen computer, keine maschine, keinen roboter, real person, a human, \
        an agent, the operator, representative, speak to someone, talk to someone, speak to a person, \
        talk to a person",
    ),
    (Signal::WantsHuman, Unless::Long, "mensch, menschen, zentrale, operator, agent, human, vermittlung"),
    (
        Signal::AsksPrivacy,
        Unless::Never,
        "datenschutz*, dsgvo, meinen daten, meine daten, meiner daten, speichern sie, \
        wird das gespeichert, wird ~ gespeichert, privacy, my data, personal data",
    ),
    (
        Signal::StopRecording,
        Unless::Never,
        "aufnahme stop*, stop* ~ aufnahme, aufnahme beenden, aufnahme aus, aufnahme abbrechen, \
        aufnahme loeschen, beenden sie ~ aufnahme, aufzeichnung stop*, aufzeichnung beenden, \
        aufzeichnung aus, aufzeichnung loeschen, stop* ~ aufzeichnung, beenden sie ~ aufzeichnung, \
        nicht aufnehmen, nicht aufzeichnen, nicht aufgenommen, nicht aufgezeichnet, keine aufnahme, \
        keine aufzeichnung, nicht mitschneiden, kein mitschnitt, loeschen sie ~ aufnahme, \
        loeschen sie ~ aufzeichnung, stop* ~ recording, don't record, do not record",
    ),
    (
        Signal::Repeat,
        Unless::Never,
        "wie bitte, wiederholen, wiederhole, nochmal sagen, noch mal sagen, noch einmal sagen, \
        sagen sie ~ nochmal, sagen sie ~ noch mal, sagen sie ~ noch einmal, was haben sie ~ gesagt, \
        habe ich nicht verstanden, hab ich nicht verstanden, habe sie ~ nicht verstanden, habe das ~ nicht verstanden, hab das ~ nicht verstanden, \
        hab sie ~ nicht verstanden, habs nicht verstanden, nicht richtig verstanden, \
        akustisch nicht verstanden, say ~ again, repeat, come again",
    ),
    (
        Signal::Repeat,
        Unless::Long,
        "nochmal, nochmals, noch mal, noch einmal, hae, was war das, pardon, bitte was",
    ),
    (Signal::Repeat, Unless::Accompanied, "was, bitte"),
    (
        Signal::Slower,
        Unless::Never,
        "langsamer, nicht so schnell, zu schnell, bisschen langsam, sprechen sie ~ langsam, slower, \
        slow down, more slowly, too fast",
    ),
    (
        Signal::Wait,
        Unless::Never,
        "einen moment, einen kleinen moment, einen augenblick, kleinen moment, kleinen augenblick, \
        moment bitte, moment mal, augenblick bitte, warten sie, warte mal, kurz warten, eine sekunde, \
        sekunde bitte, bleiben sie ~ dran, muss ~ nachsehen, muss ~ nachschauen, muss ~ nachgucken, \
        hold on, one moment, one second, just a moment, wait ~ minute",
    ),
    (Signal::Wait, Unless::Long, "moment, sekunde, momentchen, augenblick, wait"),
    (
        Signal::Goodbye,
        Unless::Never,
        "tschuess*, tschues, tschau, ciao, auf wiederhoeren, auf wiedersehen, wiederhoeren, wiedersehen, \
        wiederschaun, auf wiederschauen, das war alles, das wars, das war es, das waers, \
        das waere alles, war's das, das war's, das ist alles, schoenen tag noch, schoenen abend noch, \
        bis dann, bye, bye-bye, goodbye, that's all, that is all, that was all",
    ),
    (
        Signal::Back,
        Unless::Never,
        "nein stop*, nein falsch, das ist falsch, das war falsch, das stimmt nicht, von vorne, \
        noch mal von vorn*, nochmal von vorn*, einen schritt zurueck, gehen sie zurueck, go back, \
        that's wrong, that is wrong, start over, falsch verstanden, missverstanden",
    ),
    (Signal::Back, Unless::Long, "zurueck, stopp, stop, falsch, abbrechen, abbruch, back, wrong, cancel"),
    (
        Signal::Impatient,
        Unless::Never,
        "zum zweiten mal, zum dritten mal, zum vierten mal, zum fuenften mal, zum zehnten mal, \
        zum x-ten mal, zum xten mal, zum hundertsten mal, jetzt reicht, mir reicht, es reicht, nervt, \
        nervig*, verdammt*, scheiss*, unverschaemt*, wie oft ~ noch, wie lange ~ noch, herrgott*, \
        idiot*, darf doch nicht wahr, darf nicht wahr, so ein mist, zum kuckuck, frechheit, unfassbar, \
        hab ich ~ schon gesagt, habe ich ~ schon gesagt, keine zeit fuer, third time, ridiculous, damn, \
        how many times, ich warte schon, hoeren sie mir zu",
    ),
];
