//! Bodies and shadow contents as zstd (RFC 8878), and as zstd with a dictionary (`dcz`, RFC 9842).
//! The only importer of zstd, and of gzip for networks that let nothing else pass.
//!
//! Contexts live for one call: a context keeps the window of the largest thing it ever saw.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use leanspec_shared::change::encode_dcz;
use leanspec_shared::hash::ContentHash;
use leanspec_shared::limits::BODY_MAX_DECOMPRESSED_BYTES;
use zstd::zstd_safe::{
    CCtx, CParameter, DCtx, compress_bound, get_error_name, get_frame_content_size,
};

/// For bodies of many files: speed counts, most of the gain is there already.
const BULK_LEVEL: i32 = 6;
/// For a small body: ten levels more would save six bytes of three hundred, in six times the time.
const SMALL_LEVEL: i32 = 9;
/// Bodies up to this many bytes count as small.
const SMALL_MAX_BYTES: usize = 128 * 1024;
/// The tables of the bulk level, as powers of two of their entries: a third of its memory, which the
/// allocator would keep for good, for a few percent of the bytes.
const BULK_TABLES_LOG: u32 = 16;
/// For the shadow on the disk, which nobody waits for and nobody pays for.
const SHADOW_LEVEL: i32 = 3;

fn failed(code: usize) -> io::Error {
    io::Error::other(get_error_name(code))
}

fn compress(bytes: &[u8], level: i32, prefix: Option<&[u8]>) -> io::Result<Vec<u8>> {
    let mut context = CCtx::create();
    context.set_parameter(CParameter::CompressionLevel(level)).map_err(failed)?;
    if level == BULK_LEVEL {
        context.set_parameter(CParameter::HashLog(BULK_TABLES_LOG + 1)).map_err(failed)?;
        context.set_parameter(CParameter::ChainLog(BULK_TABLES_LOG)).map_err(failed)?;
    }
    if let Some(prefix) = prefix {
        // A prefix is always taken as raw content, also when it happens to begin like a trained
        // dictionary: that is what RFC 9842 says a dictionary is.
        context.ref_prefix(prefix).map_err(failed)?;
    }
    let mut frame = Vec::with_capacity(compress_bound(bytes.len()));
    context.compress2(&mut frame, bytes).map_err(failed)?;
    frame.shrink_to_fit();
    Ok(frame)
}

/// Compresses a body.
///
/// # Errors
/// When memory is short.
pub fn zstd_body(body: &[u8]) -> io::Result<Vec<u8>> {
    let level = if body.len() <= SMALL_MAX_BYTES { SMALL_LEVEL } else { BULK_LEVEL };
    compress(body, level, None)
}

/// Compresses a body with a file's previous content as dictionary.
///
/// # Errors
/// When memory is short.
pub fn dcz_body(body: &[u8], hash: &ContentHash, dictionary: &[u8]) -> io::Result<Vec<u8>> {
    let level =
        if body.len() + dictionary.len() <= 2 * SMALL_MAX_BYTES { SMALL_LEVEL } else { BULK_LEVEL };
    Ok(encode_dcz(hash, &compress(body, level, Some(dictionary))?))
}

/// A body that [`zstd_body`] made, as it was before.
///
/// # Errors
/// When it is damaged.
pub fn plain_body(frame: &[u8]) -> io::Result<Vec<u8>> {
    let size = get_frame_content_size(frame).map_err(|_| io::Error::other("not a whole frame"))?;
    let size = size.and_then(|size| usize::try_from(size).ok());
    let Some(size) = size.filter(|size| *size <= BODY_MAX_DECOMPRESSED_BYTES) else {
        return Err(io::Error::other("a body of this size was never made"));
    };
    shadow_content(frame, size)
}

/// Compresses a body as every middlebox knows it (RFC 1952).
///
/// # Errors
/// When memory is short.
pub fn gzip_body(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body)?;
    encoder.finish()
}

/// Compresses a file's content for the shadow.
///
/// # Errors
/// When memory is short.
pub fn shadow_frame(content: &[u8]) -> io::Result<Vec<u8>> {
    compress(content, SHADOW_LEVEL, None)
}

/// Takes a content out of the shadow again; `len` is its size, and the memory that is spent.
///
/// # Errors
/// When the frame is damaged.
pub fn shadow_content(frame: &[u8], len: usize) -> io::Result<Vec<u8>> {
    let mut content = Vec::with_capacity(len);
    DCtx::create().decompress(&mut content, frame).map_err(failed)?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use leanspec_shared::change::decode_dcz;
    use proptest::prelude::*;

    use super::*;

    fn undo_dcz(body: &[u8], dictionary: &[u8], len: usize) -> Vec<u8> {
        let (_, frame) = decode_dcz(body).expect("a dcz body");
        let mut context = DCtx::create();
        context.ref_prefix(dictionary).expect("accepted");
        let mut out = Vec::with_capacity(len);
        context.decompress(&mut out, frame).expect("decompressed");
        out
    }

    proptest! {
        #[test]
        fn whatever_is_compressed_comes_back(
            old in proptest::collection::vec(any::<u8>(), 0..3000),
            new in proptest::collection::vec(any::<u8>(), 0..3000))
        {
            let plain = zstd_body(&new).expect("compressed");
            prop_assert_eq!(&shadow_content(&plain, new.len()).expect("whole"), &new);
            let dcz = dcz_body(&new, &ContentHash::of(&old), &old).expect("compressed");
            prop_assert_eq!(decode_dcz(&dcz).expect("dcz").0, ContentHash::of(&old));
            prop_assert_eq!(&undo_dcz(&dcz, &old, new.len()), &new);
            let frame = shadow_frame(&old).expect("compressed");
            prop_assert_eq!(shadow_content(&frame, old.len()).expect("whole"), old);
        }

        #[test]
        fn a_damaged_frame_is_an_error_and_no_more_memory_than_announced(
            mut frame in proptest::collection::vec(any::<u8>(), 0..300), at in any::<usize>())
        {
            let _ = shadow_content(&frame, 100);
            let mut good = shadow_frame(&[7; 5000]).expect("compressed");
            let place = at % good.len();
            good[place] ^= 0x55;
            let _ = shadow_content(&good, 5000);
            frame.clear();
            prop_assert!(shadow_content(&shadow_frame(&[7; 5000]).expect("compressed"), 4999).is_err());
        }
    }

    #[test]
    fn a_changed_line_in_a_file_costs_little_with_its_old_content_as_dictionary() {
        let line = |n: usize| {
            format!("- [ ] task number {n} of the plan, with {} words\n", n * 7919 % 1000)
        };
        let old: String = (0..200).map(line).collect();
        let new = old.replacen("- [ ] task number 77 ", "- [x] task number 77 ", 1);
        let body = dcz_body(new.as_bytes(), &ContentHash::of(old.as_bytes()), old.as_bytes())
            .expect("compressed");
        assert!(body.len() < 100, "{} bytes", body.len());
    }
}
