//! The rules of `signals`, German and English.
//!
//! A pattern is a row of words that must follow each other: `riecht ~ gas` lets a few words stand between,
//! `mitarbeiter*` takes any ending, `putzmittel|gift` is one of both, `@person` somebody. Words stand without apostrophes.

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
        kohlenmonoxyd*, feuer, rauch, qualm, rauchentwicklung, explosion, explosionen, explodier*, bewusstlos*, \
        ohnmaechtig*, ohnmacht, atmet nicht, bekommt ~ keine luft, kriegt ~ keine luft, \
        bekomme ~ keine luft, kriege ~ keine luft, herzinfarkt, schlaganfall, verletzt*, verletzung*, \
        schwerverletzt*, blutet, stromschlag, lebensgefahr, lebensgefaehrlich*, notarzt, rettungswagen, \
        krankenwagen, vergiftung*, vergiftet*, erstick*, hausbrand, wohnungsbrand, zimmerbrand, \
        kabelbrand, in flammen, mich umbringen, sich umbringen, umzubringen, bringe mich um, bring mich um, \
        das leben nehmen, nicht mehr leben, selbstmord, suizid*, stichflamme, leben und tod, leben oder tod, \
        stroemt ~ gas, gas ~ stroemt aus, zischt ~ gas*, gas* ~ zischt, brennts, krieg ~ keine luft, \
        @person ~ umgekippt, @person ~ zusammengebrochen, @person ~ reagiert ~ nicht, boden ~ ruehrt sich nicht, \
        boden ~ bewegt sich nicht, gestuerzt ~ bewegt sich nicht, gestuerzt ~ ruehrt sich nicht, \
        gestuerzt ~ aufstehen, gefallen ~ aufstehen, gestuerzt und kann nicht, gefallen und kann nicht, nicht mehr ansprechbar, nicht ansprechbar, \
        schmerzen in der brust, brustschmerzen, herzstillstand, herzanfall, schlag ~ vom strom, \
        strom ~ schlag bekommen, strom ~ schlag gekriegt, rufen|ruf|holen|hol|brauchen|brauche ~ feuerwehr, \
        feuerwehr rufen, feuerwehr holen, \
        putzmittel|reiniger|bleiche|saeure|gift|batterie|tabletten|spuelmittel|waschmittel ~ getrunken|geschluckt|gegessen, \
        zu viele tabletten, sich|mich|hat|schwer ~ verbrueht, verbrennungen, alle kopfschmerzen, allen schwindlig, \
        schwindlig ~ melder, melder ~ schwindlig, ertrink*, ertrunken, blutung*, verblut*, co melder, co warner, smell* ~ gas, \
        gas leak*, leaking gas, on fire, a fire, fire, smoke, unconscious, not breathing, injured, \
        carbon monoxide, co alarm, explosion, bleeding, gas ~ leaking, cant breathe, cannot breathe, collapsed, \
        heart attack, a stroke, electric shock, electrocuted, ambulance, kill myself, dont want to live, \
        do not want to live, life and death, life or death, smoke alarm is going, choking, drowning, overdose, \
        poisoned, suicid*",
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
        ist das ~ ansage, ist das ~ bandansage, sind sie ~ person, sind sie ~ kuenstlich*, bist du ~ person, \
        bin ich ~ maschine, bin ich ~ computer, bin ich ~ roboter, roboter am telefon, computer am telefon, \
        mensch oder, kein mensch oder, rede ich ~ ki, spreche ich ~ ki, rede ich ~ automat*, is this a machine, \
        is this a robot, is this a bot, is this a recording, is this a computer, is this an ai, am i ~ computer, \
        am i ~ machine, am i ~ robot, am i ~ human, am i ~ real person, are you ~ human, are you ~ robot, are you ~ real, are you ~ machine, \
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
        nicht mit einem roboter, nicht mit einem automat*, mit keiner maschine, mit keinem automat*, jemand persoenlich, \
        persoenlich mit jemand*, mit der zentrale, jemand* reden, \
        keinen computer, keine maschine, keinen roboter, put me through, connect me, transfer me, your manager, \
        your supervisor, to a machine, to somebody, real person, a human, \
        an agent, the operator, representative, speak to someone, talk to someone, speak to a person, \
        talk to a person",
    ),
    (Signal::WantsHuman, Unless::Long, "mensch, menschen, zentrale, operator, agent, human, vermittlung"),
    (
        Signal::AsksPrivacy,
        Unless::Never,
        "datenschutz*, dsgvo, meinen daten, meiner daten, speichern sie, wird das gespeichert, wird ~ gespeichert, \
        wie|was|wer|wo|wohin|wozu|warum ~ meine daten, werden|sind|loeschen ~ meine daten, ueber mich gespeichert, \
        nehmen sie das ~ auf, nehmen sie ~ gespraech auf, hoert ~ jemand mit, hoert ~ jemand zu, privacy, my data, \
        personal data, data protection, being recorded, are you recording, is this ~ recorded, is anyone listening",
    ),
    (
        Signal::AsksPrivacy,
        Unless::NegatedAfter,
        "wird ~ aufgezeichnet, wird ~ aufgenommen, wird ~ mitgeschnitten, zeichnen sie ~ auf",
    ),
    (Signal::AsksPrivacy, Unless::Long, "meine daten"),
    (
        Signal::StopRecording,
        Unless::Never,
        "aufnahme stop*, stop* ~ aufnahme, aufnahme beenden, aufnahme aus, aufnahme abbrechen, \
        aufnahme loeschen, beenden sie ~ aufnahme, aufzeichnung stop*, aufzeichnung beenden, \
        aufzeichnung aus, aufzeichnung loeschen, stop* ~ aufzeichnung, beenden sie ~ aufzeichnung, \
        nicht aufnehmen, nicht aufzeichnen, nicht aufgenommen, nicht aufgezeichnet, keine aufnahme, \
        keine aufzeichnung, nicht mitschneiden, kein mitschnitt, loeschen sie ~ aufnahme, \
        loeschen sie ~ aufzeichnung, aufnahme|aufzeichnung ~ ausschalten|abschalten, schalten|machen ~ aufnahme aus, \
        schalten|machen ~ aufzeichnung aus, aufnahme|aufzeichnung nicht einverstanden, nicht dass ~ aufgezeichnet, \
        nicht dass ~ aufgenommen, auf aufzunehmen, auf aufzuzeichnen, widerspreche ~ aufnahme|aufzeichnung, \
        aufnahme|aufzeichnung soll aufhoeren, zeichnen|zeichne ~ nicht auf, nehmen|nimm ~ nicht auf, \
        stop* ~ recording, dont record, do not record, dont want ~ recorded, not ~ be recorded, turn off ~ recording, \
        no recording, not consent ~ recording, dont consent ~ recording, delete ~ recording",
    ),
    (
        Signal::Repeat,
        Unless::Never,
        "wie bitte, wiederholen, wiederhole, nochmal sagen, noch mal sagen, noch einmal sagen, \
        sagen sie ~ nochmal, sagen sie ~ noch mal, sagen sie ~ noch einmal, was haben sie ~ gesagt, \
        habe ich nicht verstanden, hab ich nicht verstanden, habe sie ~ nicht verstanden, habe das ~ nicht verstanden, hab das ~ nicht verstanden, \
        hab sie ~ nicht verstanden, habs nicht verstanden, nicht richtig verstanden, \
        akustisch nicht verstanden, nichts verstanden, nicht mitbekommen, nicht mitgekriegt, nicht gehoert was, \
        wie war das, say ~ again, repeat, come again, what did you say, didnt catch, didnt get that, \
        didnt understand, one more time, beg your pardon",
    ),
    (
        Signal::Repeat,
        Unless::Long,
        "nochmal, nochmals, noch mal, noch einmal, hae, was war das, pardon, bitte was, entschuldigung was, what was that, \
        pardon me",
    ),
    (Signal::Repeat, Unless::Accompanied, "was, bitte"),
    (
        Signal::Slower,
        Unless::Never,
        "langsamer, nicht so schnell, sprechen|reden|redest|sprichst ~ zu schnell, ging|geht|war ~ zu schnell, \
        mir zu schnell, bisschen langsam, sprechen|reden|machen sie ~ langsam, langsam langsam, schoen langsam, \
        komm|komme nicht mit, komm|komme ich nicht mit, komm|komme ~ nicht mehr mit, slower, slow down, more slowly, speak slowly, not so fast, \
        talking too fast, speaking too fast, too fast for me, too quick for me",
    ),
    (Signal::Slower, Unless::Long, "zu schnell, too fast, too quick"),
    (Signal::Slower, Unless::Accompanied, "langsam"),
    (
        Signal::Wait,
        Unless::Never,
        "einen moment, einen kleinen moment, einen augenblick, kleinen moment, kleinen augenblick, \
        moment bitte, moment mal, augenblick bitte, warten sie, warte mal, kurz warten, eine sekunde, \
        sekunde bitte, bleiben sie ~ dran, muss ~ nachsehen, muss ~ nachschauen, muss ~ nachgucken, \
        muss ~ suchen, ich hol|hole ~ zettel, ich hol|hole ~ unterlagen, ich hol|hole ~ brille, gleich wieder da, \
        ich suche ~ nummer, ich such ~ nummer, warte kurz, hold on, hang on, one moment, one second, just a moment, \
        just a second, just a minute, wait ~ minute, wait ~ second, wait ~ moment, give me a second, give me a minute, \
        give me a moment, let me check, let me look, bear with me",
    ),
    (Signal::Wait, Unless::Long, "moment, sekunde, momentchen, augenblick, wait"),
    (
        Signal::Goodbye,
        Unless::Never,
        "tschuess*, tschues, tschau, ciao, auf wiederhoeren, auf wiedersehen, wiederhoeren, wiedersehen, \
        wiederschaun, auf wiederschauen, das war alles, das wars, das war es, das waers, \
        das waere alles, wars das, das wars, das ist alles, schoenen tag noch, schoenen abend noch, \
        bis dann, bye, bye-bye, goodbye, thats all, that is all, that was all",
    ),
    (
        Signal::Back,
        Unless::Never,
        "nein stop*, nein falsch, das ist falsch, das war falsch, das stimmt nicht, von vorne, \
        noch mal von vorn*, nochmal von vorn*, einen schritt zurueck, gehen sie zurueck, go back, \
        thats wrong, that is wrong, start over, falsch verstanden, missverstanden, habe ich ~ nicht gesagt, hab ich ~ nicht gesagt, \
        habe ich ~ nie gesagt, i didnt say, i did not say, i never said, not what i said",
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
        how many times, ich warte schon, hoeren sie mir zu, schon zweimal gesagt, schon dreimal gesagt, \
        schon tausendmal gesagt, dauert ~ zu lange, mal hinne, geht das ~ schneller, zur sache, so ein quatsch, \
        so ein bloedsinn, schlechter witz, doch ein witz, stinksauer, werd|werde|bin ~ sauer, \
        sie verstehen mich nicht, soll der mist, told you, dont have time, taking too long, hurry up, to the point, \
        fed up, you dont understand, waste of time",
    ),
    (
        Signal::Distressed,
        Unless::Never,
        "nicht mehr weiter, verzweifelt, verzweifeln, verzweiflung, mit den nerven, solche angst, so angst, hab|habe angst, \
        bitte helfen sie mir, helfen sie mir bitte, halte ~ nicht mehr aus, ich kann nicht mehr, ueberfordert, \
        ganz durcheinander, geht es ~ nicht gut, gehts ~ nicht gut, muss gleich weinen, muss weinen, \
        weiss nicht was ich machen soll, weiss nicht was ich tun soll, notlage, ich bin am ende, katastrophe, \
        solche sorgen, grosse sorgen, am boden zerstoert, dont know what to do, desperate, scared, please help me, \
        cant take it, wits end, really worried, so worried, freaking out, overwhelmed, panicking",
    ),
];

/// What only sounds like a signal.
pub(super) const HARMLESS: &[(Signal, &str)] = &[
    (
        Signal::DangerToLife,
        "feuer und flamme, preise|kosten|mieten|zahlen|energiepreise ~ explodier*, verletzt ist keiner|niemand, \
        verletzt wurde keiner|niemand, raucht ~ kopf, kopf raucht, raucht gerade eine, raucht eine zigarette, \
        raucht viel, raucht zu viel, bleeding ~ radiator*, smoke detector, fire door*, fire extinguisher*",
    ),
    (Signal::Wait, "eine sekunde spaeter, sekunde lang, im letzten moment"),
    (Signal::Distressed, "keine angst, ich kann nicht mehr kommen, ich kann nicht mehr warten"),
];

/// Somebody.
pub(super) const PERSONS: &[&str] = &[
    "er",
    "sie",
    "mann",
    "frau",
    "mutter",
    "vater",
    "mama",
    "papa",
    "oma",
    "opa",
    "kind",
    "baby",
    "sohn",
    "tochter",
    "bruder",
    "schwester",
    "kollege",
    "kollegin",
    "jemand",
    "nachbar",
    "nachbarin",
    "freund",
    "freundin",
    "mieter",
    "mieterin",
    "junge",
    "maedchen",
    "patient",
    "patientin",
    "kunde",
    "kundin",
    "mensch",
    "person",
    "he",
    "she",
    "husband",
    "wife",
    "mother",
    "father",
    "son",
    "daughter",
    "child",
    "colleague",
    "neighbour",
    "somebody",
    "someone",
];
