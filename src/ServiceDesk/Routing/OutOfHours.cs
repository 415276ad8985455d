using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Messages.Letters;
using ServiceLoop.ServiceDesk.Promises;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>Work that comes while its queue is closed: the customer is told by when it begins, and that is a promise.</summary>
internal sealed class OutOfHours(Database database, TaskStore tasks, LetterDesk letters, IWorkSignal signal, TimeProvider clock)
    : IMessageHandler
{
    private const string DeflectTopic = "desk.out-of-hours";
    private const string Name = "out-of-hours";

    public string Topic => DeflectTopic;

    /// <summary>What is to be told, as work of the transaction that gives the task its place.</summary>
    public static NewWork Of(string taskId, DateTimeOffset now) => AskedWork.Message(DeflectTopic, taskId, $"{DeflectTopic}:{taskId}", now);

    /// <summary>True when no business minute has passed a few minutes later: the queue is closed.</summary>
    public static async Task<bool> IsClosedAsync(IWorkingTime time, string? calendarId, DateTimeOffset now, CancellationToken ct) =>
        await time.AddAsync(calendarId, now, TimeSpan.FromMinutes(1), ct) > now.AddMinutes(2);

    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        if (
            await tasks.FindAsync((string)message.Body!, ct) is not { IsWaiting: true, CaseId: { } caseId, LatestAt: { } latest } task
            || await CustomerReach.FindAsync(database, task.CustomerId, ct) is not { } customer
        )
            return;

        var now = clock.GetUtcNow();
        var about = (await database.ReadAsync(CaseStore.Find, CaseStore.RowOf, ct, Arg.Text(caseId))).SingleOrDefault();
        var promise = new PromiseMade(Promise.OfBeginning(caseId), caseId, customer.Id, Name, latest);
        var letter = await letters.WriteAsync(
            new(Name, $"{Name}:{caseId}", customer.Way(letters))
            {
                CustomerId = customer.Id,
                CaseId = caseId,
                InstanceId = task.InstanceId,
                Values = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["case_number"] = about?.Label,
                    ["title"] = about?.Title,
                    ["promised_at"] = latest,
                },
            },
            ct
        );
        await database.TransactionAsync(
            async (db, _) =>
            {
                // One for each case, whatever number of tasks it has.
                if (await PromiseMadeWriter.MakeAsync(db, promise, task.InstanceId, now, ct))
                    await LetterDesk.SendAsync(db, letter, ct);
            },
            ct
        );
        signal.Ring(now);
    }
}
