//! The one file that calls libvosk: its C functions (vosk_api.h, 0.3.45), made safe.
//!
//! The library comes from the PyPI wheel `vosk`, is looked at before it is loaded and is never unloaded, because models
//! and decoders point into it. It catches its own exceptions and answers with null or -1. Making and freeing is done
//! by one thread at a time: models count who uses them.
#![expect(unsafe_code, reason = "libvosk is C; every call into it stands in this file")]

use std::ffi::{CStr, CString, c_char, c_float, c_int, c_short};
use std::path::Path;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};

use libloading::Library;

use crate::models::{ModelError, elf, places};

/// Longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Only errors are written to standard error.
const QUIET: c_int = -1;

/// `VoskModel`.
#[repr(C)]
struct RawModel {
    _opaque: [u8; 0],
}

/// `VoskRecognizer`.
#[repr(C)]
struct RawDecoder {
    _opaque: [u8; 0],
}

/// The functions that we call.
struct Functions {
    model_new: unsafe extern "C" fn(*const c_char) -> *mut RawModel,
    model_free: unsafe extern "C" fn(*mut RawModel),
    find_word: unsafe extern "C" fn(*mut RawModel, *const c_char) -> c_int,
    decoder_new: unsafe extern "C" fn(*mut RawModel, c_float) -> *mut RawDecoder,
    decoder_new_grm: unsafe extern "C" fn(*mut RawModel, c_float, *const c_char) -> *mut RawDecoder,
    decoder_free: unsafe extern "C" fn(*mut RawDecoder),
    set_alternatives: unsafe extern "C" fn(*mut RawDecoder, c_int),
    set_words: unsafe extern "C" fn(*mut RawDecoder, c_int),
    set_partial_words: unsafe extern "C" fn(*mut RawDecoder, c_int),
    accept: unsafe extern "C" fn(*mut RawDecoder, *const c_short, c_int) -> c_int,
    partial: unsafe extern "C" fn(*mut RawDecoder) -> *const c_char,
    finish: unsafe extern "C" fn(*mut RawDecoder) -> *const c_char,
    set_log_level: unsafe extern "C" fn(c_int),
}

/// The process's one library.
static FUNCTIONS: Mutex<Option<&'static Functions>> = Mutex::new(None);
/// Held while something is made or freed.
static MAKING: Mutex<()> = Mutex::new(());

/// Loads the library, once a process: `library` where given, else where packages and builds put it. Later calls find
/// it loaded and change nothing.
///
/// # Errors
/// It is missing, damaged, or no libvosk.
pub fn open(library: Option<&Path>) -> Result<(), ModelError> {
    functions(library).map(|_| ())
}

fn functions(library: Option<&Path>) -> Result<&'static Functions, ModelError> {
    let mut loaded = FUNCTIONS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(functions) = *loaded {
        return Ok(functions);
    }
    let path = places::vosk(library)?;
    let unusable = |cause: String| ModelError::VoskUnusable { path: path.clone(), cause };
    let bytes = std::fs::read(&path).map_err(|error| unusable(error.to_string()))?;
    if !elf::is_whole(&bytes) {
        return Err(unusable("it is cut off or no library".into()));
    }
    drop(bytes);
    // SAFETY: loading runs the library's initialisers; libvosk's set up Kaldi's and OpenFst's tables and nothing else.
    let library = unsafe { Library::new(&path) }.map_err(|error| unusable(linker(&error)))?;
    let functions = symbols(&library).map_err(|error| unusable(linker(&error)))?;
    // never unloaded: the functions are called as long as the process lives
    std::mem::forget(library);
    // SAFETY: takes a number and keeps it.
    unsafe { (functions.set_log_level)(QUIET) };
    let functions: &'static Functions = Box::leak(Box::new(functions));
    *loaded = Some(functions);
    Ok(functions)
}

/// What the linker says, which stands behind what the crate says.
fn linker(error: &libloading::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

fn symbols(library: &Library) -> Result<Functions, libloading::Error> {
    // SAFETY: names and types are those of vosk_api.h of 0.3.45, which no release has changed since 0.3.32.
    unsafe {
        Ok(Functions {
            model_new: *library.get(b"vosk_model_new\0")?,
            model_free: *library.get(b"vosk_model_free\0")?,
            find_word: *library.get(b"vosk_model_find_word\0")?,
            decoder_new: *library.get(b"vosk_recognizer_new\0")?,
            decoder_new_grm: *library.get(b"vosk_recognizer_new_grm\0")?,
            decoder_free: *library.get(b"vosk_recognizer_free\0")?,
            set_alternatives: *library.get(b"vosk_recognizer_set_max_alternatives\0")?,
            set_words: *library.get(b"vosk_recognizer_set_words\0")?,
            set_partial_words: *library.get(b"vosk_recognizer_set_partial_words\0")?,
            accept: *library.get(b"vosk_recognizer_accept_waveform_s\0")?,
            partial: *library.get(b"vosk_recognizer_partial_result\0")?,
            finish: *library.get(b"vosk_recognizer_final_result\0")?,
            set_log_level: *library.get(b"vosk_set_log_level\0")?,
        })
    }
}

/// A loaded model, shared by all decoders of all threads.
pub struct Model {
    functions: &'static Functions,
    raw: NonNull<RawModel>,
}

// SAFETY: a model is read-only once it is loaded, "can be shared across processing threads" (vosk_api.h); who uses it
// is counted only under MAKING.
unsafe impl Send for Model {}
// SAFETY: as above.
unsafe impl Sync for Model {}

impl Model {
    /// Loads the model in `folder`, which somebody has looked at. `None`: libvosk says no, and why on standard error.
    ///
    /// # Errors
    /// There is no library.
    pub fn load(folder: &CStr) -> Result<Option<Self>, ModelError> {
        let functions = functions(None)?;
        let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: `folder` is a C string that outlives the call.
        let raw = unsafe { (functions.model_new)(folder.as_ptr()) };
        Ok(NonNull::new(raw).map(|raw| Self { functions, raw }))
    }

    /// Whether the model can hear that word.
    pub fn knows(&self, word: &str) -> bool {
        let Ok(word) = CString::new(word) else { return false };
        // SAFETY: the model lives as long as `self`; `word` is a C string that outlives the call.
        unsafe { (self.functions.find_word)(self.raw.as_ptr(), word.as_ptr()) >= 0 }
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: made by model_new and freed once.
        unsafe { (self.functions.model_free)(self.raw.as_ptr()) }
    }
}

/// What decodes one stretch of speech.
pub struct Decoder {
    model: Arc<Model>,
    raw: NonNull<RawDecoder>,
}

// SAFETY: a decoder has no thread of its own; `&mut` keeps it to one thread at a time.
unsafe impl Send for Decoder {}

impl Decoder {
    /// Listens to sound of `rate_hz`. `grammar`: a JSON list of sentences; without it, to all words of the model.
    /// `None`: libvosk says no.
    pub fn new(model: &Arc<Model>, rate_hz: u16, grammar: Option<&CStr>, alternatives: u8) -> Option<Self> {
        let functions = model.functions;
        let making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        let (raw, rate) = (model.raw.as_ptr(), f32::from(rate_hz));
        // SAFETY: the model lives at least as long as the decoder, which holds it; `grammar` outlives the call.
        let raw = unsafe {
            match grammar {
                Some(grammar) => (functions.decoder_new_grm)(raw, rate, grammar.as_ptr()),
                None => (functions.decoder_new)(raw, rate),
            }
        };
        drop(making);
        let raw = NonNull::new(raw)?;
        // SAFETY: a decoder that was just made; the numbers are kept.
        unsafe {
            (functions.set_alternatives)(raw.as_ptr(), c_int::from(alternatives));
            (functions.set_words)(raw.as_ptr(), 1);
            (functions.set_partial_words)(raw.as_ptr(), 1);
        }
        Some(Self { model: Arc::clone(model), raw })
    }

    /// Takes sound in; false: it failed.
    pub fn accept(&mut self, samples: &[i16]) -> bool {
        samples.chunks(c_int::MAX as usize).all(|samples| {
            // SAFETY: as many samples as the length says; they are copied.
            unsafe {
                (self.model.functions.accept)(self.raw.as_ptr(), samples.as_ptr(), samples.len() as c_int)
                    >= 0
            }
        })
    }

    /// What was heard so far, as JSON.
    pub fn partial(&mut self) -> Option<String> {
        // SAFETY: the answer belongs to the decoder until its next call; it is copied.
        unsafe { text((self.model.functions.partial)(self.raw.as_ptr())) }
    }

    /// What was heard, as JSON; a new stretch begins.
    pub fn finish(&mut self) -> Option<String> {
        // SAFETY: as above.
        unsafe { text((self.model.functions.finish)(self.raw.as_ptr())) }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: made by recognizer_new or recognizer_new_grm and freed once; its model is still there.
        unsafe { (self.model.functions.decoder_free)(self.raw.as_ptr()) }
    }
}

/// A copy of an answer; `None` where it is none, too long, or no UTF-8.
///
/// # Safety
/// `answer` is null or a C string.
unsafe fn text(answer: *const c_char) -> Option<String> {
    if answer.is_null() {
        return None;
    }
    // SAFETY: the caller says that it is a C string.
    let answer = unsafe { CStr::from_ptr(answer) };
    Some(answer.to_str().ok()?.to_owned()).filter(|text| text.len() <= ANSWER_BYTES_MAX)
}
