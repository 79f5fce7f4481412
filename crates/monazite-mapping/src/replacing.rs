//! Files that are put in the place of others: only what the program has written itself gives way, and never half.

use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use monazite::disk;
use serde_json::Value;

use crate::MappingError;

/// What may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ours {
    /// A batch file of questions.
    Questions,
    /// A packed recording.
    Packed,
}

/// Bytes in which the first line of a file has to end to be looked at.
const FIRST_LINE: u64 = 1 << 16;

/// Writes a file whole or not at all, where there is none, or one of the same kind.
///
/// # Errors
/// [`MappingError::Recording`] if something else is there: a recording that is being continued, a study, answers, a link, a device;
/// [`MappingError::Io`].
pub(crate) fn replace(path: &Path, content: &[u8], ours: Ours) -> Result<(), MappingError> {
    let refused = || MappingError::Recording {
        file: path.display().to_string(),
        line: None,
        message: match ours {
            Ours::Questions => {
                "there is something here that is no batch file of questions; name another file"
            }
            Ours::Packed => "there is something here that is no packed recording; name another file",
        }
        .to_owned(),
    };
    match path.symlink_metadata() {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(MappingError::io(path, "cannot be looked at", e)),
        Ok(found) if !found.is_file() || !is_ours(path, ours) => return Err(refused()),
        Ok(_) => {}
    }
    write_whole(path, content)
}

/// Writes a file whole or not at all, and leaves nothing beside it.
///
/// # Errors
/// [`MappingError::Io`].
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<(), MappingError> {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let partial = path.with_file_name(format!(".{name}.partial"));
    disk::write(&partial, content).and_then(|()| std::fs::rename(&partial, path)).map_err(|e| {
        let _ = std::fs::remove_file(&partial);
        MappingError::io(path, "cannot be written", e)
    })
}

fn is_ours(path: &Path, ours: Ours) -> bool {
    let Ok(file) = disk::open(path) else { return false };
    let mut start = Vec::new();
    let read = match ours {
        Ours::Questions => file.take(FIRST_LINE).read_to_end(&mut start),
        Ours::Packed => MultiGzDecoder::new(file).take(FIRST_LINE).read_to_end(&mut start),
    };
    let line = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let Ok(first) = serde_json::from_slice::<Value>(line) else { return false };
    read.is_ok()
        && match ours {
            Ours::Questions => first.get("method").is_some() && first.get("response").is_none(),
            Ours::Packed => first.get("monazite_answers").is_some(),
        }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn only_files_of_the_same_kind_give_way() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let questions = "{\"custom_id\":\"uses-284690-r01\",\"method\":\"POST\"}\n";
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(b"{\"monazite_answers\":2}\n").unwrap();
        let packed = packed.finish().unwrap();
        for (ours, own) in [(Ours::Questions, questions.as_bytes()), (Ours::Packed, packed.as_slice())] {
            for (name, content) in [
                ("study.toml", "[study]\n".as_bytes()),
                ("answers.jsonl", b"{\"monazite_answers\":2}\n"),
                ("answered.jsonl", b"{\"custom_id\":\"uses-284690-r01\",\"response\":{}}\n"),
                ("empty", b""),
            ] {
                fs::write(at(name), content).unwrap();
                let error = replace(&at(name), b"new", ours).unwrap_err().to_string();
                assert!(error.contains("name another file"), "{error}");
                assert_eq!(fs::read(at(name)).unwrap(), content);
            }
            assert!(replace(folder.path(), b"new", ours).is_err());
            fs::write(at("own"), own).unwrap();
            replace(&at("own"), own, ours).unwrap();
            fs::remove_file(at("own")).unwrap();
            replace(&at("own"), own, ours).unwrap();
            assert_eq!(fs::read(at("own")).unwrap(), own);
        }
        let left = fs::read_dir(folder.path()).unwrap();
        assert!(left.into_iter().all(|e| !e.unwrap().file_name().to_string_lossy().contains("partial")));
    }

    #[cfg(unix)]
    #[test]
    fn links_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        fs::write(&target, "{\"custom_id\":\"uses-284690-r01\",\"method\":\"POST\"}\n").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(replace(&link, b"new", Ours::Questions).is_err());
        assert!(link.symlink_metadata().unwrap().is_symlink());
    }
}
