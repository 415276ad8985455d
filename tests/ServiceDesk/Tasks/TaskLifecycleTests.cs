using CsCheck;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.ServiceDesk.Tests.Tasks;

public sealed class TaskLifecycleTests
{
    private static readonly TaskActor Ann = new("ann", false);
    private static readonly TaskActor Bob = new("bob", false);
    private static readonly TaskActor Boss = new("boss", true);
    private static readonly TaskStanding Ready = new(TaskState.Ready, null);
    private static readonly TaskStanding OfAnn = new(TaskState.Assigned, "ann");

    [Fact]
    public void A_task_goes_from_offer_to_answer()
    {
        var task = Done(TaskLifecycle.Apply(Ready, TaskHappening.Offer, "ann"));
        task.Holder.ShouldBe("ann");
        task = Done(TaskLifecycle.Apply(task, TaskHappening.Accept, "ann"));
        task = Done(TaskLifecycle.Apply(task, TaskVerb.Start, Ann));
        task.State.ShouldBe(TaskState.InProgress);
        task = Done(TaskLifecycle.Apply(task, TaskVerb.Complete, Ann));
        task.State.ShouldBe(TaskState.Completing);
        task = Done(TaskLifecycle.Apply(task, TaskHappening.Confirm));
        task.ShouldBe(new TaskStanding(TaskState.Completed, "ann"));
    }

    [Fact]
    public void Who_declines_or_misses_an_offer_is_not_asked_again()
    {
        var offered = Done(TaskLifecycle.Apply(Ready, TaskHappening.Offer, "ann"));
        var back = Done(TaskLifecycle.Apply(offered, TaskHappening.Withdraw, "ann"));

        back.State.ShouldBe(TaskState.Ready);
        TaskLifecycle.Apply(back, TaskHappening.Offer, "ann").Refusal.ShouldBe(TaskRefusal.Excluded);
        TaskLifecycle.Apply(back, TaskVerb.Claim, Ann).Refusal.ShouldBe(TaskRefusal.Excluded);
        TaskLifecycle.Apply(back, TaskHappening.Offer, "bob").Refusal.ShouldBeNull();
    }

    [Theory]
    [InlineData(TaskVerb.Claim, TaskRefusal.NotYours)]
    [InlineData(TaskVerb.Release, TaskRefusal.NotYours)]
    [InlineData(TaskVerb.Delegate, TaskRefusal.NotYours)]
    [InlineData(TaskVerb.Start, TaskRefusal.NotYours)]
    [InlineData(TaskVerb.SaveDraft, TaskRefusal.NotYours)]
    [InlineData(TaskVerb.Complete, TaskRefusal.NotYours)]
    [InlineData(TaskVerb.SetDue, TaskRefusal.NotYours)]
    [InlineData(TaskVerb.Suspend, TaskRefusal.NotYours)]
    [InlineData(TaskVerb.ReturnToSender, TaskRefusal.NotYours)]
    [InlineData(TaskVerb.Assign, TaskRefusal.WrongState)]
    [InlineData(TaskVerb.Reassign, TaskRefusal.SupervisorOnly)]
    [InlineData(TaskVerb.Skip, TaskRefusal.SupervisorOnly)]
    [InlineData(TaskVerb.Escalate, TaskRefusal.SupervisorOnly)]
    public void A_colleague_may_not_touch_the_task_of_another(TaskVerb verb, TaskRefusal expected) =>
        TaskLifecycle.Apply(OfAnn, verb, Bob, "bob").Refusal.ShouldBe(expected);

    [Theory]
    [InlineData(TaskVerb.Claim)]
    [InlineData(TaskVerb.Complete)]
    [InlineData(TaskVerb.Comment)]
    [InlineData(TaskVerb.Skip)]
    [InlineData(TaskVerb.SetDue)]
    public void Nothing_is_done_with_a_task_that_has_ended(TaskVerb verb)
    {
        foreach (var state in new[] { TaskState.Completed, TaskState.Cancelled, TaskState.TimedOut, TaskState.Superseded })
            TaskLifecycle.Apply(new TaskStanding(state, "ann"), verb, Boss, "bob").Refusal.ShouldBe(TaskRefusal.Ended);
    }

    [Fact]
    public void An_answered_task_is_not_answered_again()
    {
        var answered = Done(TaskLifecycle.Apply(OfAnn, TaskVerb.Complete, Ann));

        TaskLifecycle.Apply(answered, TaskVerb.Complete, Ann).Refusal.ShouldBe(TaskRefusal.Answered);
        TaskLifecycle.Apply(answered, TaskVerb.Skip, Boss).Refusal.ShouldBe(TaskRefusal.Answered);
        Done(TaskLifecycle.Apply(answered, TaskHappening.TimeOut)).State.ShouldBe(TaskState.TimedOut);
    }

    [Fact]
    public void Delegation_keeps_the_owner_and_gives_the_task_back()
    {
        var delegated = Done(TaskLifecycle.Apply(OfAnn, TaskVerb.Delegate, Ann, "bob"));
        delegated.ShouldBe(OfAnn with { Assignee = "bob", Owner = "ann", Sender = "ann" });

        Done(TaskLifecycle.Apply(delegated, TaskVerb.ResolveBack, Bob)).Assignee.ShouldBe("ann");
        Done(TaskLifecycle.Apply(delegated, TaskVerb.ReturnToSender, Bob)).Assignee.ShouldBe("ann");
    }

    [Fact]
    public void Without_a_sender_a_returned_task_waits_for_others()
    {
        var back = Done(TaskLifecycle.Apply(OfAnn, TaskVerb.ReturnToSender, Ann));

        back.State.ShouldBe(TaskState.Ready);
        back.Excluded.ShouldContain("ann");
    }

    [Fact]
    public void Four_eyes_hold_for_every_way_to_a_task()
    {
        var second = Ready with { Excluded = ["ann"] };

        TaskLifecycle.Apply(second, TaskVerb.Claim, Ann).Refusal.ShouldBe(TaskRefusal.Excluded);
        TaskLifecycle.Apply(second, TaskVerb.Complete, Ann).Refusal.ShouldBe(TaskRefusal.Excluded);
        TaskLifecycle.Apply(second, TaskVerb.Assign, Boss, "ann").Refusal.ShouldBe(TaskRefusal.Excluded);
        TaskLifecycle.Apply(second, TaskHappening.Offer, "ann").Refusal.ShouldBe(TaskRefusal.Excluded);
        TaskLifecycle
            .Apply(second with { State = TaskState.Assigned, Assignee = "bob" }, TaskVerb.Delegate, Bob, "ann")
            .Refusal.ShouldBe(TaskRefusal.Excluded);
    }

    [Fact]
    public void A_suspended_task_is_neither_offered_nor_answered()
    {
        var aside = Done(TaskLifecycle.Apply(OfAnn, TaskVerb.Suspend, Ann));

        TaskLifecycle.Apply(aside, TaskVerb.Complete, Ann).Refusal.ShouldBe(TaskRefusal.Suspended);
        TaskLifecycle.Apply(Ready with { IsSuspended = true }, TaskHappening.Offer, "ann").Refusal.ShouldBe(TaskRefusal.Suspended);
        Done(TaskLifecycle.Apply(aside, TaskVerb.Resume, Ann)).ShouldBe(OfAnn);
    }

    /// <summary>Invariant 1: one owner per task at any time, whatever is tried in whatever order.</summary>
    [Fact]
    public void A_task_has_at_most_one_holder_and_ends_once()
    {
        string[] people = ["ann", "bob", "boss"];
        var tries = Gen.Select(Gen.Bool, Gen.Int[0, 19], Gen.Int[0, 6], Gen.Int[0, 2], Gen.Int[0, 2]).Array[0, 80];

        tries.Sample(drawn =>
        {
            var task = Ready;
            var ends = 0;

            foreach (var (byPerson, verb, happening, who, target) in drawn)
            {
                var actor = new TaskActor(people[who], people[who] == "boss");
                var step = byPerson
                    ? TaskLifecycle.Apply(task, (TaskVerb)verb, actor, people[target])
                    : TaskLifecycle.Apply(task, (TaskHappening)happening, people[target]);

                (step.After is null).ShouldBe(step.Refusal is not null);

                if (step.After is not { } after)
                    continue;

                task.HasEnded.ShouldBeFalse();
                ends += after.HasEnded ? 1 : 0;
                task = after;

                // Exactly the states that somebody holds have a holder; an offer and an assignment never stand side by side.
                (task.OfferedTo is not null).ShouldBe(task.State == TaskState.Offered);

                if (task.State is TaskState.Created or TaskState.Ready or TaskState.Offered)
                    task.Assignee.ShouldBeNull();

                if (task.State is TaskState.Assigned or TaskState.InProgress)
                    task.Assignee.ShouldNotBeNull();

                if (task.Owner is not null)
                    task.Owner.ShouldNotBe(task.Assignee);
            }

            ends.ShouldBeLessThanOrEqualTo(1);
        });
    }

    private static TaskStanding Done(TaskStep step)
    {
        step.Refusal.ShouldBeNull();
        return step.After!;
    }
}
