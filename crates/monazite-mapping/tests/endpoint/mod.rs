//! An endpoint that speaks real HTTP on loopback, answers by a script, and misbehaves when it is told to.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(dead_code, reason = "every test file uses a part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub path: String,
    pub authorization: Option<String>,
    pub body: Value,
    pub at: Instant,
}

impl Arrived {
    /// The last thing said to the model.
    pub fn last_message(&self) -> String {
        let messages = self.body["messages"].as_array().unwrap();
        messages.last().unwrap()["content"].as_str().unwrap().to_owned()
    }

    /// The question itself.
    pub fn question(&self) -> String {
        self.body["messages"][1]["content"].as_str().unwrap().to_owned()
    }

    /// Whether a list of goods is asked for.
    pub fn is_open(&self) -> bool {
        self.question().contains("\"goods\"")
    }
}

/// What is sent back.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A status, further headers, a body.
    Status(u16, Vec<(&'static str, String)>, String),
    /// The content of a chat model's answer.
    Content(String),
    /// Nothing, for as long.
    Hang(Duration),
    /// A body that is promised longer than it is, then the end.
    Cut(String),
    /// So many bytes.
    Huge(usize),
    /// The connection is closed without a word.
    Close,
}

pub fn chat(content: &str) -> String {
    json!({
        "id": "x", "object": "chat.completion", "model": "scripted-1",
        "choices": [{ "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": content } }],
        "usage": { "prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110 }
    })
    .to_string()
}

type Script = dyn Fn(&Arrived, usize) -> Reply + Send + Sync;

/// A running endpoint; it ends when it is dropped.
pub struct Endpoint {
    port: u16,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    stop: Arc<AtomicBool>,
}

impl Endpoint {
    /// Starts one. The script gets each request with its number, from 0.
    pub fn start(script: impl Fn(&Arrived, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let script: Arc<Script> = Arc::new(script);
        let (list, ended) = (arrived.clone(), stop.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let (list, script) = (list.clone(), script.clone());
                std::thread::spawn(move || {
                    let _ = serve(stream.unwrap(), &list, script.as_ref());
                });
            }
        });
        Self { port, arrived, stop }
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    pub fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    pub fn calls(&self) -> usize {
        self.arrived.lock().unwrap().len()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(stream: TcpStream, list: &Mutex<Vec<Arrived>>, script: &Script) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let (mut length, mut authorization) = (0, None);
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let header = header.trim_end();
            if header.is_empty() {
                break;
            }
            let (name, value) = header.split_once(':').unwrap();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap(),
                "authorization" => authorization = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let request = Arrived { path, authorization, body, at: Instant::now() };
        let number = {
            let mut list = list.lock().unwrap();
            list.push(request.clone());
            list.len() - 1
        };
        match script(&request, number) {
            Reply::Content(content) => respond(&mut stream, 200, &[], chat(&content).as_bytes())?,
            Reply::Status(status, headers, body) => respond(&mut stream, status, &headers, body.as_bytes())?,
            Reply::Hang(time) => {
                std::thread::sleep(time);
                return Ok(());
            }
            Reply::Cut(body) => {
                write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len() + 1000)?;
                return stream.flush();
            }
            Reply::Huge(bytes) => {
                let body = format!("{{\"choices\": \"{}\"}}", "x".repeat(bytes));
                respond(&mut stream, 200, &[], body.as_bytes())?;
            }
            Reply::Close => return Ok(()),
        }
    }
}

fn respond(
    stream: &mut TcpStream,
    status: u16,
    headers: &[(&str, String)],
    body: &[u8],
) -> std::io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {status} Scripted\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    stream.flush()
}
