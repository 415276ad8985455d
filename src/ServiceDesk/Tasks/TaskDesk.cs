using System.Globalization;
using System.Text.Json;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>All that people do with tasks, except answering them (<see cref="TaskAnswers"/>) and their files (<see cref="TaskFiles"/>).</summary>
/// <remarks>Safe for all threads and nodes. When a method returns, its change is durable.</remarks>
public sealed class TaskDesk
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private const int MaxOperationId = 100;
    private const int MaxText = 10_000;

    private readonly TaskStore store;
    private readonly IAccess access;
    private readonly TimeProvider clock;
    private readonly QueueBell bell;

    internal TaskDesk(TaskStore store, IAccess access, TimeProvider clock, QueueBell bell) =>
        (this.store, this.access, this.clock, this.bell) = (store, access, clock, bell);

    /// <summary>Lists tasks, newest first.</summary>
    public async Task<IReadOnlyList<TaskView>> ListAsync(TaskFilter filter, CancellationToken ct)
    {
        access.Demand(Permissions.TasksRead);
        var rows = await store.ListAsync(filter with { Take = Math.Clamp(filter.Take, 1, TaskFilter.MaxTake) }, ct);
        return [.. rows.Select(TaskView.Of)];
    }

    /// <summary>A task.</summary>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public async Task<TaskView> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.TasksRead);
        return TaskView.Of(await store.FindAsync(id, ct) ?? throw TaskRefusals.Unknown(id));
    }

    /// <summary>What happened to a task, oldest first.</summary>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public async Task<IReadOnlyList<TaskEventView>> HistoryAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.TasksRead);
        _ = await store.FindAsync(id, ct) ?? throw TaskRefusals.Unknown(id);
        return await store.EventsAsync(id, ct);
    }

    /// <summary>Does something with a task: every verb except complete, skip and attach.</summary>
    /// <param name="id">The task.</param>
    /// <param name="verb">What.</param>
    /// <param name="order">As the caller saw it, and what the verb needs.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">
    /// Unknown task; ended (gone, or a conflict where it was answered); changed since it was seen; a rule forbids it; a value is wrong.
    /// </exception>
    public Task<TaskView> DoAsync(string id, TaskVerb verb, TaskOrder order, CancellationToken ct)
    {
        // An answer resumes its workflow, and a file has content: here they would only change the state.
        if (verb is TaskVerb.Complete or TaskVerb.Skip or TaskVerb.Attach)
            throw new ArgumentOutOfRangeException(nameof(verb), verb, "Answer by TaskAnswers, attach by TaskFiles.");

        Check(order);
        var name = NameOf(verb);
        return access.ActAsync(
            new Deed(Needed(verb, order), $"task.{name}", id)
            {
                Wanted = Facts.Of(("operation", order.OperationId), ("target", order.Target), ("reason", order.Reason)),
                IsJournalled = true,
            },
            () => ApplyAsync(id, verb, order, ct),
            view => Facts.Of(("state", view.State.ToString()), ("assignee", view.Assignee)),
            ct
        );
    }

    /// <summary>How a verb is called in histories and addresses: <c>return-to-sender</c>.</summary>
    public static string NameOf(TaskVerb verb) =>
        verb switch
        {
            TaskVerb.ResolveBack => "resolve-back",
            TaskVerb.SaveDraft => "save-draft",
            TaskVerb.SetDue => "set-due",
            TaskVerb.SetFollowUp => "set-follow-up",
            TaskVerb.SetPriority => "set-priority",
            TaskVerb.ReturnToSender => "return-to-sender",
            _ => verb.ToString().ToLowerInvariant(),
        };

    /// <summary>Who acts, as tasks know people.</summary>
    internal static TaskActor ActorOf(IAccess access) => new(AgentIdOf(access.Actor), access.Actor.May(Permissions.TasksManage));

    /// <summary>The agent that somebody is: oneself, or on behalf of whom one acts.</summary>
    public static string AgentIdOf(Actor actor) => actor.OnBehalfOf ?? (actor.Id.Length > 0 ? actor.Id : actor.Name);

    internal static void Check(TaskOrder order)
    {
        TextRules.Required(order.OperationId, "operationId", MaxOperationId);
        TextRules.Optional(order.Target, "target", MaxOperationId);
        TextRules.Optional(order.Reason, "reason", 1000);

        if (order.At is { Year: < 2000 or > 2200 } at)
            throw DeskRefusedException.Invalid(
                "moment.absurd",
                "at",
                $"'at' is {at.ToString("u", CultureInfo.InvariantCulture)}. Give a moment between 2000 and 2200."
            );
    }

    private static string Needed(TaskVerb verb, TaskOrder order) =>
        verb is TaskVerb.Assign or TaskVerb.Reassign or TaskVerb.Escalate || order.IsOverride
            ? Permissions.TasksManage
            : Permissions.TasksComplete;

    private async Task<TaskView> ApplyAsync(string id, TaskVerb verb, TaskOrder order, CancellationToken ct)
    {
        var actor = ActorOf(access);
        var fingerprint = order.Fingerprint(verb, actor.Id);
        TaskRow? before = null;
        TaskView? view = null;

        await store.Database.TransactionAsync(
            async (connection, transaction) =>
            {
                before = await TaskStore.LockAsync(connection, transaction, id, ct) ?? throw TaskRefusals.Unknown(id);

                if (await TaskStore.FindOperationAsync(connection, transaction, id, order.OperationId, ct) is var (known, answer))
                {
                    if (known != fingerprint)
                        throw TaskRefusals.OtherContent(order.OperationId);

                    (before, view) = (null, JsonSerializer.Deserialize<TaskView>(answer, Json)!);
                    return;
                }

                if (before.Standing.HasEnded)
                    throw TaskRefusals.Ended(before);

                if (before.Rev != order.ExpectedRev)
                    throw TaskRefusals.Changed(before, order.ExpectedRev);

                var step = TaskLifecycle.Apply(before.Standing, verb, actor, order.Target);

                if (step.Refusal is { } refusal)
                    throw TaskRefusals.Of(before, verb, refusal);

                var now = clock.GetUtcNow();
                var after = Changed(before.With(step.After!), verb, order);
                view = TaskView.Of(after with { Rev = before.Rev + 1, ChangedAt = now });
                await TaskStore.SaveAsync(
                    connection,
                    transaction,
                    new TaskChange(before, after, NameOf(verb), now)
                    {
                        Actor = access.Actor.Who ?? actor.Id,
                        Detail = Detail(verb, order),
                        IsOverride = order.IsOverride && actor.IsSupervisor,
                        OfferEnd = verb == TaskVerb.Claim ? (short)1 : (short)4,
                    },
                    ct,
                    TaskStore.Remembering(id, order.OperationId, fingerprint, before.Rev + 1, JsonSerializer.Serialize(view, Json), now)
                );
            },
            ct
        );

        if (before is not null)
            bell.Ring(before, view!);

        return view!;
    }

    private static TaskRow Changed(TaskRow row, TaskVerb verb, TaskOrder order) =>
        verb switch
        {
            TaskVerb.SetDue => row with { DueAt = order.At },
            TaskVerb.SetFollowUp => row with { FollowUpAt = order.At },
            TaskVerb.SetPriority => row with
            {
                Priority =
                    order.Priority
                    ?? throw DeskRefusedException.Invalid("priority.missing", "priority", "'priority' is missing. There are P1 to P4."),
            },
            TaskVerb.SaveDraft => row with { Draft = Draft(order.Text) },
            _ => row,
        };

    private static string? Detail(TaskVerb verb, TaskOrder order) =>
        verb switch
        {
            TaskVerb.Comment => TextRules.Required(order.Text, "text", MaxText),
            TaskVerb.Assign or TaskVerb.Reassign or TaskVerb.Delegate => order.IsOverride
                ? $"to '{order.Target}' over the limit: {order.Reason ?? "no reason given"}"
                : $"to '{order.Target}'",
            TaskVerb.SetDue or TaskVerb.SetFollowUp => order.At?.ToString("u", CultureInfo.InvariantCulture) ?? "none",
            TaskVerb.SetPriority => order.Priority?.ToString(),
            TaskVerb.SaveDraft => null,
            _ => order.Reason,
        };

    private static string Draft(string? text)
    {
        // A draft need not fit the form yet; it must be storable.
        if (FormSchema.CheckShape(text ?? "") is { } error)
            throw TaskRefusals.Fields([error]);

        return text!;
    }
}
