//! Reads the notation.

use std::collections::HashMap;

use super::super::ModelError;
use super::numbers::NUMBER_MAX;

/// Groups within groups within groups.
const NESTED_MAX: usize = 32;

/// What may be said.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// One word.
    Word(String),
    /// What another rule says.
    Rule(String),
    /// One of a list.
    List(String),
    /// One of these numbers.
    Cardinals(u32, u32),
    /// One of these places in an order.
    Ordinals(u32, u32),
    /// One after the other.
    Sequence(Vec<Expression>),
    /// One of them, each with its price.
    Choice(Vec<(f32, Expression)>),
    /// Or nothing.
    Perhaps(Box<Expression>),
    /// Once or more often.
    Again(Box<Expression>),
}

/// Rules by name.
#[derive(Debug)]
pub struct Grammar {
    rules: HashMap<String, (usize, Expression)>,
}

impl Grammar {
    /// Reads a grammar.
    ///
    /// # Errors
    /// The first mistake, with its line.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let mut reader = Reader { tokens: tokens(text)?, at: 0, nested: 0 };
        let mut rules = HashMap::new();
        while let Some((line, name)) = reader.next() {
            let Token::Word(name) = name else {
                return Err(mistake(line, format!("a rule begins with its name, not with {name:?}")));
            };
            reader.want(&Token::Sign('='))?;
            let expression = reader.choice()?;
            reader.want(&Token::Sign(';'))?;
            if rules.insert(name.clone(), (line, expression)).is_some() {
                return Err(mistake(line, format!("rule {name} is there twice")));
            }
        }
        Ok(Self { rules })
    }

    /// A rule and its line.
    pub fn rule(&self, name: &str) -> Option<(usize, &Expression)> {
        self.rules.get(name).map(|(line, expression)| (*line, expression))
    }
}

fn mistake(line: usize, cause: String) -> ModelError {
    ModelError::Grammar { line, cause }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Rule(String),
    List(String),
    Number(f32),
    Sign(char),
}

const SIGNS: &str = "=;|[]()+/,";

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, ModelError> {
    let mut tokens = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut rest = line.split('#').next().unwrap_or_default().trim_start();
        while let Some(first) = rest.chars().next() {
            let (token, after) = token(first, rest).map_err(|cause| mistake(index + 1, cause))?;
            tokens.push((index + 1, token));
            rest = after.trim_start();
        }
    }
    Ok(tokens)
}

/// The first token of `rest` and what follows it.
fn token(first: char, rest: &str) -> Result<(Token, &str), String> {
    let name_length =
        |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '-').unwrap_or(text.len());
    match first {
        '<' => {
            let (name, after) = rest[1..].split_once('>').ok_or("a rule's name is not closed by >")?;
            Ok((Token::Rule(name.to_owned()), after))
        }
        '@' => {
            let (name, after) = rest[1..].split_at(name_length(&rest[1..]));
            Ok((Token::List(name.to_owned()), after))
        }
        sign if SIGNS.contains(sign) => Ok((Token::Sign(sign), &rest[1..])),
        digit if digit.is_ascii_digit() => {
            let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let number = rest[..length].parse().map_err(|_| format!("{:?} is no number", &rest[..length]))?;
            Ok((Token::Number(number), &rest[length..]))
        }
        letter if letter.is_alphabetic() => {
            let (word, after) = rest.split_at(name_length(rest));
            Ok((Token::Word(word.to_owned()), after))
        }
        other => Err(format!("{other:?} means nothing here")),
    }
}

struct Reader {
    tokens: Vec<(usize, Token)>,
    at: usize,
    nested: usize,
}

impl Reader {
    fn next(&mut self) -> Option<(usize, Token)> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |(line, _)| *line)
    }

    fn want(&mut self, token: &Token) -> Result<(), ModelError> {
        if self.peek() != Some(token) {
            return Err(mistake(self.line(), format!("here must be {token:?}, or something is not closed")));
        }
        self.at += 1;
        Ok(())
    }

    fn has(&mut self, sign: char) -> bool {
        let has = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(has);
        has
    }

    fn number(&mut self) -> Result<f32, ModelError> {
        let line = self.line();
        match self.next() {
            Some((_, Token::Number(number))) => Ok(number),
            other => Err(mistake(line, format!("here must be a number, not {other:?}"))),
        }
    }

    fn choice(&mut self) -> Result<Expression, ModelError> {
        let mut choices = Vec::new();
        loop {
            let mut price = 0.0;
            if self.has('/') {
                price = self.number()?;
                self.want(&Token::Sign('/'))?;
            }
            choices.push((price, self.sequence()?));
            if !self.has('|') {
                return Ok(Expression::Choice(choices));
            }
        }
    }

    fn sequence(&mut self) -> Result<Expression, ModelError> {
        let mut parts = Vec::new();
        while let Some(part) = self.part()? {
            parts.push(if self.has('+') { Expression::Again(Box::new(part)) } else { part });
        }
        if parts.is_empty() {
            return Err(mistake(self.line(), "an alternative is empty".into()));
        }
        Ok(Expression::Sequence(parts))
    }

    fn part(&mut self) -> Result<Option<Expression>, ModelError> {
        let part = match self.peek() {
            Some(Token::Word(word)) => Expression::Word(word.clone()),
            Some(Token::Rule(rule)) => Expression::Rule(rule.clone()),
            Some(Token::List(list)) if list == "cardinal" || list == "ordinal" => {
                return self.numbers().map(Some);
            }
            Some(Token::List(list)) => Expression::List(list.clone()),
            Some(Token::Sign(open @ ('(' | '['))) => return self.group(*open).map(Some),
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(part))
    }

    fn group(&mut self, open: char) -> Result<Expression, ModelError> {
        self.at += 1;
        self.nested += 1;
        if self.nested > NESTED_MAX {
            return Err(mistake(self.line(), format!("more than {NESTED_MAX} groups within each other")));
        }
        let inner = self.choice()?;
        self.nested -= 1;
        self.want(&Token::Sign(if open == '(' { ')' } else { ']' }))?;
        Ok(if open == '(' { inner } else { Expression::Perhaps(Box::new(inner)) })
    }

    fn numbers(&mut self) -> Result<Expression, ModelError> {
        let cardinal = self.peek() == Some(&Token::List("cardinal".into()));
        let line = self.line();
        self.at += 1;
        self.want(&Token::Sign('('))?;
        let first = self.number()? as u32;
        self.want(&Token::Sign(','))?;
        let last = self.number()? as u32;
        self.want(&Token::Sign(')'))?;
        if first > last || last > NUMBER_MAX {
            return Err(mistake(line, format!("the first number comes first; {NUMBER_MAX} at most")));
        }
        Ok(if cardinal { Expression::Cardinals(first, last) } else { Expression::Ordinals(first, last) })
    }
}
