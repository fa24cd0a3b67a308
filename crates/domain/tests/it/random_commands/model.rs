//! The reference: campaigns as three flags and a few numbers, with the rules as questions asked one after another
//! rather than as a table, so that it does not repeat the mistakes of what it is compared with.

use proptest::prelude::*;
use proptest::{option, sample};
use understudy_domain::{Channel, InAppLevel, Status};

use crate::strategies::SEGMENTS;

/// One thing that somebody does.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Create(Edit),
    /// A command on one of the campaigns there are; the number is taken modulo their count.
    Order(usize, Order),
    ArchiveSegment(usize),
    UnarchiveSegment(usize),
}

#[derive(Debug, Clone)]
pub(super) enum Order {
    Update(Edit),
    Launch,
    SaveDraft(Edit),
    LaunchDraft,
    DiscardDraft,
    Stop,
    Resume,
    Archive,
    Unarchive,
    /// To the top of a level, or to the very place that it has.
    SetPlace(Option<InAppLevel>),
    Clone,
}

/// A patch, in the model's terms.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    /// Whether something is wrong with it, whatever it says.
    pub(super) is_wrong: bool,
    pub(super) name: Option<u8>,
    pub(super) message: Say,
    pub(super) segments: Option<Vec<usize>>,
}

/// What an edit does with the message.
#[derive(Debug, Clone, Copy)]
pub(super) enum Say {
    TheSame,
    Nothing,
    Through(Channel),
}

/// A content, in the model's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// How often `Copy of` stands before the name, and the name's number.
    pub(super) name: (u8, u8),
    pub(super) channel: Option<Channel>,
    pub(super) segments: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Changed,
    Unchanged,
    Refused(&'static str),
}

#[derive(Debug, Clone)]
pub(super) struct Expected {
    was_launched: bool,
    is_sending: bool,
    is_archived: bool,
    pub(super) version: i32,
    pub(super) live: Page,
    pub(super) draft: Option<Page>,
    pub(super) place: Option<(InAppLevel, u32)>,
    /// The step that changed it last.
    pub(super) updated_at: u32,
}

/// All campaigns and segments, the number of steps done, and what the last step was answered.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub(super) campaigns: Vec<Expected>,
    archived: [bool; SEGMENTS],
    clock: u32,
    pub(super) answers: Vec<(usize, Answer)>,
}

impl Model {
    pub(super) fn after(mut self, step: &Step) -> Self {
        self.clock += 1;
        self.answers = vec![];
        match step {
            Step::Create(edit) => self.create(edit),
            Step::Order(number, order) => self.order(*number, order),
            Step::ArchiveSegment(segment) => self.archive_segment(*segment),
            Step::UnarchiveSegment(segment) => self.archived[*segment] = false,
        }
        self
    }

    fn create(&mut self, edit: &Edit) {
        let blank = Page {
            name: (0, 0),
            channel: None,
            segments: vec![],
        };
        let named = Edit {
            name: edit.name.or(Some(0)),
            ..edit.clone()
        };
        let answer = match named.on(&blank, self.archived) {
            Some(live) => self.begin(live),
            None => Answer::Refused("INVALID"),
        };
        self.answers
            .push((self.campaigns.len().saturating_sub(1), answer));
    }

    fn begin(&mut self, live: Page) -> Answer {
        let place = live.is_in_app().then_some((InAppLevel::Medium, self.clock));
        self.campaigns.push(Expected {
            was_launched: false,
            is_sending: false,
            is_archived: false,
            version: 1,
            live,
            draft: None,
            place,
            updated_at: self.clock,
        });
        Answer::Changed
    }

    fn order(&mut self, number: usize, order: &Order) {
        let Some(number) = number.checked_rem(self.campaigns.len()) else {
            return;
        };
        let campaign = &mut self.campaigns[number];
        if matches!(order, Order::Clone) {
            let mut live = campaign.live.clone();
            live.name.0 += 1;
            let answer = self.begin(live);
            self.answers.push((self.campaigns.len() - 1, answer));
            return;
        }
        let answer = campaign.answer(order, self.archived, self.clock);
        if answer == Answer::Changed {
            campaign.close_change(self.clock);
        }
        self.answers.push((number, answer));
    }

    /// Every campaign whose live content uses the segment goes with it.
    fn archive_segment(&mut self, segment: usize) {
        if std::mem::replace(&mut self.archived[segment], true) {
            return;
        }
        for (number, campaign) in self.campaigns.iter_mut().enumerate() {
            if campaign.live.segments.contains(&segment) && !campaign.is_archived {
                campaign.archive();
                campaign.close_change(self.clock);
                self.answers.push((number, Answer::Changed));
            }
        }
    }
}

impl Expected {
    pub(super) const fn status(&self) -> Status {
        match (self.is_archived, self.was_launched, self.is_sending) {
            (true, _, _) => Status::Archived,
            (false, false, _) => Status::Unlaunched,
            (false, true, true) => Status::Active,
            (false, true, false) => Status::Stopped,
        }
    }

    fn close_change(&mut self, clock: u32) {
        self.version += 1;
        self.updated_at = clock;
    }

    const fn archive(&mut self) {
        self.is_archived = true;
        self.is_sending = false;
    }

    fn answer(&mut self, order: &Order, archived: [bool; SEGMENTS], clock: u32) -> Answer {
        if let Some(reason) = self.refusal(order, archived) {
            return Answer::Refused(reason);
        }
        if self.is_already(order) {
            return Answer::Unchanged;
        }
        match order {
            Order::Update(edit) => {
                let page = self.live.clone();
                return edit.make(&page, archived, |page| self.set_live(page, clock));
            }
            Order::SaveDraft(edit) => {
                let page = self.draft.as_ref().unwrap_or(&self.live).clone();
                return edit.make(&page, archived, |page| self.draft = Some(page));
            }
            Order::Launch => (self.was_launched, self.is_sending) = (true, true),
            Order::Resume => self.is_sending = true,
            Order::Stop => self.is_sending = false,
            Order::Archive => self.archive(),
            Order::Unarchive => self.is_archived = false,
            Order::DiscardDraft => self.draft = None,
            Order::LaunchDraft => {
                let page = self.draft.take().expect("the refusals saw that there is one");
                self.set_live(page, clock);
            }
            Order::SetPlace(level) => self.place = level.map(|level| (level, clock)),
            Order::Clone => unreachable!("cloning is asked of the model"),
        }
        Answer::Changed
    }

    fn set_live(&mut self, page: Page, clock: u32) {
        if !page.is_in_app() {
            self.place = None;
        } else if self.place.is_none() {
            self.place = Some((InAppLevel::Medium, clock));
        }
        self.live = page;
    }

    fn refusal(&self, order: &Order, archived: [bool; SEGMENTS]) -> Option<&'static str> {
        use Order::{
            Archive, DiscardDraft, Launch, LaunchDraft, Resume, SaveDraft, SetPlace, Stop, Unarchive, Update,
        };
        if self.is_archived {
            return (!matches!(order, Archive | Unarchive)).then_some("CAMPAIGN_ARCHIVED");
        }
        if !self.was_launched && matches!(order, Stop | Resume | SaveDraft(_)) {
            return Some("NOT_LAUNCHED");
        }
        if self.draft.is_none() && matches!(order, LaunchDraft | DiscardDraft) {
            return Some("NO_DRAFT");
        }
        if self.draft.is_some() && matches!(order, Update(_)) {
            return Some("DRAFT_EXISTS");
        }
        if !self.live.is_in_app() && matches!(order, SetPlace(_)) {
            return Some("NOT_IN_APP");
        }
        if self.was_launched && !self.is_sending && matches!(order, Launch) {
            return Some("ALREADY_LAUNCHED");
        }
        // What is going to be sent from now on, if anything, and whether it starts for the first time.
        let (page, is_first) = match order {
            Launch if !self.was_launched => (&self.live, true),
            Resume if !self.is_sending => (&self.live, false),
            LaunchDraft => (self.draft.as_ref()?, true),
            _ => return None,
        };
        if is_first && (page.channel.is_none() || page.segments.is_empty()) {
            return Some("INCOMPLETE");
        }
        let uses_archived = page.segments.iter().any(|segment| archived[*segment]);
        uses_archived.then_some("SEGMENT_ARCHIVED")
    }

    /// Whether the order, which was not refused, asks for what already is.
    const fn is_already(&self, order: &Order) -> bool {
        match order {
            Order::Launch | Order::Resume => self.is_sending,
            Order::Stop => !self.is_sending,
            Order::Archive => self.is_archived,
            Order::Unarchive => !self.is_archived,
            Order::SetPlace(level) => level.is_none(),
            Order::Update(_)
            | Order::SaveDraft(_)
            | Order::LaunchDraft
            | Order::DiscardDraft
            | Order::Clone => false,
        }
    }
}

impl Page {
    const fn is_in_app(&self) -> bool {
        matches!(self.channel, Some(Channel::InApp))
    }
}

impl Edit {
    /// The page with the edit made, unless that is wrong.
    fn on(&self, page: &Page, archived: [bool; SEGMENTS]) -> Option<Page> {
        let segments = self.segments.as_ref().unwrap_or(&page.segments);
        let adds_archived = segments
            .iter()
            .any(|segment| archived[*segment] && !page.segments.contains(segment));
        (!self.is_wrong && !adds_archived).then(|| Page {
            name: self.name.map_or(page.name, |number| (0, number)),
            channel: match self.message {
                Say::TheSame => page.channel,
                Say::Nothing => None,
                Say::Through(channel) => Some(channel),
            },
            segments: segments.clone(),
        })
    }

    fn make(&self, page: &Page, archived: [bool; SEGMENTS], keep: impl FnOnce(Page)) -> Answer {
        match self.on(page, archived) {
            None => Answer::Refused("INVALID"),
            Some(new) if new == *page => Answer::Unchanged,
            Some(new) => {
                keep(new);
                Answer::Changed
            }
        }
    }
}

/// Steps in proportions that let campaigns live long enough to have something to lose.
pub(super) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => edit().prop_map(Step::Create),
        24 => (any::<u8>(), order()).prop_map(|(number, order)| Step::Order(usize::from(number), order)),
        1 => (0..SEGMENTS).prop_map(Step::ArchiveSegment),
        2 => (0..SEGMENTS).prop_map(Step::UnarchiveSegment),
    ]
}

fn order() -> impl Strategy<Value = Order> {
    let levels = vec![InAppLevel::High, InAppLevel::Medium, InAppLevel::Low];
    prop_oneof![
        5 => edit().prop_map(Order::Update),
        4 => Just(Order::Launch),
        6 => edit().prop_map(Order::SaveDraft),
        3 => Just(Order::LaunchDraft),
        2 => Just(Order::DiscardDraft),
        2 => Just(Order::Stop),
        3 => Just(Order::Resume),
        1 => Just(Order::Archive),
        3 => Just(Order::Unarchive),
        3 => option::weighted(0.7, sample::select(levels)).prop_map(Order::SetPlace),
        1 => Just(Order::Clone),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    let channels = vec![Channel::Email, Channel::InApp, Channel::Webhook];
    let message = prop_oneof![
        10 => Just(Say::TheSame),
        1 => Just(Say::Nothing),
        9 => sample::select(channels).prop_map(Say::Through),
    ];
    let segments = sample::subsequence((0..SEGMENTS).collect::<Vec<_>>(), 0..=2);
    let is_wrong = prop::bool::weighted(0.05);
    (is_wrong, option::of(0..3_u8), message, option::of(segments)).prop_map(
        |(is_wrong, name, message, segments)| Edit {
            is_wrong,
            name,
            message,
            segments,
        },
    )
}
