using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Escalations;

namespace ServiceLoop.ServiceDesk.Cases;

/// <summary>Who has to do with a case just now.</summary>
/// <param name="Category">What it is about; null before it was judged.</param>
/// <param name="Priority"><c>P1</c> to <c>P4</c>.</param>
/// <param name="QueueId">Queue of its latest open task; null for none.</param>
/// <param name="Assignee">Who works on that task; null while nobody does.</param>
internal sealed record CaseOwner(string? Category, string? Priority, string? QueueId, string? Assignee);

/// <summary>Tells who has to do with cases: so that escalations know whom to tell, and what many of them have in common.</summary>
internal sealed class CaseOwners(Database database)
{
    private static readonly string Find = SqlFile.Beside<ServiceCase>("service_case.owner");

    /// <summary>For a case; null when there is none.</summary>
    public async Task<CaseOwner?> FindAsync(string caseId, CancellationToken ct) =>
        (
            await database.ReadAsync(
                Find,
                row => new CaseOwner(row.FindText(0), row.FindText(1), row.FindText(2), row.FindText(3)),
                ct,
                Arg.Text(caseId)
            )
        ).SingleOrDefault();

    /// <summary>A signal with what it does not say itself.</summary>
    public async Task<EscalationSignal> CompletedAsync(EscalationSignal signal, CancellationToken ct) =>
        signal is { IsClear: false, CaseId: { } id } && await FindAsync(id, ct) is { } owner
            ? signal with
            {
                Cause = signal.Cause ?? owner.Category,
                Priority = signal.Priority ?? owner.Priority,
                QueueId = signal.QueueId ?? owner.QueueId,
                Assignee = signal.Assignee ?? owner.Assignee,
            }
            : signal;
}
