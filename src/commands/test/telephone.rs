//! The caller of a test: he follows his script, and hangs up when he has nothing more to say.

use std::cell::Cell;
use std::rc::Rc;

use crate::sim::caller::{Act, Caller, Telephone};
use crate::sim::script::{Script, Step};

/// A typing caller of whom one can tell how far he is.
pub struct Followed {
    caller: Caller,
    /// How many steps he has begun.
    begun: Rc<Cell<usize>>,
}

impl Followed {
    /// A caller with this script.
    pub fn new(script: &Script, begun: Rc<Cell<usize>>) -> Self {
        let mut script = script.clone();
        script.steps.push(Step::HangUp);
        Self { caller: Caller::typing(script), begun }
    }
}

impl Telephone for Followed {
    fn frame(&mut self, heard: &[i16]) -> Act {
        let act = self.caller.frame(heard);
        self.begun.set(self.caller.steps_begun());
        act
    }

    fn told(&mut self, text: &str) {
        self.caller.told(text);
    }
}
