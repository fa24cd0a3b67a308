//! Campaigns in every place of the rules table.

use serde_json::{Value, json};

use super::{World, email};

/// A campaign's status, and whether there is a draft: a column of the rules table.
pub(crate) type Standing = (&'static str, bool);

/// All that there are. `ARCHIVED UNLAUNCHED` is `ARCHIVED` without ever having been launched.
pub(crate) const STANDINGS: [Standing; 8] = [
    ("UNLAUNCHED", false),
    ("ACTIVE", false),
    ("ACTIVE", true),
    ("STOPPED", false),
    ("STOPPED", true),
    ("ARCHIVED", false),
    ("ARCHIVED", true),
    ("ARCHIVED UNLAUNCHED", false),
];

impl World {
    /// Makes a campaign that stands there; its id. The draft has another description.
    pub(crate) async fn standing(&self, (status, has_draft): Standing) -> String {
        let id = self.unlaunched(email("Standing")).await;
        if !status.ends_with("UNLAUNCHED") {
            self.run("launchCampaign", &id).await;
        }
        if has_draft {
            let draft = self.save_draft(&id, json!({ "description": "next" })).await;
            assert!(draft.changed());
        }
        if status == "STOPPED" {
            self.run("stopCampaign", &id).await;
        }
        if status.starts_with("ARCHIVED") {
            self.run("archiveCampaign", &id).await;
        }
        let campaign = self.campaign(&id).await;
        assert_eq!(campaign["status"], status.split(' ').next().unwrap());
        assert_eq!(!campaign["draft"].is_null(), has_draft);
        id
    }

    /// Makes a campaign and stops it; its id.
    pub(crate) async fn stopped(&self, content: Value) -> String {
        let id = self.active(content).await;
        assert_eq!(self.run("stopCampaign", &id).await.status(), "STOPPED");
        id
    }

    /// Holds that a command that takes only a campaign is refused wherever these standings are, and how.
    pub(crate) async fn assert_refused(&self, command: &str, refusals: &[(&str, &str)]) {
        for (status, code) in refusals {
            let standings = STANDINGS.iter().filter(|standing| standing.0.starts_with(status));
            for standing in standings {
                let id = self.standing(*standing).await;
                let errors = self.step(command, &id).await.refused(code);
                assert_eq!(errors[0]["field"], Value::Null, "{command} {standing:?}");
            }
        }
    }
}
