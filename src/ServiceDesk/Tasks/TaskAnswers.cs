using System.Text.Json;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>Answers to tasks. An answer and the resumption of the workflow that waits for it are one transaction; which end a task gets is decided by the
/// workflow's own commit, so there is exactly one, whatever comes at the same instant.</summary>
/// <remarks>Safe for all threads and nodes.</remarks>
public sealed class TaskAnswers
{
    /// <summary>Members of what comes with the resumption.</summary>
    public const string OutcomeKey = "TaskOutcome";

    /// <inheritdoc cref="OutcomeKey"/>
    public const string AnswerKey = "TaskAnswer";

    /// <inheritdoc cref="OutcomeKey"/>
    public const string AnsweredByKey = "TaskAnsweredBy";

    // This call resumes the workflow itself; the work row is for the case that it dies before.
    private static readonly TimeSpan OwnTurn = TimeSpan.FromSeconds(3);

    private readonly TaskStore store;
    private readonly FormSchemas forms;
    private readonly WorkflowRuntime runtime;
    private readonly IAccess access;
    private readonly TimeProvider clock;
    private readonly IWorkSignal signal;
    private readonly QueueBell bell;

    internal TaskAnswers(
        TaskStore store,
        FormSchemas forms,
        WorkflowRuntime runtime,
        IAccess access,
        TimeProvider clock,
        IWorkSignal signal,
        QueueBell bell
    ) =>
        (this.store, this.forms, this.runtime, this.access, this.clock, this.signal, this.bell) = (
            store,
            forms,
            runtime,
            access,
            clock,
            signal,
            bell
        );

    internal sealed record Written(
        TaskRow Before,
        TaskRow After,
        IReadOnlyDictionary<string, object?> Input,
        long WorkId,
        DateTimeOffset DueAt
    );

    /// <summary>Answers a task.</summary>
    /// <param name="id">The task.</param>
    /// <param name="outcome">One of its outcomes; null where there is one only.</param>
    /// <param name="answer">What was filled in: JSON text of an object.</param>
    /// <param name="order">As the caller saw it.</param>
    /// <param name="ct">Cancels, until the answer is durable.</param>
    /// <returns>
    /// The task: <see cref="TaskState.Completed"/> when its workflow took the answer, <see cref="TaskState.Completing"/> when it is durable and the workflow
    /// will take it as soon as it can.
    /// </returns>
    /// <exception cref="DeskRefusedException">
    /// Unknown; ended before, or in the same instant; answered by another; changed; a rule forbids it; the answer does not fit the form.
    /// </exception>
    public Task<TaskView> CompleteAsync(string id, string? outcome, string? answer, TaskOrder order, CancellationToken ct) =>
        ActAsync(Permissions.TasksComplete, "task.complete", id, TaskVerb.Complete, outcome, answer ?? "{}", order, ct);

    /// <summary>Goes on without a task: its workflow takes the outcome <c>Cancelled</c>.</summary>
    /// <exception cref="DeskRefusedException">As <see cref="CompleteAsync"/>.</exception>
    public Task<TaskView> SkipAsync(string id, TaskOrder order, CancellationToken ct) =>
        ActAsync(Permissions.TasksManage, "task.skip", id, TaskVerb.Skip, TaskRequest.Cancelled, "{}", order, ct);

    private Task<TaskView> ActAsync(
        string permission,
        string action,
        string id,
        TaskVerb verb,
        string? outcome,
        string answer,
        TaskOrder order,
        CancellationToken ct
    )
    {
        TaskDesk.Check(order);
        return access.ActAsync(
            new Deed(permission, action, id)
            {
                Wanted = Facts.Of(("operation", order.OperationId), ("outcome", outcome), ("reason", order.Reason)),
                IsJournalled = true,
            },
            () => AnswerAsync(id, verb, outcome, answer, order, ct),
            view => Facts.Of(("state", view.State.ToString()), ("outcome", view.Outcome)),
            ct
        );
    }

    private async Task<TaskView> AnswerAsync(
        string id,
        TaskVerb verb,
        string? outcome,
        string answer,
        TaskOrder order,
        CancellationToken ct
    )
    {
        // Checked before anything is locked: a large form must not hold a task.
        var seen = await store.FindAsync(id, ct) ?? throw TaskRefusals.Unknown(id);
        var chosen = verb == TaskVerb.Skip ? outcome! : Chosen(seen, outcome);

        if (verb == TaskVerb.Complete && forms.Check(seen.Form, answer) is { IsEmpty: false } errors)
            throw TaskRefusals.Fields(errors);

        if (await WriteAsync(id, verb, chosen, answer, order, ct) is { } written)
        {
            bell.Ring(written.Before, TaskView.Of(written.After));
            await ResumeAsync(written);
        }

        var now = await store.FindAsync(id, CancellationToken.None) ?? throw TaskRefusals.Unknown(id);
        var isDone =
            now.State is TaskState.Completing or TaskState.Completed || (verb == TaskVerb.Skip && now.State == TaskState.Cancelled);
        return isDone ? TaskView.Of(now) : throw TaskRefusals.Ended(now);
    }

    /// <summary>Writes the answer with the resumption.</summary>
    /// <returns>Null when it was written before.</returns>
    internal async Task<Written?> WriteAsync(string id, TaskVerb verb, string outcome, string answer, TaskOrder order, CancellationToken ct)
    {
        var actor = TaskDesk.ActorOf(access);
        var fingerprint = order.Fingerprint(verb, actor.Id, $"{outcome}\n{answer}");
        Written? written = null;

        await store.Database.TransactionAsync(
            async (connection, transaction) =>
            {
                written = null;
                var before = await TaskStore.LockAsync(connection, transaction, id, ct) ?? throw TaskRefusals.Unknown(id);

                if (await TaskStore.FindOperationAsync(connection, transaction, id, order.OperationId, ct) is var (known, _))
                {
                    if (known != fingerprint)
                        throw TaskRefusals.OtherContent(order.OperationId);

                    return;
                }

                if (before.Standing.HasEnded)
                    throw TaskRefusals.Ended(before);

                // Who comes second learns that it was answered; that its view was old says less.
                var step = TaskLifecycle.Apply(before.Standing, verb, actor);

                if (step.Refusal is TaskRefusal.Answered || (step.Refusal is not null && before.Rev == order.ExpectedRev))
                    throw TaskRefusals.Of(before, verb, step.Refusal.Value);

                if (before.Rev != order.ExpectedRev)
                    throw TaskRefusals.Changed(before, order.ExpectedRev);

                var now = clock.GetUtcNow();
                var after = before.With(step.After!) with { Answer = answer, Outcome = outcome, AnsweredBy = actor.Id, Draft = null };
                var input = InputOf(outcome, answer, actor.Id);
                var resume = AskedWork.Resume(
                    before.InstanceId,
                    before.BookmarkId,
                    input,
                    $"task:{id}:{before.Rev + 1}",
                    now + OwnTurn,
                    access.Actor.Who
                );
                await TaskStore.SaveAsync(
                    connection,
                    transaction,
                    new TaskChange(before, after, TaskDesk.NameOf(verb), now)
                    {
                        Actor = access.Actor.Who ?? actor.Id,
                        Detail = verb == TaskVerb.Skip ? order.Reason : outcome,
                        OfferEnd = 1,
                        Work = [resume],
                    },
                    ct,
                    TaskStore.Remembering(id, order.OperationId, fingerprint, before.Rev + 1, "", now)
                );
                var workId = await TaskStore.FindWorkAsync(connection, transaction, resume.Key, ct);
                written = new(before, after, input, workId, resume.DueAt);
            },
            ct
        );

        return written;
    }

    /// <summary>Lets the workflow take the answer now. Whatever goes wrong here, the work row does it later.</summary>
    private async Task ResumeAsync(Written written)
    {
        try
        {
            await runtime.ResumeByWorkAsync(
                written.Before.InstanceId,
                written.Before.BookmarkId,
                written.Input,
                written.WorkId,
                CancellationToken.None
            );
        }
        // The answer is durable: what does not work here fails again as work, where operators see it.
        catch (Exception e) when (e is not (AccessDeniedException or OutOfMemoryException))
        {
            signal.Ring(written.DueAt);
        }
    }

    private static string Chosen(TaskRow task, string? outcome) =>
        outcome is null && task.Outcomes.Length == 1 ? task.Outcomes[0]
        : outcome is not null && task.Outcomes.Contains(outcome) ? outcome
        : throw DeskRefusedException.Invalid(
            "task.outcome",
            "outcome",
            $"The outcome '{outcome}' is none of this task. There are: {string.Join(", ", task.Outcomes)}."
        );

    private static Dictionary<string, object?> InputOf(string outcome, string answer, string who)
    {
        using var document = JsonDocument.Parse(answer);
        return new(StringComparer.Ordinal)
        {
            [OutcomeKey] = outcome,
            [AnswerKey] = PlainValue.Of(document.RootElement),
            [AnsweredByKey] = who,
        };
    }
}
