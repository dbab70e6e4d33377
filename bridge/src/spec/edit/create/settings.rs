//! What a project's configuration says of new specs. Pure.

use std::collections::BTreeMap;

use leanspec_shared::command::Reason;
use serde_json::Value;

use super::super::Refusal;
use crate::spec::frontmatter;

/// What a project's configuration says of new specs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Names of templates and their files: `templates`.
    pub templates: BTreeMap<String, String>,
    /// The file that is used by default: `template` or `default_template`.
    pub template: Option<String>,
    /// New specs begin as drafts: `draftStatus.enabled`.
    pub begins_as_draft: bool,
    /// Variables of the project's own: `variables`.
    pub variables: BTreeMap<String, String>,
}

impl Settings {
    /// Reads the texts of `config.json` and `config.yaml` below the marker folder. What the second
    /// says counts, as in LeanSpec's own command line; names of templates and variables stand in
    /// the first only.
    ///
    /// # Errors
    /// When one of them cannot be read: what the project wants is not known then.
    pub fn read(config_json: Option<&str>, config_yaml: Option<&str>) -> Result<Self, Refusal> {
        let unreadable = |file: &str, why: String| {
            let message = format!(
                "The project's {file} cannot be read, so its templates are not known: {why}."
            );
            Refusal::new(Reason::Template, message)
        };
        let json: Value = match config_json {
            Some(text) => serde_json::from_str(text)
                .map_err(|error| unreadable("config.json", error.to_string()))?,
            None => Value::Null,
        };
        let yaml = match config_yaml {
            Some(text) => {
                frontmatter::parse(text).map_err(|error| unreadable("config.yaml", error.why))?
            }
            None => Value::Null,
        };
        let mut templates = texts(&json["templates"]);
        let mut template = json["template"].as_str().map(str::to_owned);
        if config_yaml.is_some() {
            templates.remove("default");
            template = yaml["default_template"].as_str().map(str::to_owned);
        }
        let chosen = if config_yaml.is_some() { &yaml } else { &json };
        let begins_as_draft = chosen["draftStatus"]["enabled"].as_bool().unwrap_or(false);
        Ok(Self { templates, template, begins_as_draft, variables: texts(&json["variables"]) })
    }
}

fn texts(value: &Value) -> BTreeMap<String, String> {
    let fields = value.as_object().into_iter().flatten();
    fields.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"template": "a.md", "templates": {"default": "b.md", "bug": "bug.md"},
        "draftStatus": {"enabled": true}, "variables": {"team": "Core", "n": 1}}"#;

    #[test]
    fn the_json_of_the_older_tools_is_read() {
        let settings = Settings::read(Some(JSON), None).expect("readable");
        assert_eq!(settings.templates["default"], "b.md");
        assert_eq!(settings.template.as_deref(), Some("a.md"));
        assert!(settings.begins_as_draft);
        assert_eq!(settings.variables.keys().collect::<Vec<_>>(), ["team"]);
    }

    #[test]
    fn the_yaml_of_the_newer_tools_counts_before_it() {
        let settings =
            Settings::read(Some(JSON), Some("default_template: c.md\n")).expect("readable");
        assert_eq!(settings.template.as_deref(), Some("c.md"));
        assert_eq!(settings.templates.keys().collect::<Vec<_>>(), ["bug"]);
        assert!(!settings.begins_as_draft);
    }

    #[test]
    fn without_a_configuration_everything_is_as_shipped() {
        assert_eq!(Settings::read(None, None).expect("readable"), Settings::default());
        let wrong_kinds =
            Settings::read(Some(r#"{"templates": 3, "template": []}"#), Some("- a\n"));
        assert_eq!(wrong_kinds.expect("readable"), Settings::default());
    }

    #[test]
    fn a_broken_configuration_is_named() {
        for (json, yaml, file) in
            [(Some("{"), None, "config.json"), (None, Some("a: b: c"), "config.yaml")]
        {
            let refusal = Settings::read(json, yaml).expect_err("broken");
            assert_eq!(refusal.reason, Reason::Template);
            assert!(refusal.message.contains(file), "{refusal}");
        }
    }
}
