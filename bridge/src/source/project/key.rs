//! The key by which machines recognise the same project. Pure.

/// The key of a project whose repository has this remote: host in lower case and path, without
/// scheme, user, port, query and `.git`, then the folder inside the repository.
///
/// `None` for an address that says nothing on another machine, such as `../origin`.
#[must_use]
pub fn from_remote(url: &str, folder: &str) -> Option<String> {
    let address = address(url.trim())?;
    let folder = folder.trim_matches('/');
    Some(if folder.is_empty() { address } else { format!("{address}/{folder}") })
}

fn address(url: &str) -> Option<String> {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    if let Some((scheme, rest)) = url.split_once("://") {
        if scheme.eq_ignore_ascii_case("file") {
            return local(rest);
        }
        let (authority, path) = rest.split_once('/')?;
        return remote(authority, path);
    }
    // `git@host:path`; one letter before the colon is a Windows drive.
    match url.split_once(':') {
        Some((authority, path)) if authority.len() > 1 && !authority.contains('/') => {
            remote(authority, path)
        }
        _ => local(url),
    }
}

fn remote(authority: &str, path: &str) -> Option<String> {
    let host = authority.rsplit('@').next()?;
    // An address in brackets (IPv6) has colons of its own.
    let host = match host.rfind(']') {
        Some(end) => &host[..=end],
        None => host.split(':').next()?,
    };
    let path = without_ending(path);
    (!host.is_empty() && !path.is_empty()).then(|| format!("{}/{path}", host.to_ascii_lowercase()))
}

/// A repository on this machine's own disk: the same for every clone of it here.
fn local(path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    if !(path.starts_with('/') || is_drive) {
        return None;
    }
    let path = without_ending(&path);
    (!path.is_empty()).then(|| path.to_owned())
}

fn without_ending(path: &str) -> &str {
    let path = path.trim_matches('/');
    path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_one_remote_gives_one_key() {
        let ways = [
            "https://github.com/Owner/Repo",
            "https://github.com/Owner/Repo.git",
            "https://GitHub.com/Owner/Repo.git/",
            "https://user:token@github.com/Owner/Repo.git?x=1#y",
            "http://github.com:8080/Owner/Repo.git",
            "ssh://git@github.com:22/Owner/Repo.git",
            "git+ssh://git@github.com/Owner/Repo",
            "git://github.com/Owner/Repo.git",
            "git@github.com:Owner/Repo.git",
            "github.com:Owner/Repo",
            " git@github.com:/Owner/Repo.git\n",
        ];
        for way in ways {
            assert_eq!(from_remote(way, "").as_deref(), Some("github.com/Owner/Repo"), "{way:?}");
        }
    }

    #[test]
    fn no_secret_of_an_address_gets_into_the_key() {
        let key = from_remote("https://user:hunter2@host.example/a/b.git?token=hunter2", "x");
        assert_eq!(key.as_deref(), Some("host.example/a/b/x"));
    }

    #[test]
    fn the_folder_inside_the_repository_tells_apart_the_projects_of_one() {
        let key = from_remote("git@host:team/mono.git", "/packages/one/");
        assert_eq!(key.as_deref(), Some("host/team/mono/packages/one"));
    }

    #[test]
    fn repositories_on_the_own_disk_are_named_by_their_path() {
        let table = [
            ("/srv/git/demo.git", Some("srv/git/demo")),
            ("file:///srv/git/demo.git", Some("srv/git/demo")),
            ("C:\\git\\demo.git", Some("C:/git/demo")),
            ("ssh://[2001:db8::1]:22/a/b.git", Some("[2001:db8::1]/a/b")),
            ("../origin.git", None),
            ("https://host", None),
            ("", None),
        ];
        for (url, wanted) in table {
            assert_eq!(from_remote(url, "").as_deref(), wanted, "{url:?}");
        }
    }
}
