//! From the bytes on the wire to the bytes that were meant, within fixed bounds of memory.

use std::io::Read;

use leanspec_shared::change::decode_dcz;
use leanspec_shared::hash::ContentHash;
use leanspec_shared::http::{ENCODING_DCZ, ENCODING_GZIP, ENCODING_ZSTD};
use leanspec_shared::limits::BODY_MAX_DECOMPRESSED_BYTES;

/// The largest window a zstd frame may ask for, as a power of two: 8 MiB, what RFC 8878 §3.1.1.1.2
/// and RFC 9842 recommend to support, and no more memory than the body itself may take.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// A body that cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    /// It grows beyond what is accepted.
    #[error("the body is larger than {limit} bytes")]
    TooLarge {
        /// In bytes.
        limit: usize,
    },
    /// It is not what its Content-Encoding says.
    #[error("the body is not {0}")]
    NotEncoded(&'static str),
    /// A Content-Encoding that is not known.
    #[error("the encoding {0:?} is not known")]
    UnknownEncoding(String),
    /// The dictionary is not held.
    #[error("the dictionary {0} is not held")]
    DictionaryUnknown(ContentHash),
    /// It did not arrive in time, or was cut.
    #[error("the body did not arrive whole")]
    Cut,
}

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Not at all.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// RFC 9842: zstd with a dictionary that the body names.
    Dcz,
}

impl Encoding {
    /// From the header Content-Encoding.
    pub(crate) fn parse(header: Option<&str>) -> Result<Self, BodyError> {
        match header.map(str::trim) {
            None | Some("" | "identity") => Ok(Self::Identity),
            Some(ENCODING_GZIP) => Ok(Self::Gzip),
            Some(ENCODING_ZSTD) => Ok(Self::Zstd),
            Some(ENCODING_DCZ) => Ok(Self::Dcz),
            Some(other) => Err(BodyError::UnknownEncoding(other.chars().take(40).collect())),
        }
    }
}

/// The dictionary that a `dcz` body names.
pub(crate) fn dictionary_of(wire: &[u8]) -> Result<ContentHash, BodyError> {
    decode_dcz(wire).map(|(hash, _)| hash).ok_or(BodyError::NotEncoded(ENCODING_DCZ))
}

/// Decodes a body. `dictionary` is the content that [`dictionary_of`] named.
pub(crate) fn decode(
    encoding: Encoding,
    wire: Vec<u8>,
    dictionary: &[u8],
) -> Result<Vec<u8>, BodyError> {
    match encoding {
        Encoding::Identity => Ok(wire),
        Encoding::Gzip => bounded(flate2::read::MultiGzDecoder::new(&wire[..]), ENCODING_GZIP),
        Encoding::Zstd => unzstd(&wire, &[], ENCODING_ZSTD),
        Encoding::Dcz => {
            let (_, frame) = decode_dcz(&wire).ok_or(BodyError::NotEncoded(ENCODING_DCZ))?;
            unzstd(frame, dictionary, ENCODING_DCZ)
        }
    }
}

fn unzstd(frame: &[u8], dictionary: &[u8], name: &'static str) -> Result<Vec<u8>, BodyError> {
    let promised = zstd::zstd_safe::get_frame_content_size(frame).ok().flatten();
    if promised.is_some_and(|bytes| bytes > BODY_MAX_DECOMPRESSED_BYTES as u64) {
        return Err(BodyError::TooLarge { limit: BODY_MAX_DECOMPRESSED_BYTES });
    }
    // A prefix, not a dictionary: content that starts like a zstd dictionary is content all the same.
    let decoder = zstd::stream::read::Decoder::with_ref_prefix(frame, dictionary);
    let mut decoder = decoder.map_err(|_| BodyError::NotEncoded(name))?;
    decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(|_| BodyError::NotEncoded(name))?;
    bounded(decoder, name)
}

fn bounded(decoder: impl Read, name: &'static str) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    let limit = BODY_MAX_DECOMPRESSED_BYTES as u64 + 1;
    decoder.take(limit).read_to_end(&mut body).map_err(|_| BodyError::NotEncoded(name))?;
    if body.len() > BODY_MAX_DECOMPRESSED_BYTES {
        return Err(BodyError::TooLarge { limit: BODY_MAX_DECOMPRESSED_BYTES });
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use leanspec_shared::change::encode_dcz;
    use proptest::prelude::*;
    use zstd::stream::raw::CParameter;

    use super::*;

    fn with_prefix(content: &[u8], prefix: &[u8]) -> Vec<u8> {
        let mut encoder =
            zstd::stream::write::Encoder::with_ref_prefix(Vec::new(), 3, prefix).expect("encoder");
        std::io::Write::write_all(&mut encoder, content).expect("memory");
        encoder.finish().expect("frame")
    }

    #[test]
    fn every_encoding_gives_back_the_bytes() {
        let content = b"status: planned\n".repeat(100);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut gzip, &content).expect("memory");
        let old = b"status: draft\n".repeat(100);
        let dcz = encode_dcz(&ContentHash::of(&old), &with_prefix(&content, &old));
        let table = [
            (Encoding::Identity, content.clone()),
            (Encoding::Gzip, gzip.finish().expect("memory")),
            (Encoding::Zstd, zstd::encode_all(&content[..], 3).expect("memory")),
            (Encoding::Dcz, dcz),
        ];
        for (encoding, wire) in table {
            let body = decode(encoding, wire, &old).expect("well-formed");
            assert_eq!(body, content, "{encoding:?}");
        }
    }

    #[test]
    fn content_that_looks_like_a_trained_dictionary_serves_as_raw_prefix() {
        let old = [&0xec30_a437_u32.to_le_bytes()[..], &b"some text ".repeat(30)].concat();
        let frame = with_prefix(&b"some text ".repeat(31), &old);
        let wire = encode_dcz(&ContentHash::of(&old), &frame);
        assert_eq!(decode(Encoding::Dcz, wire, &old).expect("decoded").len(), 310);
    }

    #[test]
    fn a_bomb_is_refused_before_its_size_is_spent() {
        let honest = zstd::encode_all(&vec![0; 64 << 20][..], 3).expect("memory");
        let mut silent = zstd::stream::write::Encoder::new(Vec::new(), 3).expect("encoder");
        silent.include_contentsize(false).expect("parameter");
        std::io::Write::write_all(&mut silent, &vec![0; 64 << 20]).expect("memory");
        for wire in [honest, silent.finish().expect("memory")] {
            let refused = decode(Encoding::Zstd, wire, &[]);
            assert!(matches!(refused, Err(BodyError::TooLarge { .. })), "{refused:?}");
        }
    }

    #[test]
    fn a_frame_that_asks_for_a_huge_window_is_refused() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("encoder");
        encoder.set_parameter(CParameter::WindowLog(27)).expect("parameter");
        std::io::Write::write_all(&mut encoder, b"small").expect("memory");
        let wire = encoder.finish().expect("memory");
        assert!(matches!(decode(Encoding::Zstd, wire, &[]), Err(BodyError::NotEncoded("zstd"))));
    }

    #[test]
    fn a_cut_frame_and_plain_bytes_are_not_zstd() {
        let whole = zstd::encode_all(&b"some text".repeat(50)[..], 3).expect("memory");
        for wire in [b"plain".to_vec(), whole[..whole.len() - 3].to_vec()] {
            assert!(matches!(decode(Encoding::Zstd, wire, &[]), Err(BodyError::NotEncoded(_))));
        }
        assert!(matches!(Encoding::parse(Some("br")), Err(BodyError::UnknownEncoding(_))));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_decoders_panic(wire in proptest::collection::vec(any::<u8>(), 0..300)) {
            for encoding in [Encoding::Gzip, Encoding::Zstd, Encoding::Dcz] {
                let _ = decode(encoding, wire.clone(), b"dictionary");
            }
        }
    }
}
