using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Properties;

/// <summary>What must hold for every workflow under every order of events.</summary>
public sealed class EnginePropertyTests
{
    [Fact]
    public void Equal_arguments_give_equal_steps()
    {
        Seeds.Check(life =>
        {
            // Also by a graph that was compiled anew: what a graph remembers between runs must not show.
            var fresh = life.Workflow.Graph();

            foreach (var (before, stimulus, now, step) in life.History.Steps)
            {
                var bytes = StepText.Of(before);

                StepText.ShouldBeSame(
                    StepText.Of(WorkflowEngine.Advance(life.Graph, before, stimulus, now)),
                    StepText.Of(step),
                    $"again: {stimulus}"
                );
                StepText.ShouldBeSame(
                    StepText.Of(WorkflowEngine.Advance(fresh, before, stimulus, now)),
                    StepText.Of(step),
                    $"fresh graph: {stimulus}"
                );
                StepText.ShouldBeSame(StepText.Of(before), bytes, $"the state before was changed by {stimulus}");
            }
        });
    }

    [Fact]
    public void A_state_that_was_stored_goes_on_like_one_that_was_not()
    {
        Seeds.Check(life =>
        {
            foreach (var (before, stimulus, now, step) in life.History.Steps)
            {
                var stored = StateJson.Read(StateJson.Write(before));

                StepText.ShouldBeSame(StepText.Of(stored), StepText.Of(before));
                StepText.ShouldBeSame(
                    StepText.Of(WorkflowEngine.Advance(life.Graph, stored, stimulus, now)),
                    StepText.Of(step),
                    stimulus.ToString()
                );
            }
        });
    }

    [Fact]
    public void What_has_ended_keeps_nothing_alive()
    {
        Seeds.Check(life =>
        {
            foreach (var (_, stimulus, _, step) in life.History.Steps)
            {
                var state = step.State;

                if (state.SubStatus is WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled)
                {
                    state.Frames.ShouldBeEmpty($"frames after {stimulus}");
                    state.Queue.ShouldBeEmpty($"queue after {stimulus}");
                    state.Parked.ShouldBeEmpty($"parked after {stimulus}");
                    state.Undoing.ShouldBeNull($"undoing after {stimulus}");
                }

                if (state.SubStatus is WorkflowSubStatus.Suspended or WorkflowSubStatus.Executing)
                    (state.Frames.Length + state.Queue.Length).ShouldBeGreaterThan(
                        0,
                        $"{state.SubStatus}, but nothing lives, after {stimulus}"
                    );

                if (state.Status == WorkflowStatus.Finished)
                {
                    state.Bookmarks.ShouldBeEmpty($"bookmarks after {stimulus}");
                    step.Invocation.ShouldBeNull();
                    step.IsCheckpoint.ShouldBeFalse();
                }
            }
        });
    }

    [Fact]
    public void Everything_belongs_to_something_that_lives()
    {
        Seeds.Check(life =>
        {
            foreach (var (_, stimulus, _, step) in life.History.Steps)
            {
                var alive = step.State.Frames.Select(f => f.Id).ToHashSet();

                alive.Count.ShouldBe(step.State.Frames.Length, $"two frames have one number after {stimulus}");
                step.State.Bookmarks.ShouldAllBe(b => alive.Contains(b.FrameId), $"bookmarks after {stimulus}");
                step.State.Frames.ShouldAllBe(f => f.Parent == 0 || alive.Contains(f.Parent), $"parents after {stimulus}");
                step.State.Queue.ShouldAllBe(q => q.Owner == 0 || alive.Contains(q.Owner), $"owners after {stimulus}");
                step.State.Queue.ShouldAllBe(q => q.Frame == 0 || alive.Contains(q.Frame), $"queued frames after {stimulus}");
                step.State.Parked.ShouldAllBe(b => alive.Contains(b.FrameId), $"parked after {stimulus}");
            }
        });
    }

    [Fact]
    public void What_comes_too_late_changes_nothing()
    {
        Seeds.Check(life =>
        {
            var burned = new Dictionary<long, Bookmark>();
            var answered = new List<Stimulus>();

            foreach (var (_, stimulus, now, step) in life.History.Steps)
            {
                foreach (var gone in step.Effects.OfType<Effect.BookmarkBurned>())
                    burned[gone.Bookmark.Id] = gone.Bookmark;

                if (stimulus is Stimulus.Returned or Stimulus.Threw)
                    answered.Add(stimulus);

                foreach (var id in burned.Keys.Where(id => step.State.Bookmarks.All(b => b.Id != id)))
                    Unchanged(new Stimulus.Resume(id));

                foreach (var answer in answered)
                    if (step.State.Frames.All(f => f.Id != FrameOf(answer) || !f.Invoking))
                        Unchanged(answer);

                void Unchanged(Stimulus late)
                {
                    var after = WorkflowEngine.Advance(life.Graph, step.State, late, now);

                    StepText.ShouldBeSame(StepText.Of(after.State), StepText.Of(step.State), late.ToString());
                    after.Effects.ShouldBeEmpty(late.ToString());
                    after.Journal.ShouldBeEmpty(late.ToString());
                }
            }
        });

        static long FrameOf(Stimulus answer) => answer is Stimulus.Returned returned ? returned.FrameId : ((Stimulus.Threw)answer).FrameId;
    }

    [Fact]
    public void The_stimuli_alone_rebuild_every_state()
    {
        Seeds.Check(life =>
        {
            var state = WorkflowState.New("wf-1", life.Graph);

            foreach (var (_, stimulus, now, step) in life.History.Steps)
            {
                // As a worker does that loads the instance anew for each burst.
                state = StateJson.Read(StateJson.Write(WorkflowEngine.Advance(life.Graph, state, stimulus, now).State));
                StepText.ShouldBeSame(StepText.Of(state), StepText.Of(step.State), stimulus.ToString());
            }
        });
    }

    [Fact]
    public void No_exception_leaves_a_step()
    {
        Seeds.Check(life =>
        {
            if (life.History.Failure is { } failure)
                throw new InvalidOperationException($"{life.History.Last}: {failure}");
        });
    }

    [Fact]
    public void Bookmark_effects_tell_which_bookmarks_there_are()
    {
        Seeds.Check(life =>
        {
            var told = new Dictionary<long, Bookmark>();

            foreach (var (_, stimulus, _, step) in life.History.Steps)
            {
                foreach (var effect in step.Effects)
                    if (effect is Effect.BookmarkAdded added)
                        told.TryAdd(added.Bookmark.Id, added.Bookmark).ShouldBeTrue($"added twice by {stimulus}");
                    else if (effect is Effect.BookmarkBurned gone)
                        told.Remove(gone.Bookmark.Id).ShouldBeTrue($"burned without being there by {stimulus}");

                told.Keys.Order().ShouldBe(step.State.Bookmarks.Select(b => b.Id).Order(), $"after {stimulus}");
            }
        });
    }

    [Fact]
    public void Numbers_are_used_once()
    {
        Seeds.Check(life =>
        {
            var began = new HashSet<long>();

            foreach (var (before, stimulus, _, step) in life.History.Steps)
            {
                step.State.NextId.ShouldBeGreaterThanOrEqualTo(before.NextId);

                var ids = step
                    .State.Frames.Select(f => f.Id)
                    .Concat(step.State.Bookmarks.Concat(step.State.Parked).Select(b => b.Id))
                    .Concat(step.State.Incidents.Select(i => i.Id))
                    .ToList();

                ids.ShouldBeUnique($"after {stimulus}");
                ids.ShouldAllBe(id => id < step.State.NextId);

                foreach (var entry in step.Journal.Where(j => j.Event == JournalEvent.Started))
                    began.Add(entry.FrameId).ShouldBeTrue($"execution {entry.FrameId} began twice: {stimulus}");
            }
        });
    }

    [Fact]
    public void What_has_ended_stays_ended()
    {
        Seeds.Check(life =>
        {
            foreach (var (before, stimulus, _, step) in life.History.Steps)
            {
                if (before.SubStatus is WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled)
                    StepText.ShouldBeSame(StepText.Of(step.State), StepText.Of(before), stimulus.ToString());

                // A person may repair or cancel; nothing else revives it.
                if (before.SubStatus == WorkflowSubStatus.Faulted && stimulus is not (Stimulus.Retry or Stimulus.Alter or Stimulus.Cancel))
                    step.State.SubStatus.ShouldBe(WorkflowSubStatus.Faulted, stimulus.ToString());

                if (before.SubStatus == WorkflowSubStatus.Pending && stimulus is not (Stimulus.Start or Stimulus.Cancel))
                    step.State.SubStatus.ShouldBe(WorkflowSubStatus.Pending, stimulus.ToString());
            }
        });
    }

    [Fact]
    public void A_step_ends_with_at_most_one_wish_to_go_on()
    {
        Seeds.Check(life =>
        {
            foreach (var (before, stimulus, _, step) in life.History.Steps)
            {
                var wishes = step.Effects.Count(e => e is Effect.Invoke or Effect.Checkpoint);

                wishes.ShouldBeLessThanOrEqualTo(1, stimulus.ToString());

                if (wishes == 1)
                    (step.Effects[^1] is Effect.Invoke or Effect.Checkpoint).ShouldBeTrue($"not the last effect: {stimulus}");

                if (step.IsCheckpoint)
                    step.State.Queue.ShouldNotBeEmpty($"a checkpoint with nothing after it: {stimulus}");

                step.Effects.Count(e => e is Effect.Ended)
                    .ShouldBe(
                        step.State.Status == WorkflowStatus.Finished && step.State.SubStatus != before.SubStatus ? 1 : 0,
                        $"ends told: {before.SubStatus} → {step.State.SubStatus} by {stimulus}"
                    );
            }
        });
    }

    [Fact]
    public void Something_can_wake_whatever_is_alive_or_an_incident_says_so()
    {
        Seeds.Check(life =>
        {
            if (life.Graph.Semantics != FlowSemantics.Sound)
                return;

            foreach (var (before, stimulus, _, step) in life.History.Steps)
            {
                var state = step.State;

                if (
                    ReferenceEquals(before, state)
                    || state.Status == WorkflowStatus.Finished
                    || state.SubStatus == WorkflowSubStatus.Pending
                )
                    continue;

                var canGoOn =
                    !state.Bookmarks.IsEmpty
                    || state.Frames.Any(f => f.Invoking || f.Status is ActivityStatus.Pending or ActivityStatus.Faulted)
                    || (state.SubStatus == WorkflowSubStatus.Executing && !state.Queue.IsEmpty)
                    || !state.Incidents.IsEmpty;

                canGoOn.ShouldBeTrue($"{state.SubStatus} after {stimulus}: {StepText.Of(state)}");
            }
        });
    }
}
