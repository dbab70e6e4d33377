//! What belongs to a file besides its bytes: owner, mode, extended attributes and, on Linux, the
//! access lists that are kept among them.
//!
//! On macOS access lists are kept elsewhere, where no safe call reaches them; a new file there has
//! those that its folder gives. On Windows the same holds for the access list as a whole.

use std::fs::File;
use std::io;

/// Something of a file that the new one could not be given.
#[derive(Debug, thiserror::Error)]
#[error("its {what} cannot be kept ({error})")]
pub struct NotKept {
    /// What it is, for people.
    pub what: String,
    /// Why.
    pub error: io::Error,
}

/// Gives `made` everything that `original` has besides its bytes.
///
/// # Errors
/// Names the first thing that cannot be given; `made` is then of no use.
pub fn copy(original: &File, made: &File) -> Result<(), NotKept> {
    #[cfg(unix)]
    {
        unix::owner(original, made)?;
        #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
        attributes::copy(original, made)?;
        unix::mode(original, made)
    }
    #[cfg(not(unix))]
    {
        // What is read-only stays so: writing it is refused before anything is exchanged.
        let permissions =
            original.metadata().and_then(|found| made.set_permissions(found.permissions()));
        permissions.map_err(|error| NotKept { what: "permissions".into(), error })
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::{File, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    use super::NotKept;

    pub(super) fn owner(original: &File, made: &File) -> Result<(), NotKept> {
        let failed = |error| NotKept { what: "owner".into(), error };
        let (wanted, has) =
            (original.metadata().map_err(failed)?, made.metadata().map_err(failed)?);
        let differs = |wanted: u32, has: u32| (wanted != has).then_some(wanted);
        let (user, group) = (differs(wanted.uid(), has.uid()), differs(wanted.gid(), has.gid()));
        if user.is_some() || group.is_some() {
            fchown(made, user, group).map_err(failed)?;
        }
        Ok(())
    }

    /// Last of all: a change of the owner takes bits away, and an access list stands in for some.
    pub(super) fn mode(original: &File, made: &File) -> Result<(), NotKept> {
        let failed = |error| NotKept { what: "mode".into(), error };
        let wanted = original.metadata().map_err(failed)?.mode() & 0o7777;
        made.set_permissions(Permissions::from_mode(wanted)).map_err(failed)?;
        let has = made.metadata().map_err(failed)?.mode() & 0o7777;
        if has == wanted {
            Ok(())
        } else {
            Err(failed(std::io::ErrorKind::PermissionDenied.into()))
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
mod attributes {
    use std::collections::BTreeMap;
    use std::fs::File;

    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fremovexattr, fsetxattr};
    use rustix::io::Errno;

    use super::NotKept;

    /// The longest list of names, and the longest value, that Linux knows, in bytes.
    const ATTRIBUTE_MAX_BYTES: usize = 64 * 1024;

    type Attributes = BTreeMap<String, Vec<u8>>;

    fn failed(what: String) -> impl FnOnce(Errno) -> NotKept {
        |error| NotKept { what, error: error.into() }
    }

    pub(super) fn copy(original: &File, made: &File) -> Result<(), NotKept> {
        let (wanted, has) = (read(original)?, read(made)?);
        for (name, value) in &wanted {
            // A security label that the system gave already need not be set, and often may not.
            if has.get(name) != Some(value) {
                fsetxattr(made, name.as_str(), value, XattrFlags::empty())
                    .map_err(failed(format!("attribute {name}")))?;
            }
        }
        // What the folder gives to new files, such as an access list, and the original lacks.
        for name in has.keys().filter(|name| !wanted.contains_key(*name)) {
            if !name.starts_with("security.") {
                fremovexattr(made, name.as_str()).map_err(failed(format!("attribute {name}")))?;
            }
        }
        Ok(())
    }

    fn read(file: &File) -> Result<Attributes, NotKept> {
        let mut names = vec![0; ATTRIBUTE_MAX_BYTES];
        let length = match flistxattr(file, names.as_mut_slice()) {
            Ok(length) => length,
            // A file system without attributes.
            Err(Errno::NOTSUP | Errno::NOSYS) => return Ok(Attributes::new()),
            Err(error) => return Err(failed("attributes".into())(error)),
        };
        let mut attributes = Attributes::new();
        for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            let name = String::from_utf8_lossy(name).into_owned();
            let mut value = vec![0; ATTRIBUTE_MAX_BYTES];
            let length = fgetxattr(file, name.as_str(), value.as_mut_slice())
                .map_err(failed(format!("attribute {name}")))?;
            value.truncate(length);
            attributes.insert(name, value);
        }
        Ok(attributes)
    }
}
