//! A response as `response.http` holds it. The format is described in `main`.

/// Ends each write. Like the other marks, it stands in no body: there, its
/// bytes are written in hexadecimal digits.
const EDGE: char = '‖';
/// Stands for a carriage return; a line feed is the end of a line.
const CARRIAGE_RETURN: char = '␍';
/// Enclose bytes in hexadecimal digits.
const BYTES: (char, char) = ('⟨', '⟩');

/// What comes back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RecordedResponse {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// The body; each chunk is sent in one write.
    pub(crate) chunks: Vec<Vec<u8>>,
    pub(crate) ending: Ending,
}

/// How a response ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Complete,
    Reset,
}

impl RecordedResponse {
    /// Reads a file.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.contains('\r') {
            return Err(format!("write {CARRIAGE_RETURN} for a carriage return"));
        }
        let (head, body) = text
            .split_once("\n\n")
            .ok_or("no empty line ends the head")?;
        let mut lines = head.lines();
        let status = lines.next().and_then(status);
        let mut chunks: Vec<&str> = body.split(EDGE).collect();
        let ending = chunks.pop().and_then(ending);
        Ok(Self {
            status: status.ok_or("the first line is no status line, like HTTP/1.1 200 OK")?,
            headers: lines.map(header).collect::<Result<_, _>>()?,
            chunks: chunks.into_iter().map(bytes).collect::<Result<_, _>>()?,
            ending: ending.ok_or_else(|| {
                format!("the file ends with neither {EDGE}complete nor {EDGE}reset")
            })?,
        })
    }

    /// The body in one piece.
    pub(crate) fn body(&self) -> Vec<u8> {
        self.chunks.concat()
    }
}

fn status(line: &str) -> Option<u16> {
    let mut words = line.strip_prefix("HTTP/1.1 ")?.split(' ');
    words.next()?.parse().ok()
}

fn header(line: &str) -> Result<(String, String), String> {
    let (name, value) = line
        .split_once(':')
        .ok_or_else(|| format!("{line:?} is no header"))?;
    let value = value.strip_prefix(' ').unwrap_or(value);
    Ok((name.to_owned(), value.to_owned()))
}

fn ending(word: &str) -> Option<Ending> {
    match word.strip_suffix('\n').unwrap_or(word) {
        "complete" => Some(Ending::Complete),
        "reset" => Some(Ending::Reset),
        _ => None,
    }
}

fn bytes(chunk: &str) -> Result<Vec<u8>, String> {
    let (open, close) = BYTES;
    let mut parts = chunk.split(open);
    let mut bytes = plain(parts.next().unwrap_or_default()).into_bytes();
    for part in parts {
        let (digits, rest) = part
            .split_once(close)
            .ok_or_else(|| format!("a {open} without its {close}"))?;
        for digits in digits.split(' ') {
            let byte = u8::from_str_radix(digits, 16)
                .map_err(|_| format!("{open}{digits}{close}: no byte in hexadecimal digits"))?;
            bytes.push(byte);
        }
        bytes.extend(plain(rest).into_bytes());
    }
    Ok(bytes)
}

fn plain(text: &str) -> String {
    text.replace(CARRIAGE_RETURN, "\r")
}
