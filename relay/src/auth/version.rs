//! Which bridges this relay serves: those at most one minor version older or newer.

/// Whether a bridge of version `bridge` can talk to a relay of version `relay`, both
/// `major.minor.patch`. Before 1.0 as after it, what differs in `major` does not understand each
/// other. A text that is no version is let through: it says nothing.
pub(crate) fn is_served(bridge: &str, relay: &str) -> bool {
    let (Some(bridge), Some(relay)) = (major_minor(bridge), major_minor(relay)) else {
        return true;
    };
    bridge.0 == relay.0 && bridge.1.abs_diff(relay.1) <= 1
}

fn major_minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_minor_version_apart_is_served_two_are_not() {
        let table = [
            ("0.4.0", true),
            ("0.5.9", true),
            ("0.3.0", true),
            ("0.6.0", false),
            ("0.2.9", false),
            ("1.4.0", false),
            ("nonsense", true),
        ];
        for (bridge, served) in table {
            assert_eq!(is_served(bridge, "0.4.2"), served, "{bridge}");
        }
    }
}
