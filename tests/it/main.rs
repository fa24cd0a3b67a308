//! smoke
use understudy_app::*;
use understudy_domain::content::*;
use understudy_domain::text::Patched;
use understudy_domain::*;
const W: WorkspaceId = WorkspaceId::DEFAULT;
#[tokio::test]
async fn smoke() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/a.db", dir.path().display());
    let app = App::open(&url).await.unwrap();
    let seg = app
        .create_segment(
            W,
            source::SegmentPatch {
                name: Patched::Set("All".into()),
                description: Patched::Keep,
            },
        )
        .await
        .unwrap();
    let patch = ContentPatch {
        name: Patched::Set("Spring".into()),
        tags: Patched::Set(vec!["a".into(), "b".into()]),
        segments: Patched::Set(vec![seg.id]),
        message: Patched::Set(MessagePatch::InApp(InAppPatch {
            title: "t".into(),
            body: "Hello Wörld".into(),
            trigger: "open".into(),
        })),
        ..Default::default()
    };
    let c = app.create_campaign(W, patch.clone()).await.unwrap();
    let d = app.create_campaign(W, patch.clone()).await.unwrap();
    println!(
        "{:?}",
        app.advance(W, c.id, LifecycleCommand::Launch, None)
            .await
            .unwrap()
    );
    println!(
        "{:?}",
        app.save_draft(
            W,
            c.id,
            ContentPatch {
                name: Patched::Set("Summer".into()),
                tags: Patched::Set(vec!["x".into()]),
                ..Default::default()
            },
            None
        )
        .await
        .unwrap()
    );
    let s = app.snapshot(W).await.unwrap();
    let before = app.statements();
    let page = s
        .campaign_page(
            &read::CampaignFilter {
                search: Some("wor".into()),
                ..Default::default()
            },
            read::CampaignOrder::default(),
            &read::Page {
                limit: 10,
                direction: read::Direction::Forward,
                after: None,
                before: None,
            },
            read::Wants::ALL,
        )
        .await
        .unwrap();
    println!("{} statements {:#?}", app.statements() - before, page.items);
    drop(s);
    println!(
        "{:?}",
        app.edit(W, c.id, campaign::ContentCommand::LaunchDraft, None)
            .await
            .unwrap()
    );
    println!(
        "{:?}",
        app.set_in_app_priority(
            W,
            SourceId::Campaign(c.id),
            Spot::Before(SourceId::Campaign(d.id))
        )
        .await
        .unwrap()
    );
    println!(
        "{:?}",
        app.set_in_app_priority(W, SourceId::Campaign(c.id), Spot::After(SourceId::Campaign(d.id)))
            .await
            .unwrap()
    );
    let s = app.snapshot(W).await.unwrap();
    println!("{:?}", s.campaigns(&[c.id], read::Wants::ALL).await.unwrap());
    println!("{:?}", s.events_after(0, &Default::default(), 100).await.unwrap());
    drop(s);
    println!("{:?}", app.archive_segment(W, seg.id, false).await.unwrap());
    app.close().await;
}
