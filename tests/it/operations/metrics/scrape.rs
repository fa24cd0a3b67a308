//! The text format of Prometheus, read as strictly as Prometheus reads it.

use std::collections::{BTreeMap, BTreeSet};

use crate::harness::Server;

/// The page that says what each figure is.
const PAGE: &str = include_str!("../../../../docs/operations.md");

/// The labels of a sample.
type Labels = BTreeMap<String, String>;

/// All figures at one moment.
pub(super) struct Scrape {
    pub(super) text: String,
    samples: Vec<(String, Labels, f64)>,
}

impl Scrape {
    /// What a server shows at the moment. Every sample must have a type and words to say what it is, there
    /// and on the page, and none comes twice.
    pub(super) async fn of(server: &Server) -> Self {
        let answer = reqwest::get(server.url("/metrics")).await.unwrap();
        assert_eq!(answer.status(), 200);
        let text = answer.text().await.unwrap();
        assert!(text.ends_with('\n'), "{text}");
        let (mut types, mut helps, mut samples) = (BTreeMap::new(), BTreeSet::new(), vec![]);
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert!(types.insert(name.to_owned(), kind.to_owned()).is_none(), "{line}");
            } else if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap();
                assert!(!help.is_empty() && helps.insert(name.to_owned()), "{line}");
            } else {
                samples.push(sample(line));
            }
        }
        let mut seen = BTreeSet::new();
        for (name, labels, _) in &samples {
            let of_histogram = ["_bucket", "_sum", "_count"]
                .into_iter()
                .find_map(|end| name.strip_suffix(end));
            let family = of_histogram
                .filter(|family| types.get(*family).is_some_and(|kind| kind == "histogram"))
                .unwrap_or(name);
            assert!(
                types.contains_key(family) && helps.contains(family),
                "{name} has no type or no help"
            );
            assert!(family.starts_with("understudy_"), "{family}");
            assert!(
                PAGE.contains(&format!("| `{family}` |")),
                "{family} stands on no page"
            );
            let is_counter = types[family] == "counter";
            assert_eq!(is_counter, family.ends_with("_total"), "{family}");
            assert!(
                seen.insert((name.clone(), labels.clone())),
                "{name} {labels:?} comes twice"
            );
        }
        Self { text, samples }
    }

    /// The value of a sample, if it is there.
    pub(super) fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels: Labels = labels
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let mut found = self
            .samples
            .iter()
            .filter(|sample| sample.0 == name && sample.1 == labels);
        found.next().map(|sample| sample.2)
    }

    /// All values of a label.
    pub(super) fn labels(&self, name: &str, label: &str) -> BTreeSet<&str> {
        let of_name = self.samples.iter().filter(|sample| sample.0 == name);
        of_name.map(|sample| sample.1[label].as_str()).collect()
    }
}

fn is_name(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.starts_with(|first: char| !first.is_ascii_digit()) && text.chars().all(is_letter)
}

/// One line. None of our labels has a comma, a quote or a backslash in it, so that none is escaped.
fn sample(line: &str) -> (String, Labels, f64) {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').unwrap()),
        None => (series, ""),
    };
    assert!(is_name(name), "{line}");
    let label = |text: &str| {
        let (name, value) = text.split_once('=').unwrap();
        let value = value.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
        assert!(is_name(name) && !value.contains(['"', '\\']), "{line}");
        (name.to_owned(), value.to_owned())
    };
    let labels = labels
        .split(',')
        .filter(|text| !text.is_empty())
        .map(label)
        .collect();
    (name.to_owned(), labels, value.parse().unwrap())
}
