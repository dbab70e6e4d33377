//! Every step is the last, once: after a restart the file is old or new, an applied command has an
//! outcome, nothing happens twice and no temporary file stays.

use std::sync::Arc;

use crate::life::{STORIES, Story, Told, World, assert_settled, assert_whole, live_until};
use crate::support::Scene;

/// More steps than any life has.
const NEVER: usize = usize::MAX;

/// Lives that die before these steps, one after the other, and one that does not die.
fn lives(story: Story, deaths: &[usize]) -> bool {
    let scene = Scene::quick();
    let world = Arc::new(World::new(&scene, story));
    let told = Told::default();
    let mut died = false;
    for death in deaths {
        died = !live_until(&scene, &world, *death, &told);
        assert_whole(&scene, story);
    }
    live_until(&scene, &world, NEVER, &told);
    let told = told.into_inner().expect("unpoisoned");
    assert_settled(&scene, &world, &told);
    died
}

#[test]
fn a_life_that_dies_before_any_step_is_made_good_by_the_next() {
    for story in STORIES {
        let deaths = (0..).take_while(|step| lives(story, &[*step])).count();
        assert!(deaths > 10, "{story:?} has only {deaths} steps");
    }
}

#[test]
fn a_life_that_dies_while_it_recovers_is_made_good_by_the_next() {
    for story in [Story::SavedTwice, Story::WrittenAfterwards, Story::CreatedBesideAnother] {
        for first in (0..).take_while(|first| lives(story, &[*first])) {
            let deaths = (0..).take_while(|second| lives(story, &[first, *second])).count();
            assert!(deaths > 0, "{story:?} after {first}");
        }
    }
}
