//! Reads as much of a `Dockerfile` as ours uses; an instruction that is not known is an error, so
//! that nothing is passed over unnoticed.

use anyhow::{Context, Result, bail};

/// The whole file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Image {
    pub(super) stages: Vec<Stage>,
    /// `EXPOSE`
    pub(super) port: String,
    /// `VOLUME`
    pub(super) volume: String,
    /// The command of `HEALTHCHECK`.
    pub(super) health: Vec<String>,
}

/// From one `FROM` to the next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stage {
    pub(super) name: String,
    pub(super) steps: Vec<Step>,
}

/// What happens in a stage.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Workdir(String),
    Env(String, String),
    Copy(Copy),
    Run(String),
}

/// `COPY [--from=STAGE] FROM… TO`
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) stage: Option<String>,
    pub(super) from: Vec<String>,
    pub(super) to: String,
}

/// Parses the file.
pub(super) fn parse(text: &str) -> Result<Image> {
    let mut image = Image::default();
    for line in joined_lines(text) {
        let (word, rest) =
            line.split_once(' ').with_context(|| format!("no instruction: {line}"))?;
        let rest = rest.trim();
        if word == "FROM" {
            let name = rest.split_once(" AS ").map_or("final", |(_, name)| name.trim());
            image.stages.push(Stage { name: name.to_owned(), steps: Vec::new() });
            continue;
        }
        let step = match word {
            "WORKDIR" => Step::Workdir(rest.to_owned()),
            "RUN" => Step::Run(rest.to_owned()),
            "COPY" => Step::Copy(parse_copy(rest)?),
            "ENV" => {
                let (name, value) = rest.split_once('=').context("ENV NAME=VALUE, one a line")?;
                Step::Env(name.to_owned(), value.trim_matches('"').to_owned())
            }
            "EXPOSE" => {
                rest.clone_into(&mut image.port);
                continue;
            }
            "VOLUME" => {
                rest.clone_into(&mut image.volume);
                continue;
            }
            "HEALTHCHECK" => {
                let (_, command) = rest.split_once("CMD ").context("HEALTHCHECK … CMD […]")?;
                image.health = serde_json::from_str(command).context("HEALTHCHECK's command")?;
                continue;
            }
            "ENTRYPOINT" | "CMD" => {
                let _: Vec<String> = serde_json::from_str(rest).with_context(|| line.clone())?;
                continue;
            }
            "STOPSIGNAL" | "LABEL" | "USER" => continue,
            other => bail!("{other}: not an instruction that this project uses"),
        };
        image.stages.last_mut().context("a step before the first FROM")?.steps.push(step);
    }
    Ok(image)
}

fn parse_copy(rest: &str) -> Result<Copy> {
    let (flags, mut paths): (Vec<&str>, Vec<&str>) =
        rest.split_whitespace().partition(|word| word.starts_with("--"));
    let to = paths.pop().context("COPY FROM… TO")?.to_owned();
    let stage = flags.iter().find_map(|flag| flag.strip_prefix("--from=")).map(str::to_owned);
    Ok(Copy { stage, from: paths.into_iter().map(str::to_owned).collect(), to })
}

/// The instructions, one a line: comments and empty lines gone, continued lines joined.
fn joined_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open = String::new();
    for line in
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        match line.strip_suffix('\\') {
            Some(start) => open.push_str(start),
            None => lines.push(std::mem::take(&mut open) + line),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_continued_line_is_one_step_and_a_comment_is_none() {
        let image = parse("FROM a AS b\n# why\nRUN one && \\\n  # still\n  two\n").expect("read");
        assert_eq!(image.stages[0].name, "b");
        assert_eq!(image.stages[0].steps, [Step::Run("one && two".into())]);
    }

    #[test]
    fn a_copy_names_its_stage_its_sources_and_its_target() {
        let copy = parse_copy("--from=ui --chown=a /x/dist y ./").expect("read");
        assert_eq!(copy.stage.as_deref(), Some("ui"));
        assert_eq!(
            (copy.from, copy.to.as_str()),
            (vec!["/x/dist".to_owned(), "y".to_owned()], "./")
        );
    }

    #[test]
    fn an_unknown_instruction_is_an_error() {
        assert!(parse("FROM a\nADD https://example.org/x /x\n").is_err());
    }
}
