//! What an answer carries: bytes at hand, or a part of a file that is read as it is sent.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use monazite::run_folder::{LastWrite, OpenFile};

/// So many bytes are read at once.
const PIECE: u64 = 256 << 10;

/// What an answer carries.
pub(crate) enum ReplyBody {
    /// Bytes at hand.
    Whole(Option<Bytes>),
    /// What is left to send of a file.
    File { file: OpenFile, at: u64, left: u64, checked: Option<LastWrite> },
}

/// Somebody wrote into the file while it was sent. The connection is closed, and the browser sees that something is missing.
#[derive(Debug)]
pub(crate) struct CutShort;

impl std::fmt::Display for CutShort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the file was written into while it was sent")
    }
}

impl std::error::Error for CutShort {}

impl From<Infallible> for CutShort {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = CutShort;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, CutShort>>> {
        let bytes = match self.get_mut() {
            Self::Whole(bytes) => bytes.take().filter(|bytes| !bytes.is_empty()).map(Ok),
            Self::File { left: 0, .. } => None,
            Self::File { file, at, left, checked } => {
                let piece = (*left).min(PIECE);
                let read = file.part(*at, piece as usize).map_err(|_| CutShort);
                // Looked at after the piece was read: what was read before it was written is as it was.
                let same = file.last_write().is_ok_and(|now| now == *checked);
                let read = read.and_then(|bytes| if same { Ok(bytes) } else { Err(CutShort) });
                *at += piece;
                *left -= piece;
                Some(read)
            }
        };
        Poll::Ready(bytes.map(|bytes| bytes.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Self::File { left, .. } => *left == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Whole(bytes) => bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
            Self::File { left, .. } => *left,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::Arc;
    use std::task::Waker;

    fn next(body: &mut ReplyBody) -> Option<Result<Bytes, CutShort>> {
        match Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(frame) => frame.map(|frame| frame.map(|frame| frame.into_data().unwrap())),
            Poll::Pending => panic!("a file is there at once"),
        }
    }

    #[test]
    fn what_is_written_into_a_file_while_it_is_sent_is_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let left = 2 * PIECE + 10;
        std::fs::write(&path, vec![1; left as usize]).unwrap();
        let open = || {
            let file = OpenFile::OnDisk(Arc::new(std::fs::File::open(&path).unwrap()));
            let checked = file.last_write().unwrap();
            ReplyBody::File { file, at: 0, left, checked }
        };
        let mut whole = open();
        let sent: Vec<u64> =
            std::iter::from_fn(|| next(&mut whole)).map(|piece| piece.unwrap().len() as u64).collect();
        assert_eq!(sent, [PIECE, PIECE, 10]);
        assert!(whole.is_end_stream());
        let mut changed = open();
        assert!(next(&mut changed).unwrap().is_ok());
        let mut file = std::fs::File::options().write(true).open(&path).unwrap();
        file.write_all(&[2]).unwrap();
        // As if some time had passed: clocks of disks tick slowly.
        file.set_modified(std::time::SystemTime::now() + std::time::Duration::from_secs(1)).unwrap();
        assert!(next(&mut changed).unwrap().is_err());
        let mut shorter = open();
        file.set_len(PIECE + 1).unwrap();
        assert!(next(&mut shorter).unwrap().is_err());
    }
}
